package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/**
 * Assignment 2: broadcasting. An operand that is repeated along an axis is used once for each copy, and the contributions of all uses are
 * summed. The gradient of a bias [m] that is added to [n, m] is the sum of n rows. (Tensor.sumTo does exactly this and does not count as
 * an answer.)
 */
public interface Broadcasting {
    /**
     * Sums over the copies of each element: over the axes that the shape lacks, and those where it has size 1.
     *
     * @param g a gradient in the result's shape, such as [n, m]
     * @param shape the operand's shape, such as [m], [1, m], [n, 1] or []
     * @return the gradient in the operand's shape
     */
    Tensor sumTo(Tensor g, long... shape);

    /**
     * y = a + b, with broadcasting.
     *
     * @param g ∂L/∂y
     * @param a the left operand
     * @param b the right operand
     * @return ∂L/∂a, ∂L/∂b, each in its operand's shape
     */
    Tensor[] add(Tensor g, Tensor a, Tensor b);

    /**
     * y = a ⊙ b, with broadcasting.
     *
     * @param g ∂L/∂y
     * @param a the left operand
     * @param b the right operand
     * @return ∂L/∂a, ∂L/∂b, each in its operand's shape
     */
    Tensor[] mul(Tensor g, Tensor a, Tensor b);

    /**
     * y = Σ x along one axis, which is removed.
     *
     * @param g ∂L/∂y
     * @param x the operand
     * @param axis the axis, from 0
     * @return ∂L/∂x
     */
    Tensor sum(Tensor g, Tensor x, int axis);

    /**
     * y = the mean of x along one axis, which is removed.
     *
     * @param g ∂L/∂y
     * @param x the operand
     * @param axis the axis, from 0
     * @return ∂L/∂x
     */
    Tensor mean(Tensor g, Tensor x, int axis);
}
