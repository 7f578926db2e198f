package dev.adjoint.autograd.internal.engine;

import java.util.List;

/**
 * The mathematical notation of an op and its derivative. {@code {0}}, {@code {1}}, … stand for the operands, {@code {y}} for the
 * result, and {@code {g}} for the gradient that reaches it.
 *
 * @param result the op applied to its operands
 * @param partials for each operand, the partial derivative, such as "1" or "-1"; empty for an op that is not elementwise
 * @param contributions for each operand, the contribution to its gradient; empty for an elementwise op, which multiplies by the
 *     partial derivative
 */
public record Formula(String result, List<String> partials, List<String> contributions) {
    /** The formula of an op that declares none: its name with the operands as arguments. */
    public static final Formula NONE = new Formula("", List.of(), List.of());

    /** The formula of the result, for the given names of the operands. */
    public String result(String op, List<String> operands) {
        boolean fits = !result.isEmpty() && !result.contains("{" + operands.size() + "}");
        return fits ? fill(result, operands, "", "") : op + "(" + String.join(", ", operands) + ")";
    }

    /** The partial derivative with respect to one operand: "1", "-1", or a factor; "∂y/∂x" if none is declared. */
    public String partial(int operand, List<String> operands, String y) {
        if (operand >= partials.size()) return "∂" + y + "/∂" + operands.get(operand);
        return fill(partials.get(operand), operands, y, "");
    }

    /** The contribution to one operand's gradient, for the given name of the result's gradient. */
    public String contribution(int operand, List<String> operands, String y, String gradient) {
        if (operand < contributions.size()) return fill(contributions.get(operand), operands, y, gradient);
        String factor = partial(operand, operands, y);
        return switch (factor) {
            case "1" -> gradient;
            case "-1" -> "−" + gradient;
            default -> gradient + "·" + factor;
        };
    }

    private static String fill(String template, List<String> operands, String y, String gradient) {
        String text = template.replace("{y}", y).replace("{g}", gradient);
        for (int i = 0; i < operands.size(); i++) text = text.replace("{" + i + "}", operands.get(i));
        return text;
    }
}
