package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * One step of a long short-term memory (LSTM). With the preactivations s = Wx·x + bx + Wh·h + bh of the gates i, f, g, o:
 * c ← σ(f)·c + σ(i)·tanh(g), h ← σ(o)·tanh(c). The state is h, c.
 * Shapes and weights as in {@link RecurrentCell}. Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997.
 */
public final class LSTMCell extends RecurrentCell {
    /**
     * Makes a cell.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTMCell(long inputs, long hidden) {
        this(inputs, hidden, Rng.shared());
    }

    /**
     * Makes a cell.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @param rng the generator that draws the initial weights
     * @throws IllegalArgumentException if a size is not positive
     */
    public LSTMCell(long inputs, long hidden, Rng rng) {
        super(4, inputs, hidden, rng);
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public LSTMCell rng(Rng rng) {
        resetParameters(rng);
        return this;
    }

    @Override
    int states() {
        return 2;
    }

    @Override
    Tensor[] step(Tensor fromInput, Tensor fromHidden, Tensor... state) {
        Tensor sums = fromInput.add(fromHidden);
        Tensor kept = gate(sums, 1).sigmoid().mul(state[1]);
        Tensor cell = kept.add(gate(sums, 0).sigmoid().mul(gate(sums, 2).tanh()));
        return new Tensor[] {gate(sums, 3).sigmoid().mul(cell.tanh()), cell};
    }
}
