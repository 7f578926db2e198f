package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Exponential linear unit: y = x if x &gt; 0, else α(eˣ − 1). Input and output have the same shape. */
public final class ELU extends Module {
    private final double alpha;

    /** Makes the layer with α = 1. */
    public ELU() {
        this(1);
    }

    /**
     * Makes the layer.
     *
     * @param alpha α
     */
    public ELU(double alpha) {
        this.alpha = alpha;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.elu(alpha);
    }

    /**
     * The factor α.
     *
     * @return α
     */
    public double alpha() {
        return alpha;
    }

    @Override
    protected String describe() {
        return alpha == 1 ? "" : "alpha " + alpha;
    }
}
