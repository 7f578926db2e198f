package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A fully connected (affine) layer, y = x·Wᵀ + b.
 *
 * <p>Input [..., in], output [..., out]; weight W [out, in], bias b [out]. Both are initialised uniformly in ±1/√in, as in
 * PyTorch's {@code nn.Linear}.
 */
public final class Linear extends Module {
    private final Parameter weight;
    private Parameter bias;

    /**
     * Makes a layer with a bias.
     *
     * @param in the number of input features
     * @param out the number of output features
     */
    public Linear(long in, long out) {
        this(in, out, true, Rng.shared());
    }

    /**
     * Makes a layer.
     *
     * @param in the number of input features
     * @param out the number of output features
     * @param hasBias whether b is added
     * @param rng the generator that draws the initial weights
     * @throws IllegalArgumentException if a size is not positive
     */
    public Linear(long in, long out, boolean hasBias, Rng rng) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException("Linear: in " + in + ", out " + out + ": expected at least 1 of each");
        }
        weight = parameter("weight", Tensor.zeros(out, in));
        bias = hasBias ? parameter("bias", Tensor.zeros(out)) : null;
        resetParameters(in, out, rng);
    }

    /**
     * Sets whether the layer has a bias.
     *
     * @param isAdded whether b is added; true by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Linear bias(boolean isAdded) {
        checkNotApplied("bias");
        if (isAdded == (bias != null)) return this;
        if (isAdded) bias = parameter("bias", Tensor.zeros(weight.shape(0)));
        else {
            removeParameter("bias");
            bias = null;
        }
        return this;
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Linear rng(Rng rng) {
        checkNotApplied("rng");
        resetParameters(weight.shape(1), weight.shape(0), rng);
        return this;
    }

    /** Redraws the weights, possibly with different sizes. */
    void resetParameters(long in, long out, Rng rng) {
        double bound = 1 / Math.sqrt(in);
        weight.replace(Tensor.uniform(rng, -bound, bound, out, in));
        if (bias != null) bias.replace(Tensor.uniform(rng, -bound, bound, out));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.linear(weight, bias);
    }

    /**
     * The weight W.
     *
     * @return [out, in]
     */
    public Parameter weight() {
        return weight;
    }

    /**
     * The bias b.
     *
     * @return [out], or null if the layer has none
     */
    public Parameter bias() {
        return bias;
    }

    @Override
    protected String describe() {
        return weight.shape(1) + " -> " + weight.shape(0) + (bias == null ? ", no bias" : "");
    }
}
