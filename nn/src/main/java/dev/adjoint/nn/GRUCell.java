package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * One step of a gated recurrent unit (GRU), with the gates r, z, n: r, z = σ(Wx·x + bx + Wh·h + bh),
 * n = tanh(Wx·x + bx + r·(Wh·h + bh)), h ← (1 − z)·n + z·h.
 * Shapes and weights as in {@link RecurrentCell}. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.
 */
public final class GRUCell extends RecurrentCell {
    /**
     * Makes a cell.
     *
     * @param inputs I, the input size
     * @param hidden H, the hidden size
     * @throws IllegalArgumentException if a size is not positive
     */
    public GRUCell(long inputs, long hidden) {
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
    public GRUCell(long inputs, long hidden, Rng rng) {
        super(3, inputs, hidden, rng);
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public GRUCell rng(Rng rng) {
        resetParameters(rng);
        return this;
    }

    @Override
    int states() {
        return 1;
    }

    @Override
    Tensor[] step(Tensor fromInput, Tensor fromHidden, Tensor... state) {
        Tensor reset = gate(fromInput, 0).add(gate(fromHidden, 0)).sigmoid();
        Tensor update = gate(fromInput, 1).add(gate(fromHidden, 1)).sigmoid();
        Tensor candidate =
                gate(fromInput, 2).add(reset.mul(gate(fromHidden, 2))).tanh();
        return new Tensor[] {candidate.add(update.mul(state[0].sub(candidate)))};
    }
}
