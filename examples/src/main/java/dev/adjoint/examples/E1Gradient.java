package dev.adjoint.examples;

import dev.adjoint.autograd.Tensor;

/** Computes the gradient of a loss with respect to the weights, in ten lines. */
public final class E1Gradient {
    private E1Gradient() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Tensor x = Tensor.of(new double[][] {{1, 2}, {3, 4}, {5, 6}});
        Tensor w = Tensor.of(0.1, -0.2).requiresGrad(true);
        Tensor b = Tensor.of(0.5).requiresGrad(true);
        Tensor target = Tensor.of(1.0, 0.0, 1.0);
        Tensor prediction = x.matmul(w).add(b).sigmoid();
        Tensor loss = prediction.sub(target).square().mean();
        loss.backward();
        System.out.println("loss  " + loss);
        System.out.println("∂L/∂w " + w.grad());
        System.out.println("∂L/∂b " + b.grad());
    }
}
