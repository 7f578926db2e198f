package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.CustomOpExpansion;
import dev.adjoint.autograd.internal.engine.Recording;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A user-defined op: a function with its vector-Jacobian product and, for forward mode, its Jacobian-vector product. It is used
 * like a built-in op. Rules are written in tensor ops and can be differentiated again.
 *
 * <pre>{@code
 * CustomOp cube = CustomOp.of("cube", x -> x[0].mul(x[0]).mul(x[0]))
 *         .vjp((g, x, y) -> g.mul(x[0].square().mul(3)))
 *         .jvp((t, x, y) -> t.mul(x[0].square().mul(3)));
 * System.out.println(Transforms.grad(t -> cube.apply(t).sum(), Tensor.of(1.0, 2.0)));  // tensor([3.0000, 12.0000], shape [2], float64)
 * System.out.println(Transforms.hvp(t -> cube.apply(t).sum(), Tensor.of(1.0, 2.0), Tensor.of(1.0, 1.0)));  // tensor([6.0000, 12.0000], shape [2], float64)
 * }</pre>
 */
public final class CustomOp {
    /** The derivative rule of one operand: its vector-Jacobian product or its Jacobian-vector product. */
    @FunctionalInterface
    public interface Rule {
        /**
         * Applies the rule to a cotangent or a tangent.
         *
         * @param d the cotangent ȳ of the result, or the tangent ẋᵢ of the operand
         * @param x the operands
         * @param y the result
         * @return x̄ᵢ = ȳ·∂y/∂xᵢ, of the operand's shape or one it broadcasts to; or ∂y/∂xᵢ·ẋᵢ
         */
        Tensor apply(Tensor d, Tensor[] x, Tensor y);
    }

    private final String name;
    private final Function<Tensor[], Tensor> forward;
    private final Primitive op;

    private CustomOp(String name, Function<Tensor[], Tensor> forward, Primitive op) {
        this.name = name;
        this.forward = forward;
        this.op = op;
    }

    /**
     * Declares an op without derivative rules, which passes no gradient.
     *
     * @param name its name in messages and graphs
     * @param forward computes the result from the operands; the ops that it applies are not recorded
     * @return the op
     */
    public static CustomOp of(String name, Function<Tensor[], Tensor> forward) {
        return new CustomOp(name, forward, Primitive.of(name, x -> forwardWithoutRecording(forward, x)));
    }

    private static Array forwardWithoutRecording(Function<Tensor[], Tensor> forward, Array... x) {
        try (Recording off = Recording.set(false)) {
            return forward.apply(Arrays.stream(x)
                            .map(array -> Tensor.of(array, "operand"))
                            .toArray(Tensor[]::new))
                    .array();
        }
    }

    /**
     * Returns this op with rules for reverse mode.
     *
     * @param rules one for each operand; null for an operand that is not differentiable, such as an index
     * @return the op, without forward rules
     */
    public CustomOp vjp(Rule... rules) {
        Primitive.Rule[] checked = new Primitive.Rule[rules.length];
        for (int i = 0; i < rules.length; i++) {
            int operand = i;
            Rule rule = rules[i];
            checked[i] = rule == null
                    ? null
                    : (g, x, y) -> {
                        g.array().expose();
                        Tensor share = checkedGradient(rule.apply(g, x, y), operand, x[operand]);
                        share.array().expose();
                        return share;
                    };
        }
        return new CustomOp(name, forward, Primitive.of(name, x -> forwardWithoutRecording(forward, x), checked));
    }

    /** Checks the type and shape that a user-defined rule returned. */
    private Tensor checkedGradient(Tensor gradient, int operand, Tensor x) {
        if (gradient.dtype() == x.dtype() && Shapes.broadcastsTo(x.shape(), gradient.shape())) return gradient;
        throw new IllegalArgumentException(name + ": its vjp for operand " + operand + " " + Shapes.str(x.shape()) + " "
                + x.dtype() + " returned " + Shapes.str(gradient.shape()) + " " + gradient.dtype()
                + ": expected the operand's type and shape, or a shape it broadcasts to");
    }

    /**
     * Returns this op with additional rules for forward mode.
     *
     * @param rules one for each operand; null for an operand that is not differentiable
     * @return the op
     */
    public CustomOp jvp(Rule... rules) {
        Primitive.Rule[] own = Arrays.stream(rules)
                .map(rule -> rule == null ? null : (Primitive.Rule) rule::apply)
                .toArray(Primitive.Rule[]::new);
        return new CustomOp(name, forward, op.forwardRules(own));
    }

    /**
     * Applies the op; its result is differentiated by the declared rules.
     *
     * @param x the operands
     * @return y = f(x)
     */
    public Tensor apply(Tensor... x) {
        return CustomOpExpansion.isOn() ? forward.apply(x) : op.apply(x);
    }

    @Override
    public String toString() {
        return name;
    }
}
