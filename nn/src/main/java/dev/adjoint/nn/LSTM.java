package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;

/**
 * A long short-term memory (LSTM) layer that applies an {@link LSTMCell} to each step of a sequence. Input [T, N, I], output
 * [T, N, H]; weights as in {@link Recurrent}. Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997.
 */
public final class LSTM extends Recurrent {
    /**
     * Makes a layer.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTM(long inputs, long hidden) {
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
    public LSTM(long inputs, long hidden, Rng rng) {
        super(new LSTMCell(inputs, hidden, rng));
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public LSTM rng(Rng rng) {
        resetParameters(rng);
        return this;
    }
}
