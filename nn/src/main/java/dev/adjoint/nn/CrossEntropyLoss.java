package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Cross-entropy between logits and class indices, see {@link Losses#crossEntropy(Tensor, Tensor, Reduction, double)}.
 *
 * @param reduction how the element-wise losses are reduced
 * @param labelSmoothing the amount of label smoothing, 0 to 1
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
