package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * Dropout: in training, sets each element to 0 with probability p and multiplies the others by 1/(1 − p), which preserves the
 * expected value; in evaluation, returns the input unchanged. Input and output have the same shape.
 *
 * <p>Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014.
 */
public final class Dropout extends Module {
    private final double p;
    private Rng rng;

    /** Makes a layer with p = 0.5. */
    public Dropout() {
        this(0.5);
    }

    /**
     * Makes the layer.
     *
     * @param p the probability of dropping an element, 0 ≤ p &lt; 1
     */
    public Dropout(double p) {
        this(p, Rng.shared());
    }

    /**
     * Makes the layer.
     *
     * @param p the probability of dropping an element, 0 ≤ p &lt; 1
     * @param rng the generator that selects the dropped elements
     * @throws IllegalArgumentException if p is outside its range
     */
    public Dropout(double p, Rng rng) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("Dropout: p " + p + ": expected 0 <= p < 1, the part that is dropped");
        }
        this.p = p;
        this.rng = generator(rng);
    }

    /**
     * Sets the generator that selects the dropped elements.
     *
     * @param decides the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Dropout rng(Rng decides) {
        checkNotApplied("rng");
        rng = replaceGenerator(rng, decides);
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!isTraining() || p == 0) return x;
        Tensor kept = Tensor.uniform(rng, x.dtype(), 0, 1, x.shape()).ge(p);
        // Select instead of multiplying by 0: a dropped ∞ becomes 0, not NaN.
        return kept.where(x.mul(1 / (1 - p)), Tensor.full(x.dtype(), 0));
    }

    @Override
    protected String describe() {
        return "p " + p;
    }
}
