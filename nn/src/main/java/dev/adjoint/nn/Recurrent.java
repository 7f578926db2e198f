package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A cell over whole sequences.
 *
 * <p>Input x [T, N, I]; output [T, N, H], the hidden state after each step; the weights of the cell, see {@link RecurrentCell},
 * under the names that PyTorch gives those of a single layer: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0. Layers one above
 * the other are a {@link Sequential}.
 */
public abstract sealed class Recurrent extends Module permits RNN, LSTM, GRU {
    private final RecurrentCell cell;

    Recurrent(RecurrentCell cell) {
        this.cell = cell;
        share("weight_ih_l0", cell.inputWeight);
        share("weight_hh_l0", cell.hiddenWeight);
        share("bias_ih_l0", cell.inputBias);
        share("bias_hh_l0", cell.hiddenBias);
    }

    /** Draws all weights. */
    final void redraw(Rng rng) {
        checkUnused("rng");
        cell.redraw(rng);
    }

    /**
     * What a sequence was turned into.
     *
     * @param outputs [T, N, H], the hidden state after each step
     * @param state the state after the last step, each [N, H], h first
     */
    public record Sequence(Tensor outputs, List<Tensor> state) {}

    /** The outputs, from a state of zeros. */
    @Override
    protected final Tensor forward(Tensor x) {
        return compute(x).outputs();
    }

    /**
     * The outputs and the last state, from a given one: a long sequence can be taken in pieces.
     *
     * @param x [T, N, I]
     * @param state the state before the first step, each [N, H], h first; none for zeros
     * @return outputs and state
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public final Sequence run(Tensor x, Tensor... state) {
        List<Tensor> last = new ArrayList<>();
        Tensor outputs = withHooks(x, input -> {
            Sequence sequence = compute(input, state);
            last.addAll(sequence.state());
            return sequence.outputs();
        });
        return new Sequence(outputs, List.copyOf(last));
    }

    private Sequence compute(Tensor x, Tensor... state) {
        return runWith(x, cell.inputWeight, cell.hiddenWeight, cell.inputBias, cell.hiddenBias, state);
    }

    /**
     * The same with other weights, of the same shapes.
     *
     * @param x [T, N, I]
     * @param wx in the place of weight_ih_l0
     * @param wh in the place of weight_hh_l0
     * @param bx in the place of bias_ih_l0
     * @param bh in the place of bias_hh_l0
     * @param initial the state before the first step; none for zeros
     * @return outputs and state
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public final Sequence runWith(Tensor x, Tensor wx, Tensor wh, Tensor bx, Tensor bh, Tensor... initial) {
        String name = getClass().getSimpleName();
        if (x.rank() != 3 || x.shape(2) != cell.inputWeight.shape(1) || x.shape(0) < 1) {
            throw new IllegalArgumentException(name + ": x " + Arrays.toString(x.shape())
                    + ": expected [T, N, I] with T at least 1 and I = " + cell.inputWeight.shape(1));
        }
        Tensor[] state = cell.initial(name, x, x.shape(1), initial);
        // One product for all times: W·x does not depend on what came before.
        Tensor fromInput = x.linear(wx, bx);
        Tensor[] outputs = new Tensor[(int) x.shape(0)];
        for (int t = 0; t < outputs.length; t++) {
            state = cell.step(fromInput.select(0, t), state[0].linear(wh, bh), state);
            outputs[t] = state[0];
        }
        return new Sequence(Tensor.stack(0, outputs), List.of(state));
    }

    @Override
    protected final String describe() {
        return cell.describe();
    }
}
