package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Binary cross-entropy of probabilities, see {@link Losses#bce}.
 *
 * @param reduction how the element-wise losses are reduced
 */
public record BCELoss(Reduction reduction) implements Loss {
    /** The loss with PyTorch's defaults. */
    public BCELoss() {
        this(Reduction.MEAN);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.bce(prediction, target, reduction);
    }
}
