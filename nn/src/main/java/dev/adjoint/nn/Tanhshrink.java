package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Tanhshrink: y = x − tanh x. Input and output have the same shape. */
public final class Tanhshrink extends Module {
    /** Makes the layer. */
    public Tanhshrink() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.sub(x.tanh());
    }
}
