package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** What becomes of the losses of the single elements. */
public enum Reduction {
    /** Their mean: the size of a batch does not change the size of a gradient. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum, divided by the size of the first axis alone. */
    BATCH_MEAN,
    /** They stay as they are. */
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
