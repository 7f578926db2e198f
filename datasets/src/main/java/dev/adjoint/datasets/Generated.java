package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;

/** Small sets to try a model on: points in the plane [n, 2] with classes [n], or numbers [n, 1] with numbers [n, 1]. */
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
     * The corners of a square, of which opposite ones are of one class: what no linear model can tell apart.
     *
     * @param n how many points
     * @param noise standard deviation around the corners (±1, ±1)
     * @param rng where the noise comes from
     * @return the points
     */
    public static TensorDataset xor(int n, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            int right = i & 1;
            int up = i >> 1 & 1;
            return new Point(2 * right - 1, 2 * up - 1, right ^ up);
        });
    }

    /**
     * Points on two half circles of radius 1, the second turned round and moved into the first.
     *
     * @param n how many points
     * @param noise standard deviation around the half circles
     * @param rng where the points come from
     * @return the points
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
     * Points on a circle of radius 1, and on one of radius ½ inside it.
     *
     * @param n how many points
     * @param noise standard deviation around the circles
     * @param rng where the points come from
     * @return the points
     */
    public static TensorDataset circles(int n, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double angle = 2 * Math.PI * rng.nextDouble();
            double radius = i % 2 == 0 ? 1 : 0.5;
            return new Point(radius * Math.cos(angle), radius * Math.sin(angle), i % 2);
        });
    }

    /**
     * Points on arms that wind one and a half times around the origin.
     *
     * @param n how many points
     * @param arms how many arms, each a class
     * @param noise standard deviation around the arms
     * @param rng where the points come from
     * @return the points
     */
    public static TensorDataset spirals(int n, int arms, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double radius = rng.nextDouble();
            double angle = 3 * Math.PI * radius + 2 * Math.PI * (i % arms) / arms;
            return new Point(radius * Math.cos(angle), radius * Math.sin(angle), i % arms);
        });
    }

    /**
     * Normally distributed heaps around points on a circle.
     *
     * @param n how many points
     * @param heaps how many heaps, each a class
     * @param noise standard deviation of a heap; the circle's radius is 1
     * @param rng where the noise comes from
     * @return the points
     */
    public static TensorDataset blobs(int n, int heaps, double noise, Rng rng) {
        return points(n, noise, rng, i -> {
            double angle = 2 * Math.PI * (i % heaps) / heaps;
            return new Point(Math.cos(angle), Math.sin(angle), i % heaps);
        });
    }

    /**
     * BinaryInput from −1 to 1 with slope·x + intercept.
     *
     * @param n how many
     * @param slope the slope
     * @param intercept the intercept
     * @param noise standard deviation of the targets
     * @param rng where the numbers come from
     * @return the numbers
     */
    public static TensorDataset line(int n, double slope, double intercept, double noise, Rng rng) {
        return curve(n, noise, rng, x -> slope * x + intercept);
    }

    /**
     * BinaryInput from −1 to 1 with sin πx.
     *
     * @param n how many
     * @param noise standard deviation of the targets
     * @param rng where the numbers come from
     * @return the numbers
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
