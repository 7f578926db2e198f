package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * Negative log-likelihood of class indices, see {@link Losses#nll}.
 *
 * @param reduction how the element-wise losses are reduced
 */
public record NLLLoss(Reduction reduction) implements Loss {
    /** The loss with PyTorch's defaults. */
    public NLLLoss() {
        this(Reduction.MEAN);
    }

    @Override
    public Tensor forward(Tensor prediction, Tensor target) {
        return Losses.nll(prediction, target, reduction);
    }
}
