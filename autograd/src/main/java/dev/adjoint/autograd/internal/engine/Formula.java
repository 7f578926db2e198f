package dev.adjoint.autograd.internal.engine;

import java.util.List;

/**
 * How an op and its derivative are written. {@code {0}}, {@code {1}}, … stand for the operands, {@code {y}} for the result, and {@code {g}}
 * for the gradient that reaches it.
 *
 * @param result the op applied to its operands
 * @param partials for each operand, the partial derivative, "1" and "-1" among them; empty for an op of whole tensors
 * @param contributions for each operand, what its gradient gets; empty for an elementwise op, which multiplies by the partial
 */
public record Formula(String result, List<String> partials, List<String> contributions) {
    /** Of an op that has none: it is written as a function of its name. */
    public static final Formula NONE = new Formula("", List.of(), List.of());

    /** The op applied to operands of some names. */
    public String result(String op, List<String> operands) {
        boolean fits = !result.isEmpty() && !result.contains("{" + operands.size() + "}");
        return fits ? fill(result, operands, "", "") : op + "(" + String.join(", ", operands) + ")";
    }

    /** The partial derivative by one operand: "1", "-1", or a factor; as ∂y/∂x if it is not written out. */
    public String partial(int operand, List<String> operands, String y) {
        if (operand >= partials.size()) return "∂" + y + "/∂" + operands.get(operand);
        return fill(partials.get(operand), operands, y, "");
    }

    /** What one operand's gradient gets of a gradient of some name. */
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
