package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Cross-entropy of logits against classes, see {@link Losses#crossEntropy(Tensor, Tensor, Reduction, double)}.
 *
 * @param reduction what becomes of the single losses
 * @param labelSmoothing part of the weight that all classes share, 0 to 1
 */
public record CrossEntropyLoss(Reduction reduction, double labelSmoothing) implements Loss {
    /** The loss with PyTorch's defaults. */
    public CrossEntropyLoss() {
        this(Reduction.MEAN, 0);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.crossEntropy(prediction, target, reduction, labelSmoothing);
    }
}
