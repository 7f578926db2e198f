package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Huber loss: quadratic for small errors and linear for large ones, see {@link Losses#huber}.
 *
 * @param reduction how the element-wise losses are reduced
 * @param delta the error at which it changes from quadratic to linear, greater than 0
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
