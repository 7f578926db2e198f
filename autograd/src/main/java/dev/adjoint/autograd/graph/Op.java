package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;

/**
 * A primitive: a name, how its value is computed, and for each operand how a cotangent is carried back to it. What an op does
 * is declared once, in the rules; applying it, recording it and walking it backwards is the same for all of them.
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
     * The vector-Jacobian product for one operand, x̄ᵢ = ȳ·∂y/∂xᵢ, written in tensor ops, so that it can be differentiated
     * again. It may have the shape that the operand was broadcast to: the walk sums the surplus axes.
     */
    @FunctionalInterface
    public interface Vjp {
        /**
         * Carries a cotangent back.
         *
         * @param g the cotangent ȳ of the value
         * @param x the operands
         * @param y the value
         * @return the operand's share
         */
        Tensor apply(Tensor g, Tensor[] x, Tensor y);
    }

    private final String name;
    private final Forward forward;
    private final Vjp[] vjps;
    private final boolean keepsValues;

    private Op(String name, boolean keepsValues, Forward forward, Vjp... vjps) {
        this.name = name;
        this.forward = forward;
        this.vjps = vjps;
        this.keepsValues = keepsValues;
    }

    /**
     * Declares an op whose rules read the values of its operands or its result.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param vjps a rule for each operand; null, or none at all, where there is no derivative
     * @return the op
     */
    public static Op of(String name, Forward forward, Vjp... vjps) {
        return new Op(name, true, forward, vjps);
    }

    /**
     * Declares an op that is linear in its operands: its rules need the cotangent and the shapes alone, so no value is kept for
     * backward.
     *
     * @param name what it is called in messages
     * @param forward its value
     * @param vjps a rule for each operand
     * @return the op
     */
    public static Op linear(String name, Forward forward, Vjp... vjps) {
        return new Op(name, false, forward, vjps);
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
     * Computes the value, and records how it came about if an operand requires a gradient.
     *
     * @param x the operands
     * @return y = f(x)
     * @throws IllegalArgumentException if the operands do not fit the op or each other
     */
    public Tensor apply(Tensor... x) {
        Array[] arrays = new Array[x.length];
        for (int i = 0; i < x.length; i++) arrays[i] = x[i].array();
        Array y = forward.apply(arrays);
        return isRecorded(x) ? Node.record(this, x, y) : Tensor.of(y, name);
    }

    private boolean isRecorded(Tensor[] x) {
        if (!Recording.isOn()) return false;
        for (int i = 0; i < x.length; i++) {
            if (x[i].requiresGrad() && isDifferentiable(i)) return true;
        }
        return false;
    }

    boolean isDifferentiable(int operand) {
        return operand < vjps.length && vjps[operand] != null;
    }

    boolean keepsValues() {
        return keepsValues;
    }

    Tensor vjp(int operand, Tensor g, Tensor[] x, Tensor y) {
        return vjps[operand].apply(g, x, y);
    }

    @Override
    public String toString() {
        return name;
    }
}
