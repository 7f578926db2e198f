package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A transformer encoder layer: self-attention and a feed-forward network, each with a residual connection and layer normalisation.
 * Post-norm, as in the original paper: x ← norm1(x + attention(x)), x ← norm2(x + feedForward(x)). Pre-norm, which trains more
 * easily: x ← x + attention(norm1(x)), x ← x + feedForward(norm2(x)). feedForward(x) = linear2(activation(linear1(x))).
 *
 * <p>Input and output [N, L, E]; parameters self_attn, linear1, linear2, norm1, norm2, as in PyTorch. Vaswani et al., "Attention Is
 * All You Need", NeurIPS 2017; pre-norm: Xiong et al., "On Layer Normalization in the Transformer Architecture", ICML 2020.
 */
public final class TransformerEncoderLayer extends Module {
    private static final double DROPOUT = 0.1;
    private static final long FEED_FORWARD = 2048;

    private final MultiheadAttention attention;
    private final Linear linear1;
    private final Linear linear2;
    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private Dropout dropout;
    private Module activation;
    private boolean normFirst;
    private Rng rng;

    /**
     * Makes a layer with PyTorch's defaults: feed-forward width 2048, dropout 0.1, ReLU, post-norm, not causal.
     *
     * @param size E, the embedding size
     * @param heads the number of attention heads
     */
    public TransformerEncoderLayer(long size, int heads) {
        this(size, heads, FEED_FORWARD, Rng.shared());
    }

    /**
     * Makes a layer with a feed-forward width and otherwise PyTorch's defaults: dropout 0.1, ReLU, post-norm, not causal.
     *
     * @param size E, the embedding size
     * @param heads the number of attention heads
     * @param feedForwardSize the width of the feed-forward network
     * @param rng the generator for the initial weights and for dropout
     */
    public TransformerEncoderLayer(long size, int heads, long feedForwardSize, Rng rng) {
        this(size, heads, feedForwardSize, DROPOUT, new ReLU(), false, false, rng);
    }

    /**
     * Makes a layer with all settings.
     *
     * @param size E, the embedding size
     * @param heads the number of attention heads
     * @param feedForwardSize the width of the feed-forward network
     * @param dropout the dropout probability for the outputs of attention, activation and feed-forward network
     * @param activation the layer between the two linear layers
     * @param normFirst true for pre-norm, false for post-norm
     * @param causal whether each position may attend only to itself and earlier positions
     * @param rng the generator for the initial weights and for dropout
     */
    public TransformerEncoderLayer(
            long size,
            int heads,
            long feedForwardSize,
            double dropout,
            Module activation,
            boolean normFirst,
            boolean causal,
            Rng rng) {
        attention = child("self_attn", new MultiheadAttention(size, heads, causal, rng));
        linear1 = child("linear1", new Linear(size, feedForwardSize, true, rng));
        linear2 = child("linear2", new Linear(feedForwardSize, size, true, rng));
        norm1 = child("norm1", new LayerNorm(size));
        norm2 = child("norm2", new LayerNorm(size));
        this.dropout = child("dropout", new Dropout(dropout, rng));
        this.activation = child("activation", activation);
        this.normFirst = normFirst;
        this.rng = rng;
    }

    // ---- settings, to be called right after the constructor ----

    /**
     * Sets the width of the feed-forward network and redraws its weights.
     *
     * @param width the width, at least 1; 2048 by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public TransformerEncoderLayer feedForward(long width) {
        checkNotApplied("feedForward");
        long size = linear1.weight().shape(1);
        linear1.resetParameters(size, width, rng);
        linear2.resetParameters(width, size, rng);
        return this;
    }

    /**
     * Sets the dropout probability for the outputs of attention, activation and feed-forward network.
     *
     * @param p the probability, 0 ≤ p &lt; 1; 0.1 by default
     * @return this layer
     * @throws IllegalArgumentException if p is outside its range
     * @throws IllegalStateException if the layer has been applied already
     */
    public TransformerEncoderLayer dropout(double p) {
        checkNotApplied("dropout");
        dropout = replaceChild("dropout", new Dropout(p, rng));
        return this;
    }

    /**
     * Sets the activation between the two linear layers.
     *
     * @param between the activation; {@link ReLU} by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public TransformerEncoderLayer activation(Module between) {
        checkNotApplied("activation");
        activation = replaceChild("activation", between);
        return this;
    }

    /**
     * Sets whether layer normalisation comes before attention and feed-forward network (pre-norm) or after them (post-norm).
     *
     * @param isFirst true for pre-norm; post-norm by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public TransformerEncoderLayer normFirst(boolean isFirst) {
        checkNotApplied("normFirst");
        normFirst = isFirst;
        return this;
    }

    /**
     * Sets whether each position may attend only to itself and earlier positions.
     *
     * @param isCausal whether to apply a causal mask; false by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public TransformerEncoderLayer causal(boolean isCausal) {
        checkNotApplied("causal");
        attention.causal(isCausal);
        return this;
    }

    /**
     * Sets the generator for the initial weights and for dropout, and redraws the weights.
     *
     * @param own the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public TransformerEncoderLayer rng(Rng own) {
        checkNotApplied("rng");
        rng = own;
        attention.rng(own);
        linear1.rng(own);
        linear2.rng(own);
        dropout.rng(own);
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return encode(x, null);
    }

    /**
     * Applies the layer with an attention mask.
     *
     * @param x [N, L, E]
     * @param mask 1 where a query may attend to a key, 0 where not, as in {@link MultiheadAttention#apply(Tensor, Tensor)}; null for
     *     no mask
     * @return [N, L, E]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public Tensor apply(Tensor x, Tensor mask) {
        return withHooks(x, input -> encode(input, mask));
    }

    private Tensor encode(Tensor x, Tensor mask) {
        if (normFirst) {
            Tensor y = x.add(attend(norm1.apply(x), mask));
            return y.add(feedForward(norm2.apply(y)));
        }
        Tensor y = norm1.apply(x.add(attend(x, mask)));
        return norm2.apply(y.add(feedForward(y)));
    }

    private Tensor attend(Tensor x, Tensor mask) {
        return dropout.apply(mask == null ? attention.apply(x) : attention.apply(x, mask));
    }

    private Tensor feedForward(Tensor x) {
        return dropout.apply(linear2.apply(dropout.apply(activation.apply(linear1.apply(x)))));
    }

    /**
     * Whether layer normalisation comes before attention and feed-forward network.
     *
     * @return true for pre-norm, false for post-norm
     */
    public boolean isNormFirst() {
        return normFirst;
    }

    @Override
    protected String describe() {
        return normFirst ? "normalised first" : "normalised last";
    }
}
