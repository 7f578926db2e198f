package dev.adjoint.lab;

import java.util.Locale;

/** Formats numbers and names for people. */
final class Notation {
    /** Combining characters: drawn above the preceding letter, with no width of their own. */
    private static final char MACRON = '\u0304';

    private static final char DOT = '\u0307';

    private Notation() {}

    /** Formats a value with up to six decimals, or with a power of ten if it is very small or very large. */
    static String show(double value) {
        if (Double.isNaN(value)) return "NaN";
        if (Double.isInfinite(value)) return value > 0 ? "∞" : "−∞";
        double size = Math.abs(value);
        boolean plain = size == 0 || size >= 1e-4 && size < 1e7;
        String text = String.format(Locale.ROOT, plain ? "%.6f" : "%.4e", value);
        if (plain) text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
        return text.replace('-', '−');
    }

    /** Formats a value with three significant digits, where space is limited. */
    static String brief(double value) {
        if (!Double.isFinite(value) || value == 0) return show(value);
        double size = Math.abs(value);
        if (size < 1e-3 || size >= 1e5)
            return String.format(Locale.ROOT, "%.1e", value).replace('-', '−');
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + decimals + "f", value).replace('-', '−');
    }

    /** The notation of an adjoint, such as x̄1: the derivative of the result with respect to x1. */
    static String adjoint(String name) {
        return marked(name, MACRON);
    }

    /** The notation of a tangent, such as ẋ1: the derivative of x1 with respect to the input of the pass. */
    static String tangent(String name) {
        return marked(name, DOT);
    }

    private static String marked(String name, char mark) {
        // The parameter of a layer, such as 0.weight.
        if (!Character.isLetter(name.charAt(0))) return (mark == MACRON ? "∇" : "d ") + name;
        return name.charAt(0) + String.valueOf(mark) + name.substring(1);
    }

    /** Pads a text on the right to a display width. */
    static String left(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }

    /** Pads a text on the left to a display width. */
    static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - width(text))) + text;
    }

    static int width(String text) {
        return (int) text.chars().filter(c -> c != MACRON && c != DOT).count();
    }
}
