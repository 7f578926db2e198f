package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Softplus: y = ln(1 + eˣ). Input and output have the same shape. */
public final class Softplus extends Module {
    /** Makes the layer. */
    public Softplus() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.softplus();
    }
}
