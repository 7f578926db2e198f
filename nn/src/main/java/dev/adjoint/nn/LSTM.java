package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;

/**
 * Long short-term memory over whole sequences, with the formula of {@link LSTMCell}. Input [T, N, I], output [T, N, H]; weights as
 * in {@link Recurrent}. Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997.
 */
public final class LSTM extends Recurrent {
    /**
     * Makes a layer.
     *
     * @param inputs I
     * @param hidden H
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTM(long inputs, long hidden) {
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
    public LSTM(long inputs, long hidden, Rng rng) {
        super(new LSTMCell(inputs, hidden, rng));
    }

    /**
     * Draws the first weights anew, from a generator of one's own.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public LSTM rng(Rng rng) {
        redraw(rng);
        return this;
    }
}
