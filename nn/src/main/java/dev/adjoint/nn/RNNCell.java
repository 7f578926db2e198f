package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * One step of an Elman recurrent layer, h ← tanh(Wx·x + bx + Wh·h + bh).
 * Shapes and weights as in {@link RecurrentCell}. Elman, "Finding Structure in Time", Cognitive Science 14, 1990.
 */
public final class RNNCell extends RecurrentCell {
    /**
     * Makes a cell.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNNCell(long inputs, long hidden) {
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
    public RNNCell(long inputs, long hidden, Rng rng) {
        super(1, inputs, hidden, rng);
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public RNNCell rng(Rng rng) {
        resetParameters(rng);
        return this;
    }

    @Override
    int states() {
        return 1;
    }

    @Override
    Tensor[] step(Tensor fromInput, Tensor fromHidden, Tensor... state) {
        return new Tensor[] {fromInput.add(fromHidden).tanh()};
    }
}
