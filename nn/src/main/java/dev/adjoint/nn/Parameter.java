package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** A tensor that a module learns: a leaf that requires a gradient, whatever it was made from. */
public final class Parameter extends Tensor {
    /**
     * Makes a parameter.
     *
     * @param initial its first value; the memory is shared
     * @throws IllegalArgumentException if the type is not floating
     */
    public Parameter(Tensor initial) {
        super(initial);
        requiresGrad(true);
    }

    /** Exchanges the value for one of another type; the gradient is forgotten. */
    void replace(Tensor value) {
        setValue(value);
    }
}
