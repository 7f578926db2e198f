package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;

/** Small synthetic datasets: classification of points [n, 2] with classes [n], and regression of y [n, 1] from x [n, 1]. */
public final class Generated {
    private Generated() {}

    /** A point and its class. */
    private record Point(double x, double y, int label) {}

    private static TensorDataset points(int n, double noise, Rng rng, IntFunction<Point> make) {
        if (n < 1 || !(noise >= 0)) {
            throw new IllegalArgumentException(
                    "generated set: n " + n + ", noise " + noise + ": expected at least 1 point and noise from 0");
        }
        float[] points = new float[2 * n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            Point point = make.apply(i);
            points[2 * i] = (float) (point.x + noise * rng.nextGaussian());
            points[2 * i + 1] = (float) (point.y + noise * rng.nextGaussian());
            labels[i] = point.label;
        }
        return new TensorDataset(Tensor.of(points, n, 2), Tensor.of(labels).reshape(n));
    }

    /**
     * XOR: points at the corners of a square, where opposite corners have the same class. The classes are not linearly separable.
     *
     * @param n the number of points
     * @param noise standard deviation around the corners (±1, ±1)
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset xor(int n, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            int right = i & 1;
            int up = i >> 1 & 1;
            return new Point(2 * right - 1, 2 * up - 1, right ^ up);
        });
    }

    /**
     * Two moons: points on two interleaving half circles of radius 1.
     *
     * @param n the number of points
     * @param noise standard deviation around the half circles
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset moons(int n, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double angle = Math.PI * rng.nextDouble();
            int label = i % 2;
            double side = label == 0 ? 1 : -1;
            return new Point(side * Math.cos(angle) + label, side * Math.sin(angle) + 0.5 * label, label);
        });
    }

    /**
     * Two concentric circles, of radius 1 and ½.
     *
     * @param n the number of points
     * @param noise standard deviation around the circles
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset circles(int n, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double angle = 2 * Math.PI * rng.nextDouble();
            double radius = i % 2 == 0 ? 1 : 0.5;
            return new Point(radius * Math.cos(angle), radius * Math.sin(angle), i % 2);
        });
    }

    /**
     * Spirals: points on arms that make one and a half turns around the origin.
     *
     * @param n the number of points
     * @param arms the number of arms, each a class
     * @param noise standard deviation around the arms
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset spirals(int n, int arms, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double radius = rng.nextDouble();
            double angle = 3 * Math.PI * radius + 2 * Math.PI * (i % arms) / arms;
            return new Point(radius * Math.cos(angle), radius * Math.sin(angle), i % arms);
        });
    }

    /**
     * Gaussian blobs with centres on a circle of radius 1.
     *
     * @param n the number of points
     * @param heaps the number of blobs, each a class
     * @param noise standard deviation of each blob
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset blobs(int n, int heaps, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double angle = 2 * Math.PI * (i % heaps) / heaps;
            return new Point(Math.cos(angle), Math.sin(angle), i % heaps);
        });
    }

    /**
     * Linear regression: y = slope·x + intercept with x uniform in −1 … 1.
     *
     * @param n the number of examples
     * @param slope the slope
     * @param intercept the intercept
     * @param noise standard deviation of the targets
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset line(int n, double slope, double intercept, double noise, Rng rng) {
        return curve(n, noise, rng, x -> slope * x + intercept);
    }

    /**
     * Regression of a sine: y = sin πx with x uniform in −1 … 1.
     *
     * @param n the number of examples
     * @param noise standard deviation of the targets
     * @param rng the random number generator
     * @return the dataset
     */
    public static TensorDataset sine(int n, double noise, Rng rng) {
        return curve(n, noise, rng, x -> Math.sin(Math.PI * x));
    }

    private static TensorDataset curve(int n, double noise, Rng rng, DoubleUnaryOperator f) {
        Tensor x = Tensor.uniform(rng, -1, 1, n, 1);
        float[] y = x.toFloats();
        for (int i = 0; i < n; i++) y[i] = (float) (f.applyAsDouble(y[i]) + noise * rng.nextGaussian());
        return new TensorDataset(x, Tensor.of(y, n, 1));
    }
}
