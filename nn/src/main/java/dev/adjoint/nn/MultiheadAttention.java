package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Self-attention with several heads: queries, keys and values are linear in x, each head attends by itself, and a last linear layer
 * joins them.
 *
 * <p>Input and output [N, L, E]; in_proj_weight [3E, E], in_proj_bias [3E] (queries, keys, values), out_proj a {@link Linear} of E.
 * Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
 */
public final class MultiheadAttention extends Module {
    private final Linear projection;
    private final Linear output;
    private final int heads;
    private final boolean causal;

    /**
     * Makes a layer.
     *
     * @param size E
     * @param heads how many heads share it
     * @param causal whether a place may look at itself and those before it only
     * @param rng where the first weights come from
     * @throws IllegalArgumentException if the heads do not divide the size
     */
    public MultiheadAttention(long size, int heads, boolean causal, Rng rng) {
        if (heads < 1 || size < 1 || size % heads != 0) {
            throw new IllegalArgumentException(
                    "MultiheadAttention: size " + size + ", heads " + heads + ": expected heads that divide the size");
        }
        this.heads = heads;
        this.causal = causal;
        projection = child("in_proj", new Linear(size, 3 * size, true, rng));
        output = child("out_proj", new Linear(size, size, true, rng));
    }

    @Override
    public Tensor forward(Tensor x) {
        if (x.rank() != 3 || x.shape(2) != output.weight().shape(0)) {
            throw new IllegalArgumentException("MultiheadAttention: x " + Arrays.toString(x.shape())
                    + ": expected [N, L, " + output.weight().shape(0) + "]");
        }
        long n = x.shape(0);
        long length = x.shape(1);
        long size = x.shape(2);
        // [N, L, 3, heads, E/heads] → [3, N, heads, L, E/heads]
        Tensor parts =
                projection.forward(x).reshape(n, length, 3, heads, size / heads).permute(2, 0, 3, 1, 4);
        Tensor mask = causal ? Functional.causalMask(length) : null;
        Tensor y =
                Functional.scaledDotProductAttention(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), mask);
        return output.forward(y.transpose(1, 2).reshape(n, length, size));
    }

    @Override
    protected String describe() {
        return output.weight().shape(0) + ", heads " + heads + (causal ? ", causal" : "");
    }
}
