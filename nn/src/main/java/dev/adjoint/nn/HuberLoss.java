package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Squared near 0 and linear beyond, see {@link Losses#huber}.
 *
 * @param reduction what becomes of the single losses
 * @param delta where it turns linear, above 0
 */
public record HuberLoss(Reduction reduction, double delta) implements Loss {
    /** The loss with PyTorch's defaults. */
    public HuberLoss() {
        this(Reduction.MEAN, 1);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.huber(prediction, target, reduction, delta);
    }
}
