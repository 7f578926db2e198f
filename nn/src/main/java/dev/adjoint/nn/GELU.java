package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** y = x·Φ(x), see {@link Tensor#gelu}; input and output have the same shape. */
public final class GELU extends Module {
    /** Makes the layer. */
    public GELU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.gelu();
    }
}
