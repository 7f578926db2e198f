package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** The softmax along an axis, y = eˣ / Σ eˣ: positive values that sum to 1. Input and output have the same shape. */
public final class Softmax extends Module {
    private final int axis;

    /**
     * Makes the layer.
     *
     * @param axis the axis; negative values count from the end
     */
    public Softmax(int axis) {
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.softmax(axis);
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
