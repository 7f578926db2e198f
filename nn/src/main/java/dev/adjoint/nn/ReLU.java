package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Rectified linear unit: y = max(x, 0). Input and output have the same shape. */
public final class ReLU extends Module {
    /** Makes the layer. */
    public ReLU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.relu();
    }
}
