package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Kullback-Leibler divergence of log-probabilities and target probabilities, see {@link Losses#klDiv}.
 *
 * @param reduction how the element-wise losses are reduced
 */
public record KLDivLoss(Reduction reduction) implements Loss {
    /** The loss with PyTorch's defaults. */
    public KLDivLoss() {
        this(Reduction.MEAN);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.klDiv(prediction, target, reduction);
    }
}
