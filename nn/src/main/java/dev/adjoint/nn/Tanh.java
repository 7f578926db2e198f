package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** The hyperbolic tangent, y = tanh x. Input and output have the same shape. */
public final class Tanh extends Module {
    /** Makes the layer. */
    public Tanh() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.tanh();
    }
}
