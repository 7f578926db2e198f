package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A layer of a transformer, normalised first: x ← x + attention(norm(x)), x ← x + feedForward(norm(x)) with a GELU between two
 * linear layers.
 *
 * <p>Input and output [N, L, E]. Vaswani et al., "Attention Is All You Need", NeurIPS 2017; normalised first: Xiong et al., "On
 * Layer Normalization in the Transformer Architecture", ICML 2020.
 */
public final class TransformerEncoderLayer extends Module {
    private final LayerNorm norm1;
    private final MultiheadAttention attention;
    private final LayerNorm norm2;
    private final Linear linear1;
    private final Linear linear2;

    /**
     * Makes a layer.
     *
     * @param size E
     * @param heads how many heads attend
     * @param inner width of the feed-forward part
     * @param causal whether a place may look at itself and those before it only
     * @param rng where the first weights come from
     */
    public TransformerEncoderLayer(long size, int heads, long inner, boolean causal, Rng rng) {
        norm1 = child("norm1", new LayerNorm(size));
        attention = child("self_attn", new MultiheadAttention(size, heads, causal, rng));
        norm2 = child("norm2", new LayerNorm(size));
        linear1 = child("linear1", new Linear(size, inner, true, rng));
        linear2 = child("linear2", new Linear(inner, size, true, rng));
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor y = x.add(attention.forward(norm1.forward(x)));
        return y.add(linear2.forward(linear1.forward(norm2.forward(y)).gelu()));
    }
}
