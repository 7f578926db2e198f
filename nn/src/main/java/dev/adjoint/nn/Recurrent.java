package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * What recurrent layers share: weights in PyTorch's layout, and the walk over time. The states start at zero.
 *
 * <p>Input x [T, N, I]; weight_ih_l0 [gates·H, I], weight_hh_l0 [gates·H, H], bias_ih_l0 and bias_hh_l0 [gates·H], all uniformly
 * distributed in ±1/√H at first; output [T, N, H], the hidden state after each step.
 */
public abstract sealed class Recurrent extends Module permits RNN, LSTM, GRU {
    private final Parameter inputWeight;
    private final Parameter hiddenWeight;
    private final Parameter inputBias;
    private final Parameter hiddenBias;
    private final long hidden;

    Recurrent(int gates, long inputs, long hidden, Rng rng) {
        if (inputs < 1 || hidden < 1) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": inputs " + inputs + ", hidden " + hidden
                    + ": expected at least 1 of each");
        }
        this.hidden = hidden;
        double bound = 1 / Math.sqrt(hidden);
        inputWeight = parameter("weight_ih_l0", Tensor.uniform(rng, -bound, bound, gates * hidden, inputs));
        hiddenWeight = parameter("weight_hh_l0", Tensor.uniform(rng, -bound, bound, gates * hidden, hidden));
        inputBias = parameter("bias_ih_l0", Tensor.uniform(rng, -bound, bound, gates * hidden));
        hiddenBias = parameter("bias_hh_l0", Tensor.uniform(rng, -bound, bound, gates * hidden));
    }

    /** The state after a step: h first, then whatever else the cell carries. */
    abstract Tensor[] step(Tensor fromInput, Tensor fromHidden, Tensor... state);

    /** How many tensors [N, H] the state has. */
    abstract int states();

    @Override
    public final Tensor forward(Tensor x) {
        return forward(x, inputWeight, hiddenWeight, inputBias, hiddenBias);
    }

    /**
     * The same with other weights, of the same shapes.
     *
     * @param x [T, N, I]
     * @param wx in the place of weight_ih_l0
     * @param wh in the place of weight_hh_l0
     * @param bx in the place of bias_ih_l0
     * @param bh in the place of bias_hh_l0
     * @return [T, N, H]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public final Tensor forward(Tensor x, Tensor wx, Tensor wh, Tensor bx, Tensor bh) {
        if (x.rank() != 3 || x.shape(2) != inputWeight.shape(1) || x.shape(0) < 1) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": x " + Arrays.toString(x.shape())
                    + ": expected [T, N, I] with T at least 1 and I = " + inputWeight.shape(1));
        }
        // One product for all times: W·x does not depend on what came before.
        Tensor fromInput = x.linear(wx, bx);
        Tensor[] state = new Tensor[states()];
        Arrays.fill(state, Tensor.zeros(x.dtype(), x.shape(1), hidden));
        Tensor[] outputs = new Tensor[(int) x.shape(0)];
        for (int t = 0; t < outputs.length; t++) {
            state = step(fromInput.select(0, t), state[0].linear(wh, bh), state);
            outputs[t] = state[0];
        }
        return Tensor.stack(0, outputs);
    }

    /** The k-th gate's part of the sums. */
    final Tensor gate(Tensor sums, int k) {
        return sums.slice(1, k * hidden, (k + 1) * hidden);
    }

    @Override
    protected final String describe() {
        return inputWeight.shape(1) + " -> " + hidden;
    }
}
