package dev.adjoint.nn;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Weight initialisers that keep the variance of activations and gradients stable across layers. For a weight [out, in, …], fanIn is
 * in·(product of the remaining axes) and fanOut is out·(product of the remaining axes).
 */
public final class Init {
    /** The gain for ReLU, √2: it compensates for the negative half that ReLU sets to 0. */
    public static final double RELU_GAIN = Math.sqrt(2);

    /** The gain that PyTorch recommends for tanh, 5/3. */
    public static final double TANH_GAIN = 5.0 / 3;

    /** The gain that PyTorch recommends for SELU, 3/4. */
    public static final double SELU_GAIN = 3.0 / 4;

    /** In standard deviations: samples farther from the mean than this are very rare. */
    private static final double MAX_STANDARD_DEVIATIONS = 4;

    private Init() {}

    /**
     * Kaiming (He) uniform initialisation: uniform in ±gain·√(3/fanIn).
     * He et al., "Delving Deep into Rectifiers", ICCV 2015.
     *
     * @param rng the random number generator
     * @param gain {@link #RELU_GAIN} for layers followed by ReLU
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor kaimingUniform(Rng rng, double gain, long... shape) {
        double bound = gain * Math.sqrt(3.0 / fanIn(shape));
        return Tensor.uniform(rng, -bound, bound, shape);
    }

    /**
     * Kaiming (He) normal initialisation: normal with mean 0 and standard deviation gain/√fanIn.
     * He et al., "Delving Deep into Rectifiers", ICCV 2015.
     *
     * @param rng the random number generator
     * @param gain {@link #RELU_GAIN} for layers followed by ReLU
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor kaimingNormal(Rng rng, double gain, long... shape) {
        return Tensor.normal(rng, 0, gain / Math.sqrt(fanIn(shape)), shape);
    }

    /**
     * Xavier (Glorot) uniform initialisation: uniform in ±gain·√(6/(fanIn + fanOut)).
     * Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
     *
     * @param rng the random number generator
     * @param gain 1 for layers followed by a sigmoid, {@link #TANH_GAIN} for tanh
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor xavierUniform(Rng rng, double gain, long... shape) {
        double bound = gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
        return Tensor.uniform(rng, -bound, bound, shape);
    }

    /**
     * Xavier (Glorot) normal initialisation: normal with mean 0 and standard deviation gain·√(2/(fanIn + fanOut)).
     * Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
     *
     * @param rng the random number generator
     * @param gain 1 for layers followed by a sigmoid, {@link #TANH_GAIN} for tanh
     * @param shape the weight's shape, at least [out, in]
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor xavierNormal(Rng rng, double gain, long... shape) {
        return Tensor.normal(rng, 0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))), shape);
    }

    /**
     * Orthogonal initialisation: a matrix with orthonormal rows or columns, whichever are fewer, times a gain, so that signals
     * neither grow nor shrink across many such layers. Computed by Gram-Schmidt from a normally distributed matrix, so that all
     * orientations are equally likely.
     * Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", ICLR 2014.
     *
     * @param rng the random number generator
     * @param gain the scaling factor
     * @param shape the weight's shape, at least [out, in]; all axes but the first are flattened
     * @return float32 values
     * @throws IllegalArgumentException if the shape has fewer than two axes
     */
    public static Tensor orthogonal(Rng rng, double gain, long... shape) {
        int rows = (int) shape[0];
        int columns = (int) fanIn(shape);
        boolean wide = rows <= columns;
        int count = wide ? rows : columns;
        int size = wide ? columns : rows;
        double[][] basis = new double[count][];
        for (int i = 0; i < count; i++) {
            double[] v = Tensor.normal(rng, DType.FLOAT64, 0, 1, size).toDoubles();
            // Two passes are enough: Giraud, Langou and Rozložník, Computers & Mathematics with Applications 50, 2005.
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) addTo(v, basis[j], -dot(v, basis[j]));
            }
            addTo(v, v, 1 / Math.sqrt(dot(v, v)) - 1);
            basis[i] = v;
        }
        Tensor matrix = Tensor.of(basis).to(DType.FLOAT32).mul(gain);
        return (wide ? matrix : matrix.transpose()).reshape(shape);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void addTo(double[] a, double[] b, double factor) {
        for (int i = 0; i < a.length; i++) a[i] += factor * b[i];
    }

    /**
     * Truncated normal initialisation: values outside the bounds are redrawn.
     *
     * @param rng the random number generator
     * @param mean mean of the normal distribution before truncation
     * @param std standard deviation of the normal distribution before truncation
     * @param min lower bound, less than four standard deviations above the mean
     * @param max upper bound, greater than {@code min} and less than four standard deviations below the mean
     * @param shape the shape
     * @return float32 values
     * @throws IllegalArgumentException if std is not positive or the bounds are out of range
     */
    public static Tensor truncatedNormal(Rng rng, double mean, double std, double min, double max, long... shape) {
        boolean isSampleable =
                (min - mean) / std < MAX_STANDARD_DEVIATIONS && (max - mean) / std > -MAX_STANDARD_DEVIATIONS;
        if (!(std > 0) || !(min < max) || !isSampleable) {
            throw new IllegalArgumentException("init: normal with mean " + mean + ", std " + std + " between " + min
                    + " and " + max + ": expected a positive std and bounds that some numbers fall between");
        }
        float[] values = Tensor.normal(rng, mean, std, shape).toFloats();
        for (int i = 0; i < values.length; i++) {
            while (values[i] < min || values[i] > max)
                values[i] = Tensor.normal(rng, mean, std, 1).toFloats()[0];
        }
        return Tensor.of(values, shape);
    }

    /**
     * Fills a parameter in place with a constant, such as 0 for a bias.
     *
     * @param parameter the parameter
     * @param value the value of all its elements
     */
    public static void constant(Tensor parameter, double value) {
        parameter.assign(Tensor.full(parameter.dtype(), value, parameter.shape()));
    }

    /**
     * Fills a parameter in place with uniformly distributed values.
     *
     * @param parameter the parameter
     * @param rng the random number generator
     * @param low lower bound
     * @param high upper bound
     */
    public static void uniform(Tensor parameter, Rng rng, double low, double high) {
        parameter.assign(Tensor.uniform(rng, parameter.dtype(), low, high, parameter.shape()));
    }

    /**
     * Fills a parameter in place with normally distributed values.
     *
     * @param parameter the parameter
     * @param rng the random number generator
     * @param mean the mean
     * @param std the standard deviation
     */
    public static void normal(Tensor parameter, Rng rng, double mean, double std) {
        parameter.assign(Tensor.normal(rng, parameter.dtype(), mean, std, parameter.shape()));
    }

    /**
     * The gain for leaky ReLU, √(2/(1 + slope²)).
     *
     * @param slope the slope for negative inputs
     * @return the gain
     */
    public static double leakyReluGain(double slope) {
        return Math.sqrt(2 / (1 + slope * slope));
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
