package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Gaussian error linear unit: y = x·Φ(x), see {@link Tensor#gelu}. Input and output have the same shape. */
public final class GELU extends Module {
    /** Makes the layer. */
    public GELU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.gelu();
    }
}
