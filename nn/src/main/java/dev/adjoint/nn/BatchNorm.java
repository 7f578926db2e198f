package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * The base class of {@link BatchNorm1d} and {@link BatchNorm2d}. In training, each channel is normalised with the mean and variance
 * of the batch, see {@link Tensor#batchNorm}; in evaluation, with the running statistics that were updated in training, running ←
 * (1 − momentum)·running + momentum·batch (with the unbiased variance, n − 1).
 *
 * <p>Weight γ (initially ones), bias β (zeros), buffers running_mean and running_var [C] and num_batches_tracked, the number of
 * training batches seen.
 * Ioffe and Szegedy, "Batch Normalization", ICML 2015.
 */
public abstract sealed class BatchNorm extends Module permits BatchNorm1d, BatchNorm2d {
    private static final double EPSILON = 1e-5;

    private final Parameter weight;
    private final Parameter bias;
    private final Tensor runningMean;
    private final Tensor runningVariance;
    private final Tensor batches;
    private double momentum;

    BatchNorm(long channels, double momentum) {
        check(channels, momentum);
        weight = parameter("weight", Tensor.ones(channels));
        bias = parameter("bias", Tensor.zeros(channels));
        runningMean = buffer("running_mean", Tensor.zeros(channels));
        runningVariance = buffer("running_var", Tensor.ones(channels));
        batches = buffer("num_batches_tracked", Tensor.of(0).reshape());
        this.momentum = momentum;
    }

    private void check(long channels, double part) {
        if (channels < 1 || !(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException(name() + ": channels " + channels + ", momentum " + part
                    + ": expected at least one channel and a momentum from 0 to 1");
        }
    }

    final void setMomentum(double part) {
        checkNotApplied("momentum");
        check(weight.length(), part);
        momentum = part;
    }

    /** Whether inputs of this rank are accepted. */
    abstract boolean accepts(int rank);

    /** The accepted input shapes, for error messages. */
    abstract String expected();

    private String name() {
        return getClass().getSimpleName();
    }

    @Override
    protected final Tensor forward(Tensor x) {
        if (!accepts(x.rank()) || x.shape(1) != weight.length()) {
            throw new IllegalArgumentException(name() + ": x " + Arrays.toString(x.shape()) + ": expected " + expected()
                    + " with C = " + weight.length());
        }
        if (!isTraining()) return Functional.batchNorm(x, runningMean, runningVariance, weight, bias, EPSILON);
        if (x.length() == 0) return x.batchNorm(weight, bias, EPSILON); // an empty batch has no statistics
        if (x.length() == x.shape(1)) {
            throw new IllegalArgumentException(name() + ": x " + Arrays.toString(x.shape())
                    + ": one value for each channel has no variance; train with larger batches, or call eval()");
        }
        updateRunningStatistics(x.detach());
        return x.batchNorm(weight, bias, EPSILON);
    }

    private void updateRunningStatistics(Tensor x) {
        Tensor moments = x.channelMoments();
        double n = (double) x.length() / x.shape(1);
        updateRunningAverage(runningMean, moments.select(0, 0), momentum);
        updateRunningAverage(runningVariance, moments.select(0, 1), momentum * n / (n - 1));
        batches.assign(Tensor.of((long) batches.item() + 1).reshape());
    }

    private void updateRunningAverage(Tensor running, Tensor fresh, double part) {
        // With momentum 1 the old value is discarded, even if it is infinite: ∞·0 would be NaN.
        Tensor old = momentum == 1 ? Tensor.zerosLike(running) : running.mul(1 - momentum);
        running.assign(old.add(fresh.mul(part)));
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
    protected final String describe() {
        return weight.length() + ", momentum " + momentum;
    }
}
