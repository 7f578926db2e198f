package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Binary cross-entropy of logits, see {@link Losses#bceWithLogits}.
 *
 * @param reduction how the element-wise losses are reduced
 */
public record BCEWithLogitsLoss(Reduction reduction) implements Loss {
    /** The loss with PyTorch's defaults. */
    public BCEWithLogitsLoss() {
        this(Reduction.MEAN);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.bceWithLogits(prediction, target, reduction);
    }
}
