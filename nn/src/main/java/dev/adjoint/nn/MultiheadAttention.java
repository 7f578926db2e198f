package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Multi-head attention: linear projections to queries, keys and values, scaled dot-product attention in each head, and a linear
 * projection of the concatenated heads.
 *
 * <p>Input and output [N, L, E]; in_proj_weight [3E, E] (initially Xavier-uniform) and in_proj_bias [3E] (initially zeros), with the
 * rows of queries, keys and values in this order; out_proj, a {@link Linear} from E to E. Vaswani et al., "Attention Is
 * All You Need", NeurIPS 2017.
 */
public final class MultiheadAttention extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final Linear output;
    private final int heads;
    private boolean causal;

    /**
     * Makes a layer without a causal mask.
     *
     * @param embedDim E, the embedding size
     * @param heads the number of heads, each of size E/heads
     * @throws IllegalArgumentException if the heads do not divide the size
     */
    public MultiheadAttention(long embedDim, int heads) {
        this(embedDim, heads, false, Rng.shared());
    }

    /**
     * Makes a layer.
     *
     * @param embedDim E, the embedding size
     * @param heads the number of heads, each of size E/heads
     * @param causal whether each position may attend only to itself and earlier positions
     * @param rng the generator that draws the initial weights
     * @throws IllegalArgumentException if the heads do not divide the size
     */
    public MultiheadAttention(long embedDim, int heads, boolean causal, Rng rng) {
        if (heads < 1 || embedDim < 1 || embedDim % heads != 0) {
            throw new IllegalArgumentException("MultiheadAttention: size " + embedDim + ", heads " + heads
                    + ": expected heads that divide the size");
        }
        this.heads = heads;
        this.causal = causal;
        weight = parameter("in_proj_weight", Init.xavierUniform(rng, 1, 3 * embedDim, embedDim));
        bias = parameter("in_proj_bias", Tensor.zeros(3 * embedDim));
        output = child("out_proj", new Linear(embedDim, embedDim, true, rng));
        Init.constant(output.bias(), 0);
    }

    /**
     * Sets whether each position may attend only to itself and earlier positions.
     *
     * @param isCausal whether to apply a causal mask; false by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public MultiheadAttention causal(boolean isCausal) {
        checkNotApplied("causal");
        causal = isCausal;
        return this;
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public MultiheadAttention rng(Rng rng) {
        checkNotApplied("rng");
        weight.replace(Init.xavierUniform(rng, 1, weight.shape()));
        output.rng(rng);
        Init.constant(output.bias(), 0);
        return this;
    }

    /** Self-attention: queries, keys and values are all computed from x. */
    @Override
    protected Tensor forward(Tensor x) {
        return selfAttention(x, null);
    }

    /**
     * Self-attention with a mask.
     *
     * @param x [N, L, E]
     * @param mask 1 where a query may attend to a key, 0 where not, broadcast to [N, heads, L, L]; null for no mask. See {@link
     *     Functional#paddingMask} and {@link Functional#causalMask}
     * @return [N, L, E]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor apply(Tensor x, Tensor mask) {
        return withHooks(x, input -> selfAttention(input, mask));
    }

    private Tensor selfAttention(Tensor x, Tensor mask) {
        check("x", x);
        long length = x.shape(1);
        // [N, L, 3, heads, E/heads] → [3, N, heads, L, E/heads]
        Tensor parts = x.linear(weight, bias)
                .reshape(x.shape(0), length, 3, heads, x.shape(2) / heads)
                .permute(2, 0, 3, 1, 4);
        return attend(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), mask);
    }

    /**
     * Attention of one sequence to another (cross-attention).
     *
     * @param query the query sequence, [N, L, E]
     * @param key the key sequence, [N, S, E]
     * @param value the value sequence, [N, S, E]
     * @param mask 1 where a query may attend to a key, 0 where not, broadcast to [N, heads, L, S]; null for no mask
     * @return [N, L, E]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor apply(Tensor query, Tensor key, Tensor value, Tensor mask) {
        check("query", query);
        check("key", key);
        check("value", value);
        return withHooks(query, q -> attend(project(q, 0), project(key, 1), project(value, 2), mask));
    }

    /** Applies the k-th third of the input projection and splits the result into heads: [N, heads, L, E/heads]. */
    private Tensor project(Tensor x, int k) {
        long embedDim = x.shape(2);
        return x.linear(
                        weight.slice(0, k * embedDim, (k + 1) * embedDim),
                        bias.slice(0, k * embedDim, (k + 1) * embedDim))
                .reshape(x.shape(0), x.shape(1), heads, embedDim / heads)
                .transpose(1, 2);
    }

    private Tensor attend(Tensor query, Tensor key, Tensor value, Tensor mask) {
        if (mask != null) Functional.checkMask(mask, query.shape(2), key.shape(2));
        Tensor allowed = mask;
        if (causal) {
            Tensor past = Functional.causalMask(query.shape(2), key.shape(2));
            allowed = mask == null ? past : mask.to(past.dtype()).mul(past);
        }
        Tensor y = Functional.scaledDotProductAttention(query, key, value, allowed);
        return output.apply(y.transpose(1, 2).reshape(query.shape(0), query.shape(2), weight.shape(1)));
    }

    private void check(String name, Tensor x) {
        if (x.rank() != 3 || x.shape(2) != weight.shape(1)) {
            throw new IllegalArgumentException("MultiheadAttention: " + name + " " + Arrays.toString(x.shape())
                    + ": expected [N, L, " + weight.shape(1) + "]");
        }
    }

    /**
     * The number of heads.
     *
     * @return the number of heads
     */
    public int heads() {
        return heads;
    }

    /**
     * Whether each position attends only to itself and earlier positions.
     *
     * @return true if the layer is causal
     */
    public boolean isCausal() {
        return causal;
    }

    @Override
    protected String describe() {
        return weight.shape(1) + ", heads " + heads + (causal ? ", causal" : "");
    }
}
