package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** The logistic function, y = 1 / (1 + e⁻ˣ). Input and output have the same shape. */
public final class Sigmoid extends Module {
    /** Makes the layer. */
    public Sigmoid() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.sigmoid();
    }
}
