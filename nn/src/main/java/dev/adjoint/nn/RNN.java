package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;

/**
 * An Elman recurrent layer that computes h ← tanh(Wx·x + bx + Wh·h + bh) for each step of a sequence. Input [T, N, I], output
 * [T, N, H]; weights as in {@link Recurrent}. Elman, "Finding Structure in Time", Cognitive Science 14, 1990.
 */
public final class RNN extends Recurrent {
    /**
     * Makes a layer.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNN(long inputs, long hidden) {
        this(inputs, hidden, Rng.shared());
    }

    /**
     * Makes a layer.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @param rng the generator that draws the initial weights
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNN(long inputs, long hidden, Rng rng) {
        super(new RNNCell(inputs, hidden, rng));
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public RNN rng(Rng rng) {
        resetParameters(rng);
        return this;
    }
}
