package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Sigmoid linear unit (swish): y = x·σ(x), see {@link Tensor#silu}. Input and output have the same shape. */
public final class SiLU extends Module {
    /** Makes the layer. */
    public SiLU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.silu();
    }
}
