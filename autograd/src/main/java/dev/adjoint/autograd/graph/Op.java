package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Role;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.Transforms;
import dev.adjoint.autograd.kernels.Array;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A primitive: a name, how its value is computed, and for each operand how a cotangent is carried back to it (reverse mode) and
 * its tangent on to the value (forward mode). What an op does is declared once, in the rules; applying it, recording it, walking
 * it backwards and carrying tangents through it is the same for all of them.
 */
public final class Op {
    /** Computes the value. Checks its operands first, so that a bad one is refused before anything is computed. */
    @FunctionalInterface
    public interface Forward {
        /**
         * Computes y = f(x).
         *
         * @param x the operands
         * @return the value, a new array or a view of an operand
         */
        Array apply(Array... x);
    }

    /**
     * One operand's derivative at work, written in tensor ops, so that it can be differentiated again. In reverse mode, the
     * vector-Jacobian product x̄ᵢ = ȳ·∂y/∂xᵢ; it may have the shape that the operand was broadcast to: the walk sums the surplus
     * axes. In forward mode, the Jacobian-vector product ∂y/∂xᵢ·ẋᵢ; it may lack axes that other operands bring.
     */
    @FunctionalInterface
    public interface Rule {
        /**
         * Carries a cotangent back, or a tangent on.
         *
         * @param d the cotangent ȳ of the value, or the tangent ẋᵢ of the operand
         * @param x the operands
         * @param y the value
         * @return the operand's share
         */
        Tensor apply(Tensor d, Tensor[] x, Tensor y);
    }

    /** The vector-Jacobian products for all operands at once, for an op that would otherwise do the same work for each. */
    @FunctionalInterface
    public interface Pullback {
        /**
         * Carries a cotangent back.
         *
         * @param g the cotangent ȳ of the value
         * @param x the operands
         * @param y the value
         * @param wanted whose share is asked for
         * @return the shares; what stands at the places that are not wanted is not read; null for zero
         */
        Tensor[] apply(Tensor g, Tensor[] x, Tensor y, boolean... wanted);
    }

    /** The first operand's share of a cotangent where it is zero but for the places that the op took: added where they are. */
    @FunctionalInterface
    public interface Scatter {
        /**
         * Adds the share.
         *
         * @param g the cotangent ȳ of the value
         * @param x the operands
         * @param sum the first operand's cotangent so far, of its shape, which the share is added to
         */
        void add(Array g, Tensor[] x, Array sum);
    }

    /** Of an op that is defined by others. */
    private static final int MOST_OPERANDS = 4;

    private final String name;
    private final Forward forward;
    private final Rule[] vjps;
    private final Pullback pullback;
    private final Rule[] jvps;
    private final boolean linear;
    private final Scatter scatter;
    private final Role role;

    private Op(
            String name,
            Forward forward,
            Rule[] vjps,
            Pullback pullback,
            Rule[] jvps,
            boolean linear,
            Scatter scatter,
            Role role) {
        this.name = name;
        this.forward = forward;
        this.vjps = vjps;
        this.pullback = pullback;
        this.jvps = jvps;
        this.linear = linear;
        this.scatter = scatter;
        this.role = role;
    }

    /**
     * Declares an op whose rules read the values of its operands or its result.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param vjps a reverse rule for each operand; null, or none at all, where there is no derivative
     * @return the op, as yet without forward rules
     */
    public static Op of(String name, Forward forward, Rule... vjps) {
        return new Op(name, forward, vjps, null, null, false, null, Role.FUNCTION);
    }

    /**
     * Declares an op whose Jacobian by each operand is symmetric, such as that of any elementwise op, which is diagonal: a
     * tangent is multiplied by the same thing as a cotangent, so one rule serves both modes.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param rules a rule for each operand; null, or none at all, where there is no derivative
     * @return the op
     */
    public static Op symmetric(String name, Forward forward, Rule... rules) {
        return new Op(name, forward, rules, null, rules, false, null, Role.FUNCTION);
    }

    /**
     * Declares an op that is linear in its operands together: its rules need the cotangent and the shapes alone, so no value is
     * kept for backward, and its forward rule is the op itself.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param vjps a reverse rule for each operand
     * @return the op
     */
    public static Op linear(String name, Forward forward, Rule... vjps) {
        return new Op(name, forward, vjps, null, null, true, null, Role.DISTRIBUTOR);
    }

    /**
     * Declares an op that is differentiable by all its operands, whose shares are computed together.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param pullback the reverse rule
     * @return the op, without forward rules
     */
    public static Op joint(String name, Forward forward, Pullback pullback) {
        return new Op(name, forward, null, pullback, null, false, null, Role.FUNCTION);
    }

    /**
     * Declares an op by a definition in other ops, of which it has all derivatives, and a kernel that computes the same faster.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param definition the value in other ops
     * @return the op
     */
    public static Op defined(String name, Forward forward, Function<List<Tensor>, Tensor> definition) {
        Pullback pullback = (g, x, y, wanted) ->
                Transforms.vjp(definition, List.of(x)).apply(g).toArray(Tensor[]::new);
        return joint(name, forward, pullback).definedTangent(definition);
    }

    /** The same op with the forward rules of its definition, which serve any number of operands. */
    private Op definedTangent(Function<List<Tensor>, Tensor> definition) {
        Rule[] rules = new Rule[MOST_OPERANDS];
        for (int i = 0; i < rules.length; i++) {
            int moving = i;
            rules[i] = (t, x, y) -> {
                Function<Tensor, Tensor> f = operand -> {
                    Tensor[] operands = x.clone();
                    operands[moving] = operand;
                    return definition.apply(List.of(operands));
                };
                return Transforms.jvp(f, x[moving], t).tangent();
            };
        }
        return forwardRules(rules);
    }

    /**
     * The same op with forward rules of its own.
     *
     * @param rules one for each operand; null, or none at all, where there is no derivative
     * @return the op
     */
    public Op forwardRules(Rule... rules) {
        return new Op(name, forward, vjps, pullback, rules, linear, scatter, role);
    }

    /**
     * The same op with a short cut for gradients that are not differentiated again: of many pieces taken out of one tensor, each
     * is added in its place, where the reverse rule would make a tensor of zeros for each.
     *
     * @param share how the first operand's share is added; it is the only one that the op is differentiable by
     * @return the op
     */
    public Op scattering(Scatter share) {
        return new Op(name, forward, vjps, pullback, jvps, linear, share, role);
    }

    /**
     * The same op with another role in the graph.
     *
     * @param gate what it does with a gradient
     * @return the op
     */
    public Op as(Role gate) {
        return new Op(name, forward, vjps, pullback, jvps, linear, scatter, gate);
    }

    /**
     * What the op is called in messages.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * What it does with a gradient.
     *
     * @return the role
     */
    public Role role() {
        return role;
    }

    /**
     * Computes the value; records how it came about if an operand requires a gradient; carries tangents on if an operand has one.
     *
     * @param x the operands
     * @return y = f(x)
     * @throws IllegalArgumentException if the operands do not fit the op or each other
     */
    public Tensor apply(Tensor... x) {
        Array[] arrays = new Array[x.length];
        for (int i = 0; i < x.length; i++) arrays[i] = x[i].array();
        ThreadState state = ThreadState.get();
        Tensor y = tensor(forward.apply(arrays), state, x);
        if (state.observer != null) state.observer.applied(this, x, y);
        return y;
    }

    /** The value as a tensor: recorded where it stands and, if it is a dual number, on every level below. */
    private Tensor tensor(Array value, ThreadState state, Tensor... x) {
        Level level = state.levels == 0 ? null : Level.innermost(x);
        Tensor y = level == null ? Tensor.of(value, name) : dual(value, state, level, x);
        return state.recording && isRecorded(x) ? Node.record(this, x, y, state.tracing) : y;
    }

    private Tensor dual(Array value, ThreadState state, Level level, Tensor... x) {
        Tensor[] primals = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) primals[i] = level.primal(x[i]);
        Tensor y = tensor(value, state, primals);
        Tensor tangent = tangent(level, x, primals, y);
        return tangent == null ? y : level.dual(y, tangent);
    }

    /** ẏ = Σᵢ ∂y/∂xᵢ·ẋᵢ over the operands that have a tangent; null if there is none that the op is differentiable by. */
    private Tensor tangent(Level level, Tensor[] x, Tensor[] primals, Tensor y) {
        Tensor[] tangents = new Tensor[x.length];
        boolean any = false;
        for (int i = 0; i < x.length; i++) {
            if (isDifferentiable(i)) tangents[i] = level.tangent(x[i]);
            any |= tangents[i] != null;
        }
        if (!any) return null;
        Tensor sum = null;
        if (linear && jvps == null) {
            for (int i = 0; i < x.length; i++) if (tangents[i] == null) tangents[i] = Tensor.zerosLike(primals[i]);
            sum = apply(tangents);
        } else {
            for (int i = 0; i < x.length; i++) {
                if (tangents[i] == null) continue;
                Tensor share = forwardRule(i).apply(tangents[i], primals, y);
                sum = sum == null ? share : sum.add(share);
            }
        }
        return sum.array().sameShape(y.array()) ? sum : sum.broadcastTo(y.shape());
    }

    private Rule forwardRule(int operand) {
        if (jvps != null && operand < jvps.length && jvps[operand] != null) return jvps[operand];
        throw new NoForwardRuleException(name, operand);
    }

    private boolean isRecorded(Tensor... x) {
        for (int i = 0; i < x.length; i++) {
            if (x[i].requiresGrad() && isDifferentiable(i)) return true;
        }
        return false;
    }

    boolean isDifferentiable(int operand) {
        return pullback != null || operand < vjps.length && vjps[operand] != null;
    }

    /**
     * Whether no gradient passes it, by any operand: a comparison, a sign, an index.
     *
     * @return true if it is constant almost everywhere
     */
    public boolean isStep() {
        return pullback == null && Arrays.stream(vjps).allMatch(rule -> rule == null);
    }

    /** How the first operand's share is added in place; null if it is not to be had this way. */
    Scatter scatter() {
        return scatter;
    }

    boolean keepsValues() {
        return !linear;
    }

    /** The shares of the operands that want one; null for the others. */
    Tensor[] vjp(Tensor g, Tensor[] x, Tensor y, boolean... wanted) {
        if (pullback != null) return pullback.apply(g, x, y, wanted);
        Tensor[] shares = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) if (wanted[i]) shares[i] = vjps[i].apply(g, x, y);
        return shares;
    }

    @Override
    public String toString() {
        return name;
    }
}
