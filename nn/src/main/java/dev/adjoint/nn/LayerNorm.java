package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Layer normalisation over the last axes, see {@link Functional#layerNorm}.
 *
 * <p>Input and output [..., shape]; weight γ (initially ones) and bias β (initially zeros) of that shape.
 * Ba, Kiros and Hinton, "Layer Normalization", 2016.
 */
public final class LayerNorm extends Module {
    private static final double EPSILON = 1e-5;

    private final Parameter weight;
    private final Parameter bias;

    /**
     * Makes a layer.
     *
     * @param shape the sizes of the last axes, which are normalised over
     */
    public LayerNorm(long... shape) {
        weight = parameter("weight", Tensor.ones(shape));
        bias = parameter("bias", Tensor.zeros(shape));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return Functional.layerNorm(x, weight.rank(), weight, bias, EPSILON);
    }

    /**
     * The constant ε that is added to the variance to avoid division by zero.
     *
     * @return ε
     */
    public double epsilon() {
        return EPSILON;
    }

    @Override
    protected String describe() {
        return Arrays.toString(weight.shape());
    }
}
