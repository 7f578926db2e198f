package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * The base class of recurrent cells, which compute one time step: the next state from an input and a state.
 *
 * <p>Input x [N, I], states [N, H]; weight_ih [gates·H, I], weight_hh [gates·H, H], bias_ih and bias_hh [gates·H], all
 * initialised uniformly in ±1/√H, in PyTorch's layout.
 */
public abstract sealed class RecurrentCell extends Module permits RNNCell, LSTMCell, GRUCell {
    final Parameter inputWeight;
    final Parameter hiddenWeight;
    final Parameter inputBias;
    final Parameter hiddenBias;
    final long hidden;

    RecurrentCell(int gates, long inputs, long hidden, Rng rng) {
        if (inputs < 1 || hidden < 1) {
            String name = getClass().getSimpleName().replace("Cell", "");
            throw new IllegalArgumentException(
                    name + ": inputs " + inputs + ", hidden " + hidden + ": expected at least 1 of each");
        }
        this.hidden = hidden;
        inputWeight = parameter("weight_ih", Tensor.zeros(gates * hidden, inputs));
        hiddenWeight = parameter("weight_hh", Tensor.zeros(gates * hidden, hidden));
        inputBias = parameter("bias_ih", Tensor.zeros(gates * hidden));
        hiddenBias = parameter("bias_hh", Tensor.zeros(gates * hidden));
        resetParameters(rng);
    }

    /** Redraws all weights. */
    final void resetParameters(Rng rng) {
        checkNotApplied("rng");
        double bound = 1 / Math.sqrt(hidden);
        for (Parameter parameter : parameters()) {
            parameter.replace(Tensor.uniform(rng, -bound, bound, parameter.shape()));
        }
    }

    /** Computes the next state, h first, from Wx·x + bx, Wh·h + bh and the current state. */
    abstract Tensor[] step(Tensor fromInput, Tensor fromHidden, Tensor... state);

    /** The number of tensors [N, H] in the state. */
    abstract int states();

    /** The hidden state after one step from a zero state. */
    @Override
    protected final Tensor forward(Tensor x) {
        return compute(x)[0];
    }

    /**
     * Computes one time step.
     *
     * @param x [N, I]
     * @param state the current state: tensors [N, H], h first; omit for zeros
     * @return the next state
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public final Tensor[] step(Tensor x, Tensor... state) {
        Tensor[][] after = new Tensor[1][];
        Tensor output = withHooks(x, input -> {
            after[0] = compute(input, state);
            return after[0][0];
        });
        after[0][0] = output;
        return after[0];
    }

    private Tensor[] compute(Tensor x, Tensor... state) {
        String name = getClass().getSimpleName();
        if (x.rank() != 2 || x.shape(1) != inputWeight.shape(1)) {
            throw new IllegalArgumentException(
                    name + ": x " + Arrays.toString(x.shape()) + ": expected [N, I] with I = " + inputWeight.shape(1));
        }
        Tensor[] before = initial(name, x, x.shape(0), state);
        return step(x.linear(inputWeight, inputBias), before[0].linear(hiddenWeight, hiddenBias), before);
    }

    /** The given state after a shape check, or zeros if none is given. */
    Tensor[] initial(String name, Tensor x, long batch, Tensor... state) {
        Tensor[] initial = new Tensor[states()];
        if (state.length == 0) {
            Arrays.fill(initial, Tensor.zeros(x.dtype(), batch, hidden));
            return initial;
        }
        long[] expected = {batch, hidden};
        for (int i = 0; i < Math.max(state.length, initial.length); i++) {
            if (state.length == initial.length && Arrays.equals(state[i].shape(), expected)) continue;
            throw new IllegalArgumentException(name + ": x " + Arrays.toString(x.shape()) + ", state of "
                    + state.length + (i < state.length ? ", " + Arrays.toString(state[i].shape()) : "") + ": expected "
                    + initial.length + " tensors " + Arrays.toString(expected) + ", or none for zeros");
        }
        return state;
    }

    /** The columns of the k-th gate. */
    final Tensor gate(Tensor sums, int k) {
        return sums.slice(1, k * hidden, (k + 1) * hidden);
    }

    @Override
    protected final String describe() {
        return inputWeight.shape(1) + " -> " + hidden;
    }
}
