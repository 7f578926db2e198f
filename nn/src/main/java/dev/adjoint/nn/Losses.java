package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/** Loss functions. None of them broadcasts: a prediction and a target of different shapes are a mistake. */
public final class Losses {
    private Losses() {}

    /**
     * The mean cross-entropy of logits against classes, −1/N Σᵢ ln softmax(xᵢ)[tᵢ].
     *
     * @param logits x, [N, C], not normalised: no softmax before it
     * @param target t, int64 classes [N], 0 … C − 1
     * @return a scalar
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor target) {
        return crossEntropy(logits, target, Reduction.MEAN);
    }

    /**
     * The cross-entropy of logits against classes, −ln softmax(xᵢ)[tᵢ] for each row i.
     *
     * @param logits x, [N, C], not normalised: no softmax before it
     * @param target t, int64 classes [N], 0 … C − 1
     * @param reduction what becomes of the N losses
     * @return a scalar, or [N] without reduction
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction) {
        return reduction.apply(logits.crossEntropy(target));
    }

    /**
     * The cross-entropy against targets that give the part s of their weight to all classes alike:
     * (1 − s)·(−ln softmax(xᵢ)[tᵢ]) − s/C Σⱼ ln softmax(xᵢ)[j].
     * Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016.
     *
     * @param logits x, [N, C], not normalised: no softmax before it
     * @param target t, int64 classes [N], 0 … C − 1
     * @param reduction what becomes of the N losses
     * @param labelSmoothing s, 0 to 1
     * @return a scalar, or [N] without reduction
     * @throws IllegalArgumentException if the shapes do not fit, a class is out of range, or s is
     */
    public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction, double labelSmoothing) {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException("crossEntropy: labelSmoothing " + labelSmoothing + ": expected 0 to 1");
        }
        Tensor sharp = logits.crossEntropy(target);
        if (labelSmoothing == 0) return reduction.apply(sharp);
        Tensor even = logits.logSoftmax(1).mean(1).neg();
        if (labelSmoothing == 1) return reduction.apply(even); // the rest times 0, also where it is infinite
        return reduction.apply(sharp.mul(1 - labelSmoothing).add(even.mul(labelSmoothing)));
    }

    /**
     * The mean squared error, 1/n Σ (x − t)².
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
     * The squared error, (x − t)² for each element.
     *
     * @param prediction x
     * @param target t, of the same shape
     * @param reduction what becomes of the single errors
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor mse(Tensor prediction, Tensor target, Reduction reduction) {
        checkSameShape("mse", prediction, target);
        return reduction.apply(prediction.sub(target).square());
    }

    /**
     * The negative log-likelihood of classes, −xᵢ[tᵢ] for each row i.
     *
     * @param logProbabilities x, [N, C], such as logSoftmax gives
     * @param target t, int64 classes [N], 0 … C − 1
     * @param reduction what becomes of the N losses
     * @return a scalar, or [N] without reduction
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    public static Tensor nll(Tensor logProbabilities, Tensor target, Reduction reduction) {
        if (logProbabilities.rank() != 2 || target.rank() != 1 || target.length() != logProbabilities.shape(0)) {
            throw new IllegalArgumentException("nll: logProbabilities " + Arrays.toString(logProbabilities.shape())
                    + ", target " + Arrays.toString(target.shape()) + ": expected [N, C] and [N]");
        }
        long classes = logProbabilities.shape(1);
        long[] wanted = target.toLongs();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] >= 0 && wanted[i] < classes) continue;
            throw new IllegalArgumentException(
                    "nll: target " + i + " is " + wanted[i] + ": expected a class, 0 to " + (classes - 1));
        }
        return reduction.apply(
                logProbabilities.gather(1, target.unsqueeze(1)).squeeze(1).neg());
    }

    /**
     * The absolute error, |x − t| for each element; its derivative where x = t is 0.
     *
     * @param prediction x
     * @param target t, of the same shape
     * @param reduction what becomes of the single errors
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor l1(Tensor prediction, Tensor target, Reduction reduction) {
        checkSameShape("l1", prediction, target);
        return reduction.apply(prediction.sub(target).abs());
    }

    /**
     * Huber's loss of the error e = x − t, ½e² up to |e| = δ and δ(|e| − ½δ) beyond.
     * Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 35(1), 1964.
     *
     * @param prediction x
     * @param target t, of the same shape
     * @param reduction what becomes of the single errors
     * @param delta δ &gt; 0, where the parabola becomes a line
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ or δ is not positive
     */
    public static Tensor huber(Tensor prediction, Tensor target, Reduction reduction, double delta) {
        checkSameShape("huber", prediction, target);
        if (!(delta > 0)) throw new IllegalArgumentException("huber: delta " + delta + ": expected a number above 0");
        // With q = min(|e|, δ) both branches are q·(|e| − ½q), which has the right derivative at δ, too.
        Tensor size = prediction.sub(target).abs();
        Tensor near = size.clamp(0, delta);
        return reduction.apply(near.mul(size.sub(near.mul(0.5))));
    }

    /**
     * Binary cross-entropy of probabilities, −t·ln x − (1 − t)·ln(1 − x); the logarithms are held at or above −100.
     *
     * @param probability x, each from 0 to 1; {@link #bceWithLogits} is more exact
     * @param target t, each from 0 to 1, of the same shape
     * @param reduction what becomes of the single losses
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
     * Binary cross-entropy of logits, ln(1 + eˣ) − t·x: that of the probabilities σ(x), without overflow.
     *
     * @param logits x
     * @param target t, each from 0 to 1, of the same shape
     * @param reduction what becomes of the single losses
     * @return a scalar, or the shape of the operands without reduction
     * @throws IllegalArgumentException if the shapes differ
     */
    public static Tensor bceWithLogits(Tensor logits, Tensor target, Reduction reduction) {
        checkSameShape("bceWithLogits", logits, target);
        return reduction.apply(logits.binaryCrossEntropyWithLogits(target));
    }

    /**
     * The Kullback-Leibler divergence from the prediction to the target, t·(ln t − x) for each element; 0 where t is 0.
     *
     * @param logPrediction x, logarithms of probabilities
     * @param target t, probabilities, of the same shape
     * @param reduction what becomes of the single terms; {@link Reduction#BATCH_MEAN} is the divergence of the definition
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
            String mend = prediction.dtype().isFloating()
                    ? "target.to(DType." + prediction.dtype().name() + ")"
                    : "prediction.to(DType.FLOAT32)";
            throw new IllegalArgumentException(loss + ": prediction " + prediction.dtype() + ", target "
                    + target.dtype() + ": expected one floating type; convert with " + mend);
        }
        if (Arrays.equals(x, t)) return;
        String mend = prediction.length() == target.length()
                ? "reshape one: target.reshape(" + Arrays.toString(x).replaceAll("[\\[\\]]", "") + ")"
                : "losses do not broadcast; bring one to the shape of the other";
        throw new IllegalArgumentException(loss + ": prediction " + Arrays.toString(x) + ", target "
                + Arrays.toString(t) + ": shapes must be the same; " + mend);
    }
}
