package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Mean squared error, see {@link Losses#mse(Tensor, Tensor, Reduction)}.
 *
 * @param reduction how the element-wise losses are reduced
 */
public record MSELoss(Reduction reduction) implements Loss {
    /** The loss with PyTorch's defaults. */
    public MSELoss() {
        this(Reduction.MEAN);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.mse(prediction, target, reduction);
    }
}
