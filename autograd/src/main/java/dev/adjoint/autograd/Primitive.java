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
 * The declaration of a primitive op: its name, how its value is computed, its derivative, and what it does with a gradient. What is
 * declared here once serves both modes and all orders: rules are written in the tensor ops that users call, so they are
 * differentiated again like anything else.
 */
final class Primitive extends Op {
    /** Computes the value y = f(x). Checks its operands first, so that a bad one is refused before anything is computed. */
    @FunctionalInterface
    interface Forward {
        Array apply(Array... x);
    }

    /**
     * One operand's derivative at work. In reverse mode, the vector-Jacobian product x̄ᵢ = ȳ·∂y/∂xᵢ of a cotangent d = ȳ; it may have the
     * shape that the operand was broadcast to: the engine sums the surplus axes. In forward mode, the Jacobian-vector product ∂y/∂xᵢ·ẋᵢ
     * of a tangent d = ẋᵢ; it may lack axes that other operands bring.
     */
    @FunctionalInterface
    interface Rule {
        Tensor apply(Tensor d, Tensor[] x, Tensor y);
    }

    /** The vector-Jacobian products for all operands at once; those that are not wanted are not read, null is zero. */
    @FunctionalInterface
    interface Pullback {
        Tensor[] apply(Tensor g, Tensor[] x, Tensor y, boolean... wanted);
    }

    /** The kinds of derivative. A rule is null, or left out at the end, for an operand that no gradient passes to. */
    private sealed interface Derivative permits Linear, Symmetric, PerOperand, Joint {}

    /**
     * Of an op that is linear in its operands together: its rules need the cotangent and the shapes alone, so no value is kept. Its
     * tangent is the op itself, unless forward rules say otherwise.
     */
    private record Linear(Rule[] vjps, Rule... jvps) implements Derivative {}

    /** The Jacobian by each operand is symmetric, such as that of any elementwise op, which is diagonal: a rule serves both modes. */
    private record Symmetric(Rule... rules) implements Derivative {}

    /** A rule of each mode for each operand. */
    private record PerOperand(Rule[] vjps, Rule... jvps) implements Derivative {}

    /** All operands' shares of a cotangent are computed together. */
    private record Joint(Pullback pullback, Rule... jvps) implements Derivative {}

    /** How many products of two numbers are added up, beside one operation for each element of y. */
    @FunctionalInterface
    interface Cost {
        long multiplyAdds(Array[] x, Array y);
    }

    /** What programs that explain, count or watch ops need to know of one. */
    private record Traits(Gate gate, Formula formula, Cost cost, boolean takesLogits, boolean givesProbabilities) {
        static Traits of(Gate gate) {
            return new Traits(gate, Formula.NONE, (x, y) -> 0, false, false);
        }
    }

    /** Of an op that is defined by others. */
    private static final int MOST_OPERANDS = 4;

    private final Forward forward;
    private final Derivative derivative;
    private final Traits traits;
    private final Scatter scatter;

    private Primitive(String name, Forward forward, Derivative derivative, Traits traits, Scatter scatter) {
        super(name);
        this.forward = forward;
        this.derivative = derivative;
        this.traits = traits;
        this.scatter = scatter;
    }

    // ---- declarations ----

    /** An op whose reverse rules read the values of its operands or its result; as yet without forward rules. */
    static Primitive of(String name, Forward forward, Rule... vjps) {
        return new Primitive(name, forward, new PerOperand(vjps), Traits.of(Gate.FUNCTION), null);
    }

    /** An op of which a tangent is multiplied by the same thing as a cotangent. */
    static Primitive symmetric(String name, Forward forward, Rule... rules) {
        return new Primitive(name, forward, new Symmetric(rules), Traits.of(Gate.FUNCTION), null);
    }

    /** An op that is linear in its operands together. */
    static Primitive linear(String name, Forward forward, Rule... vjps) {
        return new Primitive(name, forward, new Linear(vjps), Traits.of(Gate.DISTRIBUTOR), null);
    }

    /** An op that is differentiable by all its operands, whose shares are computed together; without forward rules. */
    static Primitive joint(String name, Forward forward, Pullback pullback) {
        return new Primitive(name, forward, new Joint(pullback), Traits.of(Gate.FUNCTION), null);
    }

    /** An op defined by other ops, whose derivatives it has, and a kernel that computes the same faster. */
    static Primitive defined(String name, Forward forward, Function<List<Tensor>, Tensor> definition) {
        Pullback pullback = (g, x, y, wanted) ->
                Transforms.vjp(definition, List.of(x)).apply(g).toArray(Tensor[]::new);
        Rule[] jvps = new Rule[MOST_OPERANDS];
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

    /** The same op with forward rules of its own, one for each operand. */
    Primitive forwardRules(Rule... rules) {
        Derivative both;
        if (derivative instanceof Linear d) both = new Linear(d.vjps, rules);
        else if (derivative instanceof Symmetric d) both = new PerOperand(d.rules, rules);
        else if (derivative instanceof PerOperand d) both = new PerOperand(d.vjps, rules);
        else both = new Joint(((Joint) derivative).pullback, rules);
        return new Primitive(name(), forward, both, traits, scatter);
    }

    /**
     * The same op with a short cut for gradients that are not differentiated again: of many pieces taken out of one tensor, each is added
     * in its place, where the reverse rule would make a tensor of zeros for each. The first operand is the only one that the op is
     * differentiable by.
     */
    Primitive scattering(Scatter share) {
        return new Primitive(name(), forward, derivative, traits, share);
    }

    /** The same op, doing something else with a gradient. */
    Primitive as(Gate gate) {
        Traits t = traits;
        return with(new Traits(gate, t.formula, t.cost, t.takesLogits, t.givesProbabilities));
    }

    /** The same op with the way it is written, and its partial derivative by each operand. */
    Primitive formula(String result, String... partials) {
        return with(new Formula(result, List.of(partials), List.of()));
    }

    /** The same op with the way it is written, and what it contributes to the gradient of each operand. */
    Primitive contributes(String result, String... contributions) {
        return with(new Formula(result, List.of(), List.of(contributions)));
    }

    private Primitive with(Formula formula) {
        Traits t = traits;
        return with(new Traits(t.gate, formula, t.cost, t.takesLogits, t.givesProbabilities));
    }

    /** The same op with the work it takes. */
    Primitive costs(Cost cost) {
        Traits t = traits;
        return with(new Traits(t.gate, t.formula, cost, t.takesLogits, t.givesProbabilities));
    }

    /** The same op, of logits: what is a probability already is not for it. */
    Primitive ofLogits() {
        Traits t = traits;
        return with(new Traits(t.gate, t.formula, t.cost, true, t.givesProbabilities));
    }

    /** The same op, whose results are probabilities. */
    Primitive toProbabilities() {
        Traits t = traits;
        return with(new Traits(t.gate, t.formula, t.cost, t.takesLogits, true));
    }

    private Primitive with(Traits others) {
        return new Primitive(name(), forward, derivative, others, scatter);
    }

    /** Computes, records and differentiates: y = f(x). */
    Tensor apply(Tensor... x) {
        return (Tensor) applyTo(x);
    }

    // ---- what the engine asks ----

    @Override
    protected Array forward(Array... x) {
        return forward.apply(x);
    }

    /** The reverse rules, one for each operand; null if all are computed together. */
    private Rule[] vjps() {
        if (derivative instanceof Linear d) return d.vjps;
        if (derivative instanceof Symmetric d) return d.rules;
        if (derivative instanceof PerOperand d) return d.vjps;
        return null;
    }

    private Rule[] jvps() {
        if (derivative instanceof Linear d) return d.jvps;
        if (derivative instanceof Symmetric d) return d.rules;
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
    protected boolean isItsOwnTangent() {
        return derivative instanceof Linear d && d.jvps.length == 0;
    }

    @Override
    protected boolean keepsValues() {
        return !(derivative instanceof Linear);
    }

    @Override
    protected Scatter scatter() {
        return scatter;
    }

    @Override
    public Gate gate() {
        return traits.gate;
    }

    @Override
    public Formula formula() {
        return traits.formula;
    }

    @Override
    public long multiplyAdds(Value[] x, Value y) {
        Array[] headers = new Array[x.length];
        for (int i = 0; i < x.length; i++) headers[i] = Access.header(x[i]);
        return traits.cost.multiplyAdds(headers, Access.header(y));
    }

    @Override
    public boolean takesLogits() {
        return traits.takesLogits;
    }

    @Override
    public boolean givesProbabilities() {
        return traits.givesProbabilities;
    }
}
