package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** y = x where positive, else eˣ − 1; input and output have the same shape. */
public final class ELU extends Module {
    /** Makes the layer. */
    public ELU() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.elu();
    }
}
