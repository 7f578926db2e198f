package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/**
 * A primitive op as the engine sees it: a name, how its value is computed, how a cotangent is carried back to its operands (reverse
 * mode), and how their tangents are carried on to the value (forward mode). Applying an op, recording it, and carrying tangents through
 * it is the same for all ops and stands here; what distinguishes them is declared above the engine.
 */
public abstract class Op {
    /** The first operand's share of a cotangent where it is 0 except at the elements that the op took: added in place. */
    @FunctionalInterface
    public interface Scatter {
        /**
         * Adds the share.
         *
         * @param g the cotangent ȳ of the value
         * @param x the operands
         * @param sum the first operand's cotangent so far, of its shape, to which the share is added
         */
        void add(Array g, Value[] x, Array sum);
    }

    private final String name;

    /** An op that messages call by this name. */
    protected Op(String name) {
        this.name = name;
    }

    // ---- what distinguishes ops ----

    /** Computes y = f(x). Checks the operands first, so that a bad one is refused before anything is computed. */
    protected abstract Array forward(Array... x);

    /** Whether a gradient passes to an operand: not to an index, a condition and the like. */
    public abstract boolean isDifferentiable(int operand);

    /** Whether no gradient passes it, by any operand, because it is constant almost everywhere: a comparison, a sign, an index. */
    public abstract boolean isStep();

    /**
     * The vector-Jacobian products x̄ᵢ = ȳ·∂y/∂xᵢ of the operands that want one; null for zero. One may have the shape that the operand
     * was broadcast to.
     */
    protected abstract Value[] vjp(Value g, Value[] x, Value y, boolean... wanted);

    /**
     * The Jacobian-vector product ∂y/∂xᵢ·ẋᵢ of one operand; it may lack axes that other operands bring.
     *
     * @throws NoForwardRuleException if the op has no forward rule for this operand
     */
    protected abstract Value jvp(int operand, Value tangent, Value[] x, Value y);

    /** Whether it is linear in its operands together, so that its tangent is the op itself applied to their tangents. */
    protected abstract boolean isItsOwnTangent();

    /** Whether its rules read the numbers of operands and value, not only their shapes. */
    protected abstract boolean keepsValues();

    /** How the first operand's share is added in place; null if that is not possible. */
    protected abstract Scatter scatter();

    /** What it does with a gradient. */
    public abstract Gate gate();

    /** How it and its derivative are written. */
    public abstract Formula formula();

    /** How many products of two numbers were added up to compute y, beside one operation for each of its elements. */
    public abstract long multiplyAdds(Value[] x, Value y);

    /** Whether its first operand is taken for logits, that is, before a softmax. */
    public abstract boolean takesLogits();

    /** Whether its result is probabilities that add up to 1. */
    public abstract boolean givesProbabilities();

    // ---- what is the same for all ----

    /** What the op is called in messages. */
    public final String name() {
        return name;
    }

    /**
     * Computes the value, records how it was computed if an operand requires a gradient, and carries tangents on if an operand has one.
     *
     * @throws IllegalArgumentException if the operands do not fit the op or each other
     */
    public final Value applyTo(Value... x) {
        Array[] arrays = new Array[x.length];
        for (int i = 0; i < x.length; i++) arrays[i] = x[i].array();
        ThreadState state = ThreadState.get();
        Value y = value(forward(arrays), state, x);
        if (state.observer != null) state.observer.applied(this, x, y);
        return y;
    }

    /** The value as a tensor: recorded where it stands and, if it is a dual number, on every level below. */
    private Value value(Array array, ThreadState state, Value... x) {
        ForwardLevel level = state.levels == 0 ? null : ForwardLevel.innermost(x);
        Value y = level == null ? Value.of(array, name) : dual(array, state, level, x);
        return state.recording && isRecorded(x) ? Node.record(this, x, y, state.tracing) : y;
    }

    private Value dual(Array array, ThreadState state, ForwardLevel level, Value... x) {
        Value[] primals = Value.arithmetic().newArray(x.length);
        for (int i = 0; i < x.length; i++) primals[i] = level.primal(x[i]);
        Value y = value(array, state, primals);
        Value tangent = tangent(level, x, primals, y);
        return tangent == null ? y : level.dual(y, tangent);
    }

    /** ẏ = Σᵢ ∂y/∂xᵢ·ẋᵢ over the operands that have a tangent; null if the op is differentiable by none of them. */
    private Value tangent(ForwardLevel level, Value[] x, Value[] primals, Value y) {
        Arithmetic arithmetic = Value.arithmetic();
        Value[] tangents = arithmetic.newArray(x.length);
        boolean any = false;
        for (int i = 0; i < x.length; i++) {
            if (isDifferentiable(i)) tangents[i] = level.tangent(x[i]);
            any |= tangents[i] != null;
        }
        if (!any) return null;
        Value sum = null;
        if (isItsOwnTangent()) {
            for (int i = 0; i < x.length; i++) if (tangents[i] == null) tangents[i] = arithmetic.zerosLike(primals[i]);
            sum = applyTo(tangents);
        } else {
            for (int i = 0; i < x.length; i++) {
                if (tangents[i] == null) continue;
                Value share = jvp(i, tangents[i], primals, y);
                sum = sum == null ? share : arithmetic.add(sum, share);
            }
        }
        Array like = y.array();
        return sum.array().sameShape(like) ? sum : arithmetic.broadcastTo(sum, like.shape());
    }

    private boolean isRecorded(Value... x) {
        for (int i = 0; i < x.length; i++) {
            if (x[i].isRecorded() && isDifferentiable(i)) return true;
        }
        return false;
    }

    @Override
    public final String toString() {
        return name;
    }
}
