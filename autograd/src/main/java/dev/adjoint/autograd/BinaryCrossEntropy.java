package dev.adjoint.autograd;

import static dev.adjoint.autograd.Pointwise.binary;

/** Binary cross-entropy, declared as in {@link Elementwise}. As a composition of logarithms, it could be NaN or lose precision. */
final class BinaryCrossEntropy {
    /** The lower bound of a logarithm, as in PyTorch, so that a loss stays finite. */
    private static final double MIN_LOG = -100;
    /** The lower bound of p·(1 − p) in the derivative, as in PyTorch. */
    private static final double MIN_DENOMINATOR = 1e-12;

    private BinaryCrossEntropy() {}

    /**
     * y = −t·ln p − (1 − t)·ln(1 − p) of a probability p and a target t, with logarithms clamped to at least −100; ∂y/∂p = (p − t)
     * / max(p·(1 − p), 10⁻¹²), ∂y/∂t = ln(1 − p) − ln p.
     */
    static final Primitive OF_PROBABILITIES = binary(
            "binaryCrossEntropy",
            (kernels, p, t, out) -> kernels.map(BinaryCrossEntropy::ofProbability, p, t, out),
            (p, t, y) -> p.sub(t).div(p.mul(p.neg().add(1)).maximum(MIN_DENOMINATOR)),
            (p, t, y) -> p.neg().log1p().maximum(MIN_LOG).sub(p.log().maximum(MIN_LOG)));

    private static double ofProbability(double p, double t) {
        return -t * Math.max(Math.log(p), MIN_LOG) - (1 - t) * Math.max(Math.log1p(-p), MIN_LOG);
    }

    /**
     * y = −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) of a logit x and a target t; ∂y/∂x = (1 − t)·σ(x) − t·σ(−x), which is σ(x) − t without
     * cancellation, ∂y/∂t = −x.
     */
    static final Primitive OF_LOGITS = binary(
            "binaryCrossEntropyWithLogits",
            (kernels, x, t, out) -> kernels.map(BinaryCrossEntropy::ofLogit, x, t, out),
            (x, t, y) -> t.neg().add(1).mul(x.sigmoid()).sub(t.mul(x.neg().sigmoid())),
            (x, t, y) -> x.neg());

    /** No term cancels another: for x ≥ 0, (1 − t)·x + ln(1 + e⁻ˣ), else −t·x + ln(1 + eˣ). */
    private static double ofLogit(double x, double t) {
        double weight = x < 0 ? -t : 1 - t;
        double linear = weight == 0 ? 0 : weight * x;
        return linear + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
