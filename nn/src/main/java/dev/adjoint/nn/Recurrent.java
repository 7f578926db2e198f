package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The base class of recurrent layers, which apply a cell to each step of a sequence.
 *
 * <p>Input x [T, N, I]; output [T, N, H], the hidden state after each step. The weights are those of the cell, see
 * {@link RecurrentCell}, with PyTorch's names for a single layer: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0. Stack layers
 * with a {@link Sequential}.
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

    /** Redraws all weights. */
    final void resetParameters(Rng rng) {
        checkNotApplied("rng");
        cell.resetParameters(rng);
    }

    /**
     * The outputs and the final state of a recurrent layer.
     *
     * @param outputs [T, N, H], the hidden state after each step
     * @param state the state after the last step: tensors [N, H], h first
     */
    public record Sequence(Tensor outputs, List<Tensor> state) {}

    /** The outputs, starting from a zero state. */
    @Override
    protected final Tensor forward(Tensor x) {
        return compute(x).outputs();
    }

    /**
     * Computes the outputs and the final state from an initial state, so that a long sequence can be processed in chunks.
     *
     * @param x [T, N, I]
     * @param state the initial state: tensors [N, H], h first; omit for zeros
     * @return outputs and final state
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
     * Same as {@link #run}, with given weights instead of the layer's own and without hooks.
     *
     * @param x [T, N, I]
     * @param wx used instead of weight_ih_l0, of the same shape
     * @param wh used instead of weight_hh_l0, of the same shape
     * @param bx used instead of bias_ih_l0, of the same shape
     * @param bh used instead of bias_hh_l0, of the same shape
     * @param initial the initial state: tensors [N, H], h first; omit for zeros
     * @return outputs and final state
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public final Sequence runWith(Tensor x, Tensor wx, Tensor wh, Tensor bx, Tensor bh, Tensor... initial) {
        String name = getClass().getSimpleName();
        if (x.rank() != 3 || x.shape(2) != cell.inputWeight.shape(1) || x.shape(0) < 1) {
            throw new IllegalArgumentException(name + ": x " + Arrays.toString(x.shape())
                    + ": expected [T, N, I] with T at least 1 and I = " + cell.inputWeight.shape(1));
        }
        Tensor[] state = cell.initial(name, x, x.shape(1), initial);
        // One matrix product for all time steps: Wx·x does not depend on the state.
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
