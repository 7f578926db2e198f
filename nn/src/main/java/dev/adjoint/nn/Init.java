package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * First values for weights, such that signals keep their size on the way through the layers. For a weight [out, in, …] fanIn is
 * in·(product of the rest) and fanOut is out·(product of the rest).
 */
public final class Init {
    /** The gain that makes up for what a rectifier cuts off. */
    public static final double RELU_GAIN = Math.sqrt(2);

    /** The gain PyTorch recommends for tanh. */
    public static final double TANH_GAIN = 5.0 / 3;

    private Init() {}

    /**
     * Uniform in ±gain·√(3/fanIn).
     * He et al., "Delving Deep into Rectifiers", ICCV 2015.
     *
     * @param rng where the numbers come from
     * @param gain {@link #RELU_GAIN} before a rectifier
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor kaimingUniform(Rng rng, double gain, long... shape) {
        double bound = gain * Math.sqrt(3.0 / fanIn(shape));
        return Tensor.uniform(rng, -bound, bound, shape);
    }

    /**
     * Normal with standard deviation gain/√fanIn.
     * He et al., "Delving Deep into Rectifiers", ICCV 2015.
     *
     * @param rng where the numbers come from
     * @param gain {@link #RELU_GAIN} before a rectifier
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor kaimingNormal(Rng rng, double gain, long... shape) {
        return Tensor.normal(rng, 0, gain / Math.sqrt(fanIn(shape)), shape);
    }

    /**
     * Uniform in ±gain·√(6/(fanIn + fanOut)).
     * Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
     *
     * @param rng where the numbers come from
     * @param gain 1 before a sigmoid, {@link #TANH_GAIN} before a tanh
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor xavierUniform(Rng rng, double gain, long... shape) {
        double bound = gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
        return Tensor.uniform(rng, -bound, bound, shape);
    }

    /**
     * Normal with standard deviation gain·√(2/(fanIn + fanOut)).
     * Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
     *
     * @param rng where the numbers come from
     * @param gain 1 before a sigmoid, {@link #TANH_GAIN} before a tanh
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor xavierNormal(Rng rng, double gain, long... shape) {
        return Tensor.normal(rng, 0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))), shape);
    }

    private static long fanIn(long... shape) {
        return fan(shape, 1);
    }

    private static long fanOut(long... shape) {
        return fan(shape, 0);
    }

    private static long fan(long[] shape, int axis) {
        if (shape.length < 2) {
            throw new IllegalArgumentException("init: shape " + Arrays.toString(shape)
                    + ": expected a weight [out, in, …]; a bias starts with Tensor.zeros or Tensor.uniform");
        }
        long fan = shape[axis];
        for (int i = 2; i < shape.length; i++) fan *= shape[i];
        return fan;
    }
}
