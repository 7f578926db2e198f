package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Batch normalisation of each channel, see {@link Functional#batchNorm}: in training with mean and variance of the batch, in
 * evaluation with those that were seen in training, running ← (1 − momentum)·running + momentum·batch (the variance with n − 1).
 * It serves as BatchNorm1d and BatchNorm2d.
 *
 * <p>Input and output [N, C] or [N, C, ...]; weight γ (ones at first), bias β (zeros), running mean and variance [C].
 * Ioffe and Szegedy, "Batch Normalization", ICML 2015.
 */
public final class BatchNorm extends Module {
    private static final double EPSILON = 1e-5;

    private final Parameter weight;
    private final Parameter bias;
    private final Tensor runningMean;
    private final Tensor runningVariance;
    private final double momentum;

    /**
     * Makes a layer with momentum 0.1.
     *
     * @param channels C
     */
    public BatchNorm(long channels) {
        this(channels, 0.1);
    }

    /**
     * Makes a layer.
     *
     * @param channels C
     * @param momentum how fast the running statistics follow, 0 to 1
     * @throws IllegalArgumentException if a setting is out of range
     */
    public BatchNorm(long channels, double momentum) {
        if (channels < 1 || !(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException("BatchNorm: channels " + channels + ", momentum " + momentum
                    + ": expected at least one channel and a momentum from 0 to 1");
        }
        weight = parameter("weight", Tensor.ones(channels));
        bias = parameter("bias", Tensor.zeros(channels));
        runningMean = buffer("running_mean", Tensor.zeros(channels));
        runningVariance = buffer("running_var", Tensor.ones(channels));
        this.momentum = momentum;
    }

    @Override
    public Tensor forward(Tensor x) {
        if (Functional.channels("BatchNorm", x) != weight.length()) {
            throw new IllegalArgumentException("BatchNorm: x " + Arrays.toString(x.shape()) + " has " + x.shape(1)
                    + " channels, the layer " + weight.length());
        }
        if (!isTraining()) return Functional.batchNorm(x, runningMean, runningVariance, weight, bias, EPSILON);
        if (x.length() == x.shape(1)) {
            throw new IllegalArgumentException("BatchNorm: x " + Arrays.toString(x.shape())
                    + ": one value for each channel has no variance; train with larger batches, or call eval()");
        }
        int[] axes = Functional.allButChannels(x);
        Tensor mean = x.mean(axes);
        Tensor variance = x.var(0, false, axes);
        follow(x, mean.detach(), variance.detach());
        return Functional.batchNorm(x, mean, variance, weight, bias, EPSILON);
    }

    private void follow(Tensor x, Tensor mean, Tensor variance) {
        double n = (double) x.length() / x.shape(1);
        runningMean.assign(runningMean.mul(1 - momentum).add(mean.mul(momentum)));
        runningVariance.assign(runningVariance.mul(1 - momentum).add(variance.mul(momentum * n / (n - 1))));
    }

    @Override
    protected String describe() {
        return weight.length() + ", momentum " + momentum;
    }
}
