package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** How a loss function reduces the element-wise losses. */
public enum Reduction {
    /** Their mean, so that the magnitude of gradients does not depend on the batch size. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum divided by the batch size, the size of the first axis. */
    BATCH_MEAN,
    /** No reduction. */
    NONE;

    Tensor apply(Tensor losses) {
        return switch (this) {
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
            case BATCH_MEAN -> losses.sum().div(losses.rank() == 0 ? 1 : losses.shape(0));
            case NONE -> losses;
        };
    }
}
