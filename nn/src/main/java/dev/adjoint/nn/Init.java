package dev.adjoint.nn;

import dev.adjoint.autograd.DType;
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

    /** The gain PyTorch recommends for SELU. */
    public static final double SELU_GAIN = 3.0 / 4;

    /** In standard deviations: of numbers further out than this there are next to none. */
    private static final double REACH = 4;

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

    /**
     * A matrix with orthonormal rows or columns, whichever are fewer, times a gain: a signal neither grows nor shrinks on its way
     * through many of them. Of a normally distributed matrix, by Gram and Schmidt's method, so that every rotation is equally likely.
     * Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", ICLR 2014.
     *
     * @param rng where the numbers come from
     * @param gain the factor
     * @param shape the weight's shape, at least [out, in]; all axes but the first are taken together
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
            // Twice is enough: Giraud, Langou and Rozložník, Computers & Mathematics with Applications 50, 2005.
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
     * Normally distributed within bounds: what falls outside is drawn again.
     *
     * @param rng where the numbers come from
     * @param mean of the distribution before it is cut
     * @param std of the distribution before it is cut
     * @param min lower bound
     * @param max upper bound, within four standard deviations of the mean on the side of the other bound
     * @param shape the shape
     * @return float32 values
     * @throws IllegalArgumentException if hardly any number falls between the bounds
     */
    public static Tensor truncatedNormal(Rng rng, double mean, double std, double min, double max, long... shape) {
        boolean reachable = (min - mean) / std < REACH && (max - mean) / std > -REACH;
        if (!(std > 0) || !(min < max) || !reachable) {
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
     * Sets a parameter in place, such as a bias that is to begin at 0; or to the values of any of the functions here.
     *
     * @param parameter the parameter
     * @param value the value of all its elements
     */
    public static void constant(Tensor parameter, double value) {
        parameter.assign(Tensor.full(parameter.dtype(), value, parameter.shape()));
    }

    /**
     * Sets a parameter in place, uniformly distributed.
     *
     * @param parameter the parameter
     * @param rng where the numbers come from
     * @param low least value
     * @param high greatest value
     */
    public static void uniform(Tensor parameter, Rng rng, double low, double high) {
        parameter.assign(Tensor.uniform(rng, parameter.dtype(), low, high, parameter.shape()));
    }

    /**
     * Sets a parameter in place, normally distributed.
     *
     * @param parameter the parameter
     * @param rng where the numbers come from
     * @param mean the mean
     * @param std the standard deviation
     */
    public static void normal(Tensor parameter, Rng rng, double mean, double std) {
        parameter.assign(Tensor.normal(rng, parameter.dtype(), mean, std, parameter.shape()));
    }

    /**
     * The gain before a rectifier with a slope below 0, √(2/(1 + slope²)).
     *
     * @param slope the slope below 0
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
