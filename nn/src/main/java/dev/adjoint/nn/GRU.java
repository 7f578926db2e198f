package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;

/**
 * A gated recurrent layer over whole sequences, with the formula of {@link GRUCell}. Input [T, N, I], output [T, N, H]; weights as
 * in {@link Recurrent}. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.
 */
public final class GRU extends Recurrent {
    /**
     * Makes a layer.
     *
     * @param inputs I
     * @param hidden H
     * @throws IllegalArgumentException if a size is not positive
     */
    public GRU(long inputs, long hidden) {
        this(inputs, hidden, Rng.shared());
    }

    /**
     * Makes a layer.
     *
     * @param inputs I
     * @param hidden H
     * @param rng where the first weights come from
     * @throws IllegalArgumentException if a size is not positive
     */
    public GRU(long inputs, long hidden, Rng rng) {
        super(new GRUCell(inputs, hidden, rng));
    }

    /**
     * Draws the first weights anew, from a generator of one's own.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public GRU rng(Rng rng) {
        redraw(rng);
        return this;
    }
}
