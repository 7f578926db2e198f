package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Joins all axes but the first: input [N, …], output [N, n]. */
public final class Flatten extends Module {
    /** Makes the layer. */
    public Flatten() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.flatten(1);
    }
}
