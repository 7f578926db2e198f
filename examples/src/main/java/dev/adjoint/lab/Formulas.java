package dev.adjoint.lab;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How ops and their derivatives are written: {@code {0}} and {@code {1}} stand for the operands, {@code {y}} for the result and, in what an op of whole tensors
 * contributes, {@code {g}} for the gradient that reaches it.
 */
final class Formulas {
    /** The result, and the partial derivative by each operand, "1" and "-1" among them. */
    private record Scalar(String result, List<String> partials) {}

    /** The result, and what each operand's gradient gets. */
    private record Whole(String result, List<String> contributions) {}

    private static final Map<String, Scalar> SCALARS = new HashMap<>();
    private static final Map<String, Whole> WHOLES = new HashMap<>();

    static {
        scalar("add", "{0} + {1}", "1", "1");
        scalar("sub", "{0} − {1}", "1", "-1");
        scalar("mul", "{0}·{1}", "{1}", "{0}");
        scalar("div", "{0}/{1}", "1/{1}", "(−{0}/{1}²)");
        scalar("maximum", "max({0}, {1})", "[{0} > {1}]", "[{1} > {0}]");
        scalar("minimum", "min({0}, {1})", "[{0} < {1}]", "[{1} < {0}]");
        scalar("pow", "{0}^{1}", "{1}·{0}^({1} − 1)", "{y}·ln({0})");
        scalar("neg", "−{0}", "-1");
        scalar("exp", "exp({0})", "{y}");
        scalar("expm1", "expm1({0})", "exp({0})");
        scalar("log", "ln({0})", "1/{0}");
        scalar("log1p", "log1p({0})", "1/(1 + {0})");
        scalar("sqrt", "√{0}", "1/(2·{y})");
        scalar("rsqrt", "1/√{0}", "(−½·{y}³)");
        scalar("square", "{0}²", "2·{0}");
        scalar("reciprocal", "1/{0}", "(−{y}²)");
        scalar("abs", "|{0}|", "sign({0})");
        scalar("sin", "sin({0})", "cos({0})");
        scalar("cos", "cos({0})", "(−sin({0}))");
        scalar("tan", "tan({0})", "(1 + {y}²)");
        scalar("asin", "asin({0})", "1/√(1 − {0}²)");
        scalar("acos", "acos({0})", "(−1/√(1 − {0}²))");
        scalar("atan", "atan({0})", "1/(1 + {0}²)");
        scalar("sinh", "sinh({0})", "cosh({0})");
        scalar("cosh", "cosh({0})", "sinh({0})");
        scalar("tanh", "tanh({0})", "(1 − {y}²)");
        scalar("erf", "erf({0})", "2/√π·exp(−{0}²)");
        scalar("relu", "relu({0})", "[{0} > 0]");
        scalar("sigmoid", "σ({0})", "{y}·(1 − {y})");
        scalar("softplus", "softplus({0})", "σ({0})");
        scalar("silu", "silu({0})", "silu′({0})");
        scalar("gelu", "gelu({0})", "gelu′({0})");

        whole("matmul", "{0}·{1}", "{g}·{1}ᵀ", "{0}ᵀ·{g}");
        whole("linear", "{0}·{1}ᵀ + {2}", "{g}·{1}", "{g}ᵀ·{0}", "Σ rows of {g}");
        whole("linearRelu", "relu({0}·{1}ᵀ + {2})", "ĝ·{1}", "ĝᵀ·{0}", "Σ rows of ĝ");
        whole("sum", "Σ {0}", "{g} for every element");
        whole("mean", "mean({0})", "{g}/n for every element");
        whole("reshape", "reshape({0})", "{g} in the old shape");
        whole("permute", "permute({0})", "axes of {g} exchanged back");
        whole("crossEntropy", "crossEntropy({0}, {1})", "{g}·(softmax({0}) − onehot({1}))");
        whole("softmax", "softmax({0})", "{y}·({g} − Σ {g}·{y})");
        whole("logSoftmax", "logSoftmax({0})", "{g} − softmax({0})·Σ {g}");
        whole("conv2d", "conv({0}, {1}, {2})", "{g} ∗ {1}, turned round", "{0} ∗ {g}", "Σ {g} over images and places");
        whole("maxPool2d", "maxPool({0})", "{g} to the greatest of each window");
        whole("avgPool2d", "avgPool({0})", "{g}/n to each window");
    }

    private Formulas() {}

    private static void scalar(String op, String result, String... partials) {
        SCALARS.put(op, new Scalar(result, List.of(partials)));
    }

    private static void whole(String op, String result, String... contributions) {
        WHOLES.put(op, new Whole(result, List.of(contributions)));
    }

    /** The op applied to operands of some names. */
    static String result(String op, List<String> operands) {
        Scalar scalar = SCALARS.get(op);
        if (scalar != null) return fill(scalar.result, operands, "", "");
        return fits(op, operands)
                ? fill(WHOLES.get(op).result, operands, "", "")
                : op + "(" + String.join(", ", operands) + ")";
    }

    /** An op may have fewer operands than its formula: a linear one without a bias. */
    private static boolean fits(String op, List<String> operands) {
        Whole whole = WHOLES.get(op);
        return whole != null && !whole.result.contains("{" + operands.size() + "}");
    }

    /** The partial derivative by one operand: "1", "-1", or a factor. */
    static String partial(String op, int operand, List<String> operands, String result) {
        Scalar scalar = SCALARS.get(op);
        if (scalar == null) return "∂" + result + "/∂" + operands.get(operand);
        return fill(scalar.partials.get(operand), operands, result, "");
    }

    /** What one operand's gradient gets of a gradient of some name. */
    static String contribution(String op, int operand, List<String> operands, String result, String gradient) {
        if (fits(op, operands) && operand < WHOLES.get(op).contributions.size()) {
            return fill(WHOLES.get(op).contributions.get(operand), operands, result, gradient);
        }
        return times(gradient, partial(op, operand, operands, result));
    }

    /** A product in which 1 is not written. */
    static String times(String name, String factor) {
        if (factor.equals("1")) return name;
        return factor.equals("-1") ? "−" + name : name + "·" + factor;
    }

    private static String fill(String template, List<String> operands, String result, String gradient) {
        String text = template.replace("{y}", result).replace("{g}", gradient);
        for (int i = 0; i < operands.size(); i++) text = text.replace("{" + i + "}", operands.get(i));
        return text;
    }
}
