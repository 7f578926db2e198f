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

    private static void checkSameShape(String loss, Tensor prediction, Tensor target) {
        long[] x = prediction.shape();
        long[] t = target.shape();
        if (Arrays.equals(x, t)) return;
        String mend = prediction.length() == target.length()
                ? "reshape one: target.reshape(" + Arrays.toString(x).replaceAll("[\\[\\]]", "") + ")"
                : "losses do not broadcast; bring one to the shape of the other";
        throw new IllegalArgumentException(loss + ": prediction " + Arrays.toString(x) + ", target "
                + Arrays.toString(t) + ": shapes must be the same; " + mend);
    }
}
