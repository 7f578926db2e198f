package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/** Assignment 4: optimizers. Each method is one step; it returns new tensors and does not change its arguments. */
public interface Optimizers {
    /**
     * Gradient descent with momentum: v ← μ·v + g, w ← w − lr·v.
     *
     * @param w the weights
     * @param g the gradient
     * @param v the velocity, 0 at first
     * @param lr the learning rate
     * @param momentum μ
     * @return the new w and v
     */
    Tensor[] sgd(Tensor w, Tensor g, Tensor v, double lr, double momentum);

    /**
     * Adam (Kingma and Ba, ICLR 2015) with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
     * w ← w − lr·m̂/(√v̂ + ε), where m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ).
     *
     * @param w the weights
     * @param g the gradient
     * @param m the mean of gradients, 0 at first
     * @param v the mean of squares, 0 at first
     * @param t the number of this step, from 1
     * @param lr the learning rate
     * @return the new w, m and v
     */
    Tensor[] adam(Tensor w, Tensor g, Tensor m, Tensor v, long t, double lr);

    /**
     * AdamW (Loshchilov and Hutter, ICLR 2019): w ← w − lr·λ·w, followed by an Adam step. The decay is not part of the gradient.
     *
     * @param w the weights
     * @param g the gradient
     * @param m the mean of gradients
     * @param v the mean of squares
     * @param t the number of this step, from 1
     * @param lr the learning rate
     * @param decay λ
     * @return the new w, m and v
     */
    Tensor[] adamW(Tensor w, Tensor g, Tensor m, Tensor v, long t, double lr, double decay);

    /**
     * Cosine annealing of the learning rate from lr at t = 0 to 0 at t = total: lr·(1 + cos(π·t/total))/2.
     *
     * @param lr the initial learning rate
     * @param t the step, from 0
     * @param total the step at which the rate is 0
     * @return the learning rate at t
     */
    double cosine(double lr, long t, long total);
}
