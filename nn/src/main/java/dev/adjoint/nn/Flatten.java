package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Flattens all axes except the first: input [N, …], output [N, n]. */
public final class Flatten extends Module {
    /** Makes the layer. */
    public Flatten() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.flatten(1);
    }
}
