package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/**
 * Assignment 1: backward rules. Each method receives the gradient g = ∂L/∂y of a loss with respect to the result of an op, and returns the
 * gradients with respect to the op's operands. Tensors have any shape; there is no broadcasting yet. Every op of {@link Tensor} may be
 * used, except backward.
 */
public interface BackwardRules {
    /**
     * y = sin x.
     *
     * @param g ∂L/∂y
     * @param x the operand
     * @return ∂L/∂x
     */
    Tensor sin(Tensor g, Tensor x);

    /**
     * y = 1/(1 + e⁻ˣ). The derivative can be expressed in y alone.
     *
     * @param g ∂L/∂y
     * @param y the result
     * @return ∂L/∂x
     */
    Tensor sigmoid(Tensor g, Tensor y);

    /**
     * y = a ⊙ b, the switcher.
     *
     * @param g ∂L/∂y
     * @param a the left operand
     * @param b the right operand
     * @return ∂L/∂a, ∂L/∂b
     */
    Tensor[] mul(Tensor g, Tensor a, Tensor b);

    /**
     * y = a / b.
     *
     * @param g ∂L/∂y
     * @param a the numerator
     * @param b the denominator
     * @return ∂L/∂a, ∂L/∂b
     */
    Tensor[] div(Tensor g, Tensor a, Tensor b);

    /**
     * y = max(a, b), the router.
     *
     * @param g ∂L/∂y
     * @param a the left operand
     * @param b the right operand, nowhere equal to a
     * @return ∂L/∂a, ∂L/∂b
     */
    Tensor[] max(Tensor g, Tensor a, Tensor b);

    /**
     * Y = A·B, a matrix product.
     *
     * @param g ∂L/∂Y, [n, m]
     * @param a [n, k]
     * @param b [k, m]
     * @return ∂L/∂A, ∂L/∂B
     */
    Tensor[] matmul(Tensor g, Tensor a, Tensor b);

    /**
     * y = softmax of each row of x.
     *
     * @param g ∂L/∂y, [n, m]
     * @param y the result, [n, m]
     * @return ∂L/∂x
     */
    Tensor softmax(Tensor g, Tensor y);
}
