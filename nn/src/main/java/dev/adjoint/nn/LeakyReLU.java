package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/** Leaky ReLU: y = x if x &gt; 0, else slope·x. Input and output have the same shape. */
public final class LeakyReLU extends Module {
    private static final double SLOPE = 0.01;

    private final double slope;

    /** Makes the layer with slope 0.01. */
    public LeakyReLU() {
        this(SLOPE);
    }

    /**
     * Makes the layer.
     *
     * @param slope the factor applied to negative elements
     */
    public LeakyReLU(double slope) {
        this.slope = slope;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.leakyRelu(slope);
    }

    /**
     * The factor applied to negative elements.
     *
     * @return the slope
     */
    public double slope() {
        return slope;
    }

    @Override
    protected String describe() {
        return slope == SLOPE ? "" : "slope " + slope;
    }
}
