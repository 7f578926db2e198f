package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * One step of a simple recurrent layer, h ← tanh(Wx·x + bx + Wh·h + bh).
 * Shapes and weights as in {@link RecurrentCell}. Elman, "Finding Structure in Time", Cognitive Science 14, 1990.
 */
public final class RNNCell extends RecurrentCell {
    /**
     * Makes a cell.
     *
     * @param inputs I
     * @param hidden H
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNNCell(long inputs, long hidden) {
        this(inputs, hidden, Rng.shared());
    }

    /**
     * Makes a cell.
     *
     * @param inputs I
     * @param hidden H
     * @param rng where the first weights come from
     * @throws IllegalArgumentException if a size is not positive
     */
    public RNNCell(long inputs, long hidden, Rng rng) {
        super(1, inputs, hidden, rng);
    }

    /**
     * Draws the first weights anew, from a generator of one's own.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public RNNCell rng(Rng rng) {
        redraw(rng);
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
