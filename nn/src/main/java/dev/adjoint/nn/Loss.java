package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * How far a prediction is from its target: what training makes smaller. The losses are those of {@link Losses} with their settings,
 * as objects that can be handed around. They are no {@link Module}s, which have one input and are made of parameters.
 */
@FunctionalInterface
public interface Loss {
    /**
     * Computes the loss.
     *
     * @param prediction what a model returned
     * @param target what it should have returned
     * @return a scalar, unless the loss was made not to reduce
     * @throws IllegalArgumentException if the shapes do not fit
     */
    Tensor forward(Tensor prediction, Tensor target);
}
