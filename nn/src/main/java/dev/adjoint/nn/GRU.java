package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;

/**
 * A gated recurrent unit (GRU) layer that applies a {@link GRUCell} to each step of a sequence. Input [T, N, I], output
 * [T, N, H]; weights as in {@link Recurrent}. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.
 */
public final class GRU extends Recurrent {
    /**
     * Makes a layer.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @throws IllegalArgumentException if a size is not positive
     */
    public GRU(long inputs, long hidden) {
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
    public GRU(long inputs, long hidden, Rng rng) {
        super(new GRUCell(inputs, hidden, rng));
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public GRU rng(Rng rng) {
        resetParameters(rng);
        return this;
    }
}
