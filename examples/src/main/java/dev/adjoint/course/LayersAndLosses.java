package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/** Assignment 3: layers and losses, forward and backward, numerically stable for values of any magnitude. */
public interface LayersAndLosses {
    /**
     * y = x·Wᵀ + b.
     *
     * @param x [n, in]
     * @param w [out, in]
     * @param b [out]
     * @return [n, out]
     */
    Tensor linear(Tensor x, Tensor w, Tensor b);

    /**
     * The gradients of {@link #linear}.
     *
     * @param g ∂L/∂y, [n, out]
     * @param x [n, in]
     * @param w [out, in]
     * @param b [out]
     * @return ∂L/∂x, ∂L/∂W, ∂L/∂b
     */
    Tensor[] linearBackward(Tensor g, Tensor x, Tensor w, Tensor b);

    /**
     * y = max(x, 0).
     *
     * @param x any shape
     * @return the same shape
     */
    Tensor relu(Tensor x);

    /**
     * The gradient of {@link #relu}.
     *
     * @param g ∂L/∂y
     * @param x the operand
     * @return ∂L/∂x
     */
    Tensor reluBackward(Tensor g, Tensor x);

    /**
     * The mean over all rows of −ln softmax(xᵢ)[tᵢ]. Must also be correct for logits in the thousands.
     *
     * @param logits x, [n, classes]
     * @param target t, int64 [n]
     * @return a scalar
     */
    Tensor crossEntropy(Tensor logits, Tensor target);

    /**
     * The gradient of {@link #crossEntropy}.
     *
     * @param g ∂L/∂y, a scalar
     * @param logits [n, classes]
     * @param target int64 [n]
     * @return ∂L/∂logits, [n, classes]
     */
    Tensor crossEntropyBackward(Tensor g, Tensor logits, Tensor target);

    /**
     * Normalises each row to mean 0 and variance 1: (x − μ)/√(σ² + 10⁻⁵), where σ² is the mean of the squared deviations.
     *
     * @param x [n, m]
     * @return [n, m]
     */
    Tensor layerNorm(Tensor x);

    /**
     * The gradient of {@link #layerNorm}. μ and σ depend on every x of the row.
     *
     * @param g ∂L/∂y, [n, m]
     * @param x [n, m]
     * @return ∂L/∂x
     */
    Tensor layerNormBackward(Tensor g, Tensor x);
}
