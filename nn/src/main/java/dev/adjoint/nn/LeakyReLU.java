package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** y = x where positive, else 0.01·x; input and output have the same shape. */
public final class LeakyReLU extends Module {
    /** Makes the layer. */
    public LeakyReLU() {}

    @Override
    public Tensor forward(Tensor x) {
        return x.leakyRelu();
    }
}
