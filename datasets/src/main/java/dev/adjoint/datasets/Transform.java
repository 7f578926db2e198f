package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A transform of the inputs or targets of a batch, applied by a loader; see {@link ImageTransforms} and
 * {@link DataLoader#mapInputs}.
 */
@FunctionalInterface
public interface Transform {
    /**
     * Transforms a batch.
     *
     * @param x [N, …]
     * @param rng the generator for random transforms; each batch has its own, so that the result does not depend on the number or speed
     *     of worker threads
     * @return [N, …], possibly of another shape
     */
    Tensor apply(Tensor x, Rng rng);

    /**
     * Composes this transform with another one.
     *
     * @param next the transform that is applied to the result of this one
     * @return the composed transform
     */
    default Transform then(Transform next) {
        return (x, rng) -> next.apply(apply(x, rng), rng);
    }

    /**
     * Reshapes each example.
     *
     * @param shape the shape of one example
     * @return x.reshape(N, shape…)
     */
    static Transform reshape(long... shape) {
        long[] batch = new long[shape.length + 1];
        batch[0] = -1;
        System.arraycopy(shape, 0, batch, 1, shape.length);
        return (x, rng) -> x.reshape(batch);
    }

    /**
     * Normalises to (x − mean) / std.
     *
     * @param mean the mean of all examples
     * @param std their standard deviation
     * @return the transform
     * @throws IllegalArgumentException if std is not positive
     */
    static Transform normalise(double mean, double std) {
        if (!(std > 0)) throw new IllegalArgumentException("normalise: std " + std + ": expected more than 0");
        return (x, rng) -> x.sub(mean).div(std);
    }

    /**
     * Normalises each channel of images [N, C, H, W] to (x − mean) / std.
     *
     * @param mean the mean of each channel
     * @param std the standard deviation of each channel
     * @return the transform
     * @throws IllegalArgumentException if the lengths differ or a std is not positive
     */
    static Transform normalise(double[] mean, double[] std) {
        if (mean.length != std.length) {
            throw new IllegalArgumentException("normalise: " + mean.length + " means, " + std.length
                    + " standard deviations: expected one of each for every channel");
        }
        for (double s : std) {
            if (!(s > 0)) throw new IllegalArgumentException("normalise: std " + s + ": expected more than 0");
        }
        double[] means = mean.clone();
        double[] stds = std.clone();
        return (x, rng) -> x.sub(Tensor.of(means).to(x.dtype()).reshape(-1, 1, 1))
                .div(Tensor.of(stds).to(x.dtype()).reshape(-1, 1, 1));
    }

    /**
     * One-hot encoding of class indices: int64 [N] → float32 [N, classes].
     *
     * @param classes the number of classes
     * @return the transform; it throws if a class is outside 0 … classes − 1
     */
    static Transform oneHot(int classes) {
        return (x, rng) -> {
            long[] labels = x.toLongs();
            float[] rows = new float[labels.length * classes];
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0 || labels[i] >= classes) {
                    throw new IllegalArgumentException("oneHot: class " + labels[i] + " of example " + i
                            + " of the batch: expected 0 to " + (classes - 1) + "; name the number of classes");
                }
                rows[i * classes + (int) labels[i]] = 1;
            }
            return Tensor.of(rows, labels.length, classes);
        };
    }
}
