package dev.adjoint.lab;

import java.util.Locale;

/** How numbers and names are written for people. */
final class Notation {
    /** What is drawn above the letter before it and takes no place of its own. */
    private static final char MACRON = '\u0304';

    private static final char DOT = '\u0307';

    private Notation() {}

    /** Up to six decimals, or powers of ten where these say nothing. */
    static String show(double value) {
        if (Double.isNaN(value)) return "NaN";
        if (Double.isInfinite(value)) return value > 0 ? "∞" : "−∞";
        double size = Math.abs(value);
        boolean plain = size == 0 || size >= 1e-4 && size < 1e7;
        String text = String.format(Locale.ROOT, plain ? "%.6f" : "%.4e", value);
        if (plain) text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
        return text.replace('-', '−');
    }

    /** Three digits, for where there is little room. */
    static String brief(double value) {
        if (!Double.isFinite(value) || value == 0) return show(value);
        double size = Math.abs(value);
        if (size < 1e-3 || size >= 1e5)
            return String.format(Locale.ROOT, "%.1e", value).replace('-', '−');
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + decimals + "f", value).replace('-', '−');
    }

    /** x̄1, the adjoint of x1: the derivative of the result by it. */
    static String adjoint(String name) {
        return marked(name, MACRON);
    }

    /** ẋ1, the tangent of x1: its derivative by the input of the pass. */
    static String tangent(String name) {
        return marked(name, DOT);
    }

    private static String marked(String name, char mark) {
        // A parameter of a layer, such as 0.weight.
        if (!Character.isLetter(name.charAt(0))) return (mark == MACRON ? "∇" : "d ") + name;
        return name.charAt(0) + String.valueOf(mark) + name.substring(1);
    }

    /** With blanks behind, to a width on the screen. */
    static String left(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }

    /** With blanks before it, to a width on the screen. */
    static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - width(text))) + text;
    }

    static int width(String text) {
        return (int) text.chars().filter(c -> c != MACRON && c != DOT).count();
    }
}
