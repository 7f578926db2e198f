package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** A learnable tensor of a module: a leaf that requires a gradient, whatever tensor it is made from. */
public final class Parameter extends Tensor {
    /**
     * Makes a parameter.
     *
     * @param initial its initial value; the memory is shared
     * @throws IllegalArgumentException if the dtype is not floating-point
     */
    public Parameter(Tensor initial) {
        super(initial);
        requiresGrad(true);
    }

    /** Replaces the value, also by one of another shape or dtype, and clears the gradient. */
    void replace(Tensor value) {
        setValue(value);
    }
}
