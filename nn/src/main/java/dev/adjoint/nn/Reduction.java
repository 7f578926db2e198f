package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** What becomes of the losses of the single elements. */
public enum Reduction {
    /** Their mean: the size of a batch does not change the size of a gradient. */
    MEAN,
    /** Their sum. */
    SUM,
    /** They stay as they are. */
    NONE;

    Tensor apply(Tensor losses) {
        return switch (this) {
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
            case NONE -> losses;
        };
    }
}
