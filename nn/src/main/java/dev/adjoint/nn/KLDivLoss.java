package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Kullback-Leibler divergence from log-probabilities to a target, see {@link Losses#klDiv}.
 *
 * @param reduction what becomes of the single losses
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
