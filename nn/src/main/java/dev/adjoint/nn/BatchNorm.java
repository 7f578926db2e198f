package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * What {@link BatchNorm1d} and {@link BatchNorm2d} share: in training each channel is normalised with mean and variance of the
 * batch, see {@link Tensor#batchNorm}; in evaluation with those that were seen in training, running ← (1 − momentum)·running +
 * momentum·batch (the variance with n − 1).
 *
 * <p>Weight γ (ones at first), bias β (zeros), running_mean, running_var [C], and num_batches_tracked, which counts them.
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
        checkUnused("momentum");
        check(weight.length(), part);
        momentum = part;
    }

    /** Whether inputs may have so many axes. */
    abstract boolean accepts(int rank);

    /** The shapes of inputs, for messages. */
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
        if (x.length() == 0) return x.batchNorm(weight, bias, EPSILON); // nothing to learn statistics from
        if (x.length() == x.shape(1)) {
            throw new IllegalArgumentException(name() + ": x " + Arrays.toString(x.shape())
                    + ": one value for each channel has no variance; train with larger batches, or call eval()");
        }
        follow(x.detach());
        return x.batchNorm(weight, bias, EPSILON);
    }

    private void follow(Tensor x) {
        Tensor moments = x.channelMoments();
        double n = (double) x.length() / x.shape(1);
        mix(runningMean, moments.select(0, 0), momentum);
        mix(runningVariance, moments.select(0, 1), momentum * n / (n - 1));
        batches.assign(Tensor.of((long) batches.item() + 1).reshape());
    }

    private void mix(Tensor running, Tensor fresh, double part) {
        // Without memory the old value has no part in the new one, also where it is infinite.
        Tensor old = momentum == 1 ? Tensor.zerosLike(running) : running.mul(1 - momentum);
        running.assign(old.add(fresh.mul(part)));
    }

    /**
     * What is added to variances, so that none is 0.
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
