package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;

/**
 * A simple recurrent layer over whole sequences, h ← tanh(Wx·x + bx + Wh·h + bh). Input [T, N, I], output [T, N, H]; weights as
 * in {@link Recurrent}. Elman, "Finding Structure in Time", Cognitive Science 14, 1990.
 */
public final class RNN extends Recurrent {
    /**
     * Makes a layer.
     *
     * @param inputs I
     * @param hidden H
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNN(long inputs, long hidden) {
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
    public RNN(long inputs, long hidden, Rng rng) {
        super(new RNNCell(inputs, hidden, rng));
    }

    /**
     * Draws the first weights anew, from a generator of one's own.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public RNN rng(Rng rng) {
        redraw(rng);
        return this;
    }
}
