package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;

/**
 * A primitive op as the engine sees it: a name, a forward function, vector-Jacobian products (reverse mode) and Jacobian-vector
 * products (forward mode). This class applies ops, records them and propagates tangents, in the same way for all ops; the
 * individual ops are declared outside the engine.
 */
public abstract class Op {
    /**
     * The in-place accumulation of the first operand's cotangent, for an op whose contribution is 0 except at the elements that it
     * selected.
     */
    @FunctionalInterface
    public interface Scatter {
        /**
         * Adds the contribution.
         *
         * @param g the cotangent ȳ of the value
         * @param x the operands
         * @param sum the first operand's cotangent so far, of its shape, to which the contribution is added
         */
        void add(Array g, Value[] x, Array sum);
    }

    private final String name;

    /** Creates an op with this name. */
    protected Op(String name) {
        this.name = name;
    }

    // ---- declared for each op ----

    /** Computes y = f(x). It validates the operands before it computes anything. */
    protected abstract Array forward(Array... x);

    /** Whether the op is differentiable with respect to an operand: false for an index, a condition and the like. */
    public abstract boolean isDifferentiable(int operand);

    /**
     * Whether the op is a step function, constant almost everywhere, that passes no gradient to any operand: a comparison, a sign,
     * an index.
     */
    public abstract boolean isStep();

    /**
     * The vector-Jacobian products x̄ᵢ = ȳ·∂y/∂xᵢ of the wanted operands; null for zero. A product may have the shape that the
     * operand was broadcast to.
     */
    protected abstract Value[] vjp(Value g, Value[] x, Value y, boolean... wanted);

    /**
     * The Jacobian-vector product ∂y/∂xᵢ·ẋᵢ of one operand; it may lack axes that only other operands have.
     *
     * @throws NoForwardRuleException if the op has no forward rule for this operand
     */
    protected abstract Value jvp(int operand, Value tangent, Value[] x, Value y);

    /**
     * Whether the op is jointly linear in its operands, so that its Jacobian-vector product is the op itself, applied to their
     * tangents.
     */
    protected abstract boolean isJointlyLinear();

    /** Whether its rules read the values of operands and result, not only their shapes. */
    protected abstract boolean savesValues();

    /** The in-place accumulation of the first operand's cotangent; null if there is none. */
    protected abstract Scatter scatter();

    /** The gate type: what the op does with a gradient. */
    public abstract Gate gate();

    /** The mathematical notation of the op and its derivative. */
    public abstract Formula formula();

    /** The number of multiply-adds that compute y, in addition to one operation for each of its elements. */
    public abstract long multiplyAdds(Value[] x, Value y);

    /** Whether its first operand is logits, that is, values before a softmax. */
    public abstract boolean takesLogits();

    /** Whether its result consists of probabilities that sum to 1. */
    public abstract boolean givesProbabilities();

    // ---- common to all ops ----

    /** The name of the op, used in messages. */
    public final String name() {
        return name;
    }

    /**
     * Applies the op: computes the result, records it if an operand requires a gradient, and computes its tangent if an operand has
     * one.
     *
     * @throws IllegalArgumentException if the operands do not match the op or each other
     */
    public final Value applyTo(Value... x) {
        Array[] arrays = new Array[x.length];
        for (int i = 0; i < x.length; i++) arrays[i] = x[i].array();
        ThreadState state = ThreadState.get();
        Value y = value(forward(arrays), state, x);
        if (state.observer != null) state.observer.applied(this, x, y);
        return y;
    }

    /** The result as a tensor: recorded and, if it is a dual number, recorded at every outer level too. */
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

    /** ẏ = Σᵢ ∂y/∂xᵢ·ẋᵢ over the operands that have a tangent; null if the op is not differentiable with respect to any of them. */
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
        if (isJointlyLinear()) {
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
