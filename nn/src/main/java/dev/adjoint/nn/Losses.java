package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/** Loss functions. They do not broadcast: shapes that do not fit are an error. */
public final class Losses {
    private Losses() {}

    /**
     * Mean cross-entropy between logits and class indices, −1/N Σᵢ ln softmax(xᵢ)[tᵢ].
     *
     * @param logits x, [N, C], unnormalised: do not apply a softmax first
     * @param target t, int64 class indices [N], 0 … C − 1
     * @return a scalar
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor target) {
        return crossEntropy(logits, target, Reduction.MEAN);
    }

    /**
     * Cross-entropy between logits and class indices, −ln softmax(xᵢ)[tᵢ] for each row i.
     *
     * @param logits x, [N, C], unnormalised: do not apply a softmax first
     * @param target t, int64 class indices [N], 0 … C − 1
     * @param reduction how the N losses are reduced
     * @return a scalar, or [N] without reduction
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction) {
        return reduction.apply(logits.crossEntropy(target));
    }

    /**
     * Cross-entropy with label smoothing, which spreads a fraction s of the target probability evenly over all classes:
     * (1 − s)·(−ln softmax(xᵢ)[tᵢ]) − s/C Σⱼ ln softmax(xᵢ)[j].
     * Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016.
     *
     * @param logits x, [N, C], unnormalised: do not apply a softmax first
     * @param target t, int64 class indices [N], 0 … C − 1
     * @param reduction how the N losses are reduced
     * @param labelSmoothing s, the amount of smoothing, 0 to 1
     * @return a scalar, or [N] without reduction
     * @throws IllegalArgumentException if the shapes do not fit, or a class or s is out of range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction, double labelSmoothing) {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException("crossEntropy: labelSmoothing " + labelSmoothing + ": expected 0 to 1");
        }
        Tensor hardLoss = logits.crossEntropy(target);
        if (labelSmoothing == 0) return reduction.apply(hardLoss);
        Tensor uniformLoss = logits.logSoftmax(1).mean(1).neg();
        if (labelSmoothing == 1)
            return reduction.apply(uniformLoss); // the other term is ignored, even if it is infinite: ∞·0 would be NaN
        return reduction.apply(hardLoss.mul(1 - labelSmoothing).add(uniformLoss.mul(labelSmoothing)));
    }

    /**
     * Mean squared error, 1/n Σ (x − t)².
     *
     * @param prediction x
     * @param target t, of the same shape
     * @return a scalar
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor mse(Tensor prediction, Tensor target) {
        return mse(prediction, target, Reduction.MEAN);
    }

    /**
     * Squared error, (x − t)² for each element.
     *
     * @param prediction x
     * @param target t, of the same shape
     * @param reduction how the element-wise errors are reduced
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor mse(Tensor prediction, Tensor target, Reduction reduction) {
        checkSameShape("mse", prediction, target);
        return reduction.apply(prediction.sub(target).square());
    }

    /**
     * Negative log-likelihood of class indices, −xᵢ[tᵢ] for each row i.
     *
     * @param logProbabilities x, [N, C], such as the output of {@link Tensor#logSoftmax}
     * @param target t, int64 class indices [N], 0 … C − 1
     * @param reduction how the N losses are reduced
     * @return a scalar, or [N] without reduction
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    public static Tensor nll(Tensor logProbabilities, Tensor target, Reduction reduction) {
        if (logProbabilities.rank() != 2 || target.rank() != 1 || target.length() != logProbabilities.shape(0)) {
            throw new IllegalArgumentException("nll: logProbabilities " + Arrays.toString(logProbabilities.shape())
                    + ", target " + Arrays.toString(target.shape()) + ": expected [N, C] and [N]");
        }
        long classes = logProbabilities.shape(1);
        long[] labels = target.toLongs();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0 && labels[i] < classes) continue;
            throw new IllegalArgumentException(
                    "nll: target " + i + " is " + labels[i] + ": expected a class, 0 to " + (classes - 1));
        }
        return reduction.apply(
                logProbabilities.gather(1, target.unsqueeze(1)).squeeze(1).neg());
    }

    /**
     * Absolute error, |x − t| for each element; its derivative at x = t is 0.
     *
     * @param prediction x
     * @param target t, of the same shape
     * @param reduction how the element-wise errors are reduced
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor l1(Tensor prediction, Tensor target, Reduction reduction) {
        checkSameShape("l1", prediction, target);
        return reduction.apply(prediction.sub(target).abs());
    }

    /**
     * Huber loss of the error e = x − t: ½e² if |e| ≤ δ, else δ(|e| − ½δ).
     * Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35(1), 1964.
     *
     * @param prediction x
     * @param target t, of the same shape
     * @param reduction how the element-wise errors are reduced
     * @param delta δ &gt; 0, the error at which the loss changes from quadratic to linear
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ or δ is not positive
     */
    public static Tensor huber(Tensor prediction, Tensor target, Reduction reduction, double delta) {
        checkSameShape("huber", prediction, target);
        if (!(delta > 0)) throw new IllegalArgumentException("huber: delta " + delta + ": expected a number above 0");
        // With q = min(|e|, δ) both branches are q·(|e| − ½q), which also has the right derivative at δ.
        Tensor absoluteError = prediction.sub(target).abs();
        Tensor clamped = absoluteError.clamp(0, delta);
        return reduction.apply(clamped.mul(absoluteError.sub(clamped.mul(0.5))));
    }

    /**
     * Binary cross-entropy of probabilities, −t·ln x − (1 − t)·ln(1 − x); the logarithms are clamped to at least −100.
     *
     * @param probability x, each from 0 to 1; {@link #bceWithLogits} is numerically more accurate
     * @param target t, each from 0 to 1, of the same shape
     * @param reduction how the element-wise losses are reduced
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ or a probability is outside 0 to 1
     */
    public static Tensor bce(Tensor probability, Tensor target, Reduction reduction) {
        checkSameShape("bce", probability, target);
        for (double x : probability.toDoubles()) {
            if (!(x < 0 || x > 1)) continue;
            throw new IllegalArgumentException("bce: probability " + Arrays.toString(probability.shape()) + " has " + x
                    + ": expected 0 to 1; use bceWithLogits on scores that no sigmoid has been applied to");
        }
        return reduction.apply(probability.binaryCrossEntropy(target));
    }

    /**
     * Binary cross-entropy of logits, ln(1 + eˣ) − t·x: same as {@link #bce} of σ(x), but without overflow.
     *
     * @param logits x
     * @param target t, each from 0 to 1, of the same shape
     * @param reduction how the element-wise losses are reduced
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor bceWithLogits(Tensor logits, Tensor target, Reduction reduction) {
        checkSameShape("bceWithLogits", logits, target);
        return reduction.apply(logits.binaryCrossEntropyWithLogits(target));
    }

    /**
     * Kullback-Leibler divergence KL(target ‖ prediction), t·(ln t − x) for each element; 0 where t is 0.
     *
     * @param logPrediction x, log-probabilities
     * @param target t, probabilities, of the same shape
     * @param reduction how the terms are reduced; {@link Reduction#BATCH_MEAN} gives the mathematical definition
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor klDiv(Tensor logPrediction, Tensor target, Reduction reduction) {
        checkSameShape("klDiv", logPrediction, target);
        Tensor present = target.ne(0);
        Tensor positive = present.where(target, Tensor.onesLike(target));
        Tensor divergence = target.mul(positive.log().sub(logPrediction));
        return reduction.apply(present.where(divergence, Tensor.zerosLike(target)));
    }

    private static void checkSameShape(String loss, Tensor prediction, Tensor target) {
        long[] x = prediction.shape();
        long[] t = target.shape();
        if (prediction.dtype() != target.dtype() || !prediction.dtype().isFloating()) {
            String hint = prediction.dtype().isFloating()
                    ? "target.to(DType." + prediction.dtype().name() + ")"
                    : "prediction.to(DType.FLOAT32)";
            throw new IllegalArgumentException(loss + ": prediction " + prediction.dtype() + ", target "
                    + target.dtype() + ": expected one floating type; convert with " + hint);
        }
        if (Arrays.equals(x, t)) return;
        String hint = prediction.length() == target.length()
                ? "reshape one: target.reshape(" + Arrays.toString(x).replaceAll("[\\[\\]]", "") + ")"
                : "losses do not broadcast; bring one to the shape of the other";
        throw new IllegalArgumentException(loss + ": prediction " + Arrays.toString(x) + ", target "
                + Arrays.toString(t) + ": shapes must be the same; " + hint);
    }
}
