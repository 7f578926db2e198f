package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Mean absolute error, see {@link Losses#l1}.
 *
 * @param reduction how the element-wise losses are reduced
 */
public record L1Loss(Reduction reduction) implements Loss {
    /** The loss with PyTorch's defaults. */
    public L1Loss() {
        this(Reduction.MEAN);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.l1(prediction, target, reduction);
    }
}
