package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Formula;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.engine.NoForwardRuleException;
import dev.adjoint.autograd.internal.engine.Op;
import dev.adjoint.autograd.internal.engine.Value;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The declaration of a primitive op: its name, forward function, derivative rules and gate type. One declaration serves both modes
 * and derivatives of all orders, because the rules are written in public tensor ops and can be differentiated again.
 */
final class Primitive extends Op {
    /** Computes the result y = f(x). It validates the operands before it computes anything. */
    @FunctionalInterface
    interface Forward {
        Array apply(Array... x);
    }

    /**
     * The derivative rule of one operand. In reverse mode, it returns the vector-Jacobian product x̄ᵢ = ȳ·∂y/∂xᵢ of a cotangent d =
     * ȳ, which may have the shape that the operand was broadcast to: the engine sums over the broadcast axes. In forward mode, it
     * returns the Jacobian-vector product ∂y/∂xᵢ·ẋᵢ of a tangent d = ẋᵢ, which may lack axes that only other operands have.
     */
    @FunctionalInterface
    interface Rule {
        Tensor apply(Tensor d, Tensor[] x, Tensor y);
    }

    /** Computes the vector-Jacobian products of all operands at once; the engine ignores those that are not wanted, and null means zero. */
    @FunctionalInterface
    interface Pullback {
        Tensor[] apply(Tensor g, Tensor[] x, Tensor y, boolean... wanted);
    }

    /** The kinds of derivative declaration. A rule is null, or omitted at the end, for an operand that is not differentiable. */
    private sealed interface Derivative permits JointlyLinear, SymmetricJacobian, PerOperand, Joint {}

    /**
     * For an op that is jointly linear in its operands: its rules need only the cotangent and the shapes, so no values are saved.
     * Its Jacobian-vector product is the op itself, unless forward rules are given.
     */
    private record JointlyLinear(Rule[] vjps, Rule... jvps) implements Derivative {}

    /**
     * For an op whose Jacobian with respect to each operand is symmetric, such as the diagonal Jacobian of an elementwise op: one
     * rule serves both modes.
     */
    private record SymmetricJacobian(Rule... rules) implements Derivative {}

    /** One reverse rule and one forward rule for each operand. */
    private record PerOperand(Rule[] vjps, Rule... jvps) implements Derivative {}

    /** One pullback that computes the vector-Jacobian products of all operands together. */
    private record Joint(Pullback pullback, Rule... jvps) implements Derivative {}

    /** The number of multiply-adds, in addition to one operation for each element of y. */
    @FunctionalInterface
    interface Cost {
        long multiplyAdds(Array[] x, Array y);
    }

    private static final String[] NONE = {};
    private static final Cost NO_PRODUCTS = (x, y) -> 0;

    /** The most operands of an op that is defined by other ops. */
    private static final int MAX_OPERANDS = 4;

    private final Forward forward;
    // The fields below are set in the declaration and do not change afterwards. Ops whose rules depend on axes or
    // shapes are declared
    // each time they are applied, so there is no copy for each of them.
    private Derivative derivative;
    private Scatter scatter;
    private Gate gate;
    private String result = "";
    private String[] partials = NONE;
    private String[] contributions = NONE;
    private Cost cost = NO_PRODUCTS;
    private boolean takesLogits;
    private boolean givesProbabilities;

    private Primitive(String name, Forward forward, Derivative derivative, Gate gate) {
        super(name);
        this.forward = forward;
        this.derivative = derivative;
        this.gate = gate;
    }

    // ---- declarations ----

    /**
     * An op whose reverse rules read the values of its operands or its result; it has no forward rules until {@link #forwardRules}
     * adds them.
     */
    static Primitive of(String name, Forward forward, Rule... vjps) {
        return new Primitive(name, forward, new PerOperand(vjps), Gate.FUNCTION);
    }

    /** An op with symmetric Jacobians, whose rules apply to cotangents and tangents alike. */
    static Primitive symmetric(String name, Forward forward, Rule... rules) {
        return new Primitive(name, forward, new SymmetricJacobian(rules), Gate.FUNCTION);
    }

    /** An op that is jointly linear in its operands. */
    static Primitive linear(String name, Forward forward, Rule... vjps) {
        return new Primitive(name, forward, new JointlyLinear(vjps), Gate.DISTRIBUTOR);
    }

    /** An op that is differentiable with respect to all operands by one pullback; without forward rules. */
    static Primitive joint(String name, Forward forward, Pullback pullback) {
        return new Primitive(name, forward, new Joint(pullback), Gate.FUNCTION);
    }

    /** An op that is defined and differentiated as a composition of other ops, with a kernel that computes the same result faster. */
    static Primitive defined(String name, Forward forward, Function<List<Tensor>, Tensor> definition) {
        Pullback pullback = (g, x, y, wanted) ->
                Transforms.vjp(definition, List.of(x)).apply(g).toArray(Tensor[]::new);
        Rule[] jvps = new Rule[MAX_OPERANDS];
        for (int i = 0; i < jvps.length; i++) {
            int moving = i;
            jvps[i] = (t, x, y) -> {
                Function<Tensor, Tensor> f = operand -> {
                    Tensor[] operands = x.clone();
                    operands[moving] = operand;
                    return definition.apply(List.of(operands));
                };
                return Transforms.jvp(f, x[moving], t).tangent();
            };
        }
        return joint(name, forward, pullback).forwardRules(jvps);
    }

    /** Sets the forward rules, one for each operand. */
    Primitive forwardRules(Rule... rules) {
        if (derivative instanceof JointlyLinear d) derivative = new JointlyLinear(d.vjps, rules);
        else if (derivative instanceof SymmetricJacobian d) derivative = new PerOperand(d.rules, rules);
        else if (derivative instanceof PerOperand d) derivative = new PerOperand(d.vjps, rules);
        else derivative = new Joint(((Joint) derivative).pullback, rules);
        return this;
    }

    /**
     * Sets an in-place reverse rule for gradients that are not differentiated again: the gradients of many slices
     * of one tensor accumulate in place, where the normal rule would create a tensor of zeros for each. Only the first operand may
     * be differentiable.
     */
    Primitive scattering(Scatter share) {
        scatter = share;
        return this;
    }

    /** Sets what the op does with a gradient. */
    Primitive as(Gate role) {
        gate = role;
        return this;
    }

    /** Sets the formula of the op and its partial derivative with respect to each operand, as text. */
    Primitive formula(String text, String... derivatives) {
        result = text;
        partials = derivatives;
        return this;
    }

    /** Sets the formula of the op and its contribution to the gradient of each operand, as text. */
    Primitive contributes(String text, String... gradients) {
        result = text;
        contributions = gradients;
        return this;
    }

    /** Sets the cost of the op. */
    Primitive costs(Cost multiplyAdds) {
        cost = multiplyAdds;
        return this;
    }

    /** Marks the op as one that takes logits, not probabilities. */
    Primitive ofLogits() {
        takesLogits = true;
        return this;
    }

    /** Marks the op as one whose results are probabilities. */
    Primitive toProbabilities() {
        givesProbabilities = true;
        return this;
    }

    /** Applies the op, y = f(x), with recording and tangents. */
    Tensor apply(Tensor... x) {
        return (Tensor) applyTo(x);
    }

    // ---- for the engine ----

    @Override
    protected Array forward(Array... x) {
        return forward.apply(x);
    }

    /** The reverse rules, one for each operand; null if there is one pullback for all. */
    private Rule[] vjps() {
        if (derivative instanceof JointlyLinear d) return d.vjps;
        if (derivative instanceof SymmetricJacobian d) return d.rules;
        if (derivative instanceof PerOperand d) return d.vjps;
        return null;
    }

    private Rule[] jvps() {
        if (derivative instanceof JointlyLinear d) return d.jvps;
        if (derivative instanceof SymmetricJacobian d) return d.rules;
        if (derivative instanceof PerOperand d) return d.jvps;
        return ((Joint) derivative).jvps;
    }

    @Override
    public boolean isDifferentiable(int operand) {
        Rule[] vjps = vjps();
        return vjps == null || operand < vjps.length && vjps[operand] != null;
    }

    @Override
    public boolean isStep() {
        Rule[] vjps = vjps();
        return vjps != null && Arrays.stream(vjps).allMatch(rule -> rule == null);
    }

    @Override
    protected Value[] vjp(Value g, Value[] x, Value y, boolean... wanted) {
        Tensor[] operands = (Tensor[]) x;
        if (derivative instanceof Joint d) return d.pullback.apply((Tensor) g, operands, (Tensor) y, wanted);
        Rule[] vjps = vjps();
        Tensor[] shares = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) if (wanted[i]) shares[i] = vjps[i].apply((Tensor) g, operands, (Tensor) y);
        return shares;
    }

    @Override
    protected Value jvp(int operand, Value tangent, Value[] x, Value y) {
        Rule[] jvps = jvps();
        if (operand >= jvps.length || jvps[operand] == null) throw new NoForwardRuleException(name(), operand);
        return jvps[operand].apply((Tensor) tangent, (Tensor[]) x, (Tensor) y);
    }

    @Override
    protected boolean isJointlyLinear() {
        return derivative instanceof JointlyLinear d && d.jvps.length == 0;
    }

    @Override
    protected boolean savesValues() {
        return !(derivative instanceof JointlyLinear);
    }

    @Override
    protected Scatter scatter() {
        return scatter;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public Formula formula() {
        return new Formula(result, List.of(partials), List.of(contributions));
    }

    @Override
    public long multiplyAdds(Value[] x, Value y) {
        Array[] headers = new Array[x.length];
        for (int i = 0; i < x.length; i++) headers[i] = Access.header(x[i]);
        return cost.multiplyAdds(headers, Access.header(y));
    }

    @Override
    public boolean takesLogits() {
        return takesLogits;
    }

    @Override
    public boolean givesProbabilities() {
        return givesProbabilities;
    }
}
