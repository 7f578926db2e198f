package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * What is done to a batch's inputs, or targets, before a model sees them; see {@link ImageTransforms} and
 * {@link DataLoader#mapInputs}.
 */
@FunctionalInterface
public interface Transform {
    /**
     * Transforms a batch.
     *
     * @param x [N, …]
     * @param rng for what is random; each batch of each loop has one of its own, so that neither the number of workers nor their
     *     pace matters
     * @return [N, …], another shape perhaps
     */
    Tensor apply(Tensor x, Rng rng);

    /**
     * This, and then another.
     *
     * @param next what is done to this one's result
     * @return both
     */
    default Transform then(Transform next) {
        return (x, rng) -> next.apply(apply(x, rng), rng);
    }

    /**
     * Gives every example another shape.
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
     * Brings numbers to mean 0 and standard deviation 1, if they have these: (x − mean) / std.
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
     * As {@link #normalise(double, double)}, with a mean and a standard deviation for each channel of images [N, C, H, W].
     *
     * @param mean of each channel
     * @param std of each channel
     * @return the transform
     * @throws IllegalArgumentException if there are not as many of both, or a std is not positive
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
     * Classes as rows of zeros with a single one: int64 [N] → float32 [N, classes].
     *
     * @param classes how many there are
     * @return the transform; it refuses a class outside of 0 … classes − 1
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
