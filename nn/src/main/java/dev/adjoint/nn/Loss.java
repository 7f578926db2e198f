package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * A loss function, which training minimises. The implementations wrap the functions of {@link Losses} with their settings. They are
 * not {@link Module}s, which have a single input.
 */
@FunctionalInterface
public interface Loss {
    /**
     * Computes the loss.
     *
     * @param prediction the output of the model
     * @param target the expected output
     * @return a scalar, or one loss per element with {@link Reduction#NONE}
     * @throws IllegalArgumentException if the shapes do not fit
     */
    Tensor forward(Tensor prediction, Tensor target);
}
