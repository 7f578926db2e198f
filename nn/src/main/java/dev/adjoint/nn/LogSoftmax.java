package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** The logarithm of the softmax along an axis, y = x − ln Σ eˣ. Input and output have the same shape. */
public final class LogSoftmax extends Module {
    private final int axis;

    /**
     * Makes the layer.
     *
     * @param axis the axis; negative values count from the end
     */
    public LogSoftmax(int axis) {
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.logSoftmax(axis);
    }

    /**
     * The axis along which values are normalised.
     *
     * @return the axis; negative values count from the end
     */
    public int axis() {
        return axis;
    }

    @Override
    protected String describe() {
        return "axis " + axis;
    }
}
