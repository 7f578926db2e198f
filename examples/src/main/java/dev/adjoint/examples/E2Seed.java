package dev.adjoint.examples;

import dev.adjoint.autograd.Tensor;
import java.util.Locale;

/**
 * Differentiates F(x1, x2) = x1·x2 + sin(x1) at (2, 3), by hand and with the engine. Reverse mode: w̄3 = 1, w̄1 = w̄2 = w̄3,
 * x̄1 = w̄1·cos(x1) + w̄2·x2, x̄2 = w̄2·x1. Since x1 is used twice, its two contributions are summed.
 */
public final class E2Seed {
    private E2Seed() {}

    /**
     * Runs the example.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Tensor x1 = Tensor.of(2.0).requiresGrad(true);
        Tensor x2 = Tensor.of(3.0).requiresGrad(true);

        Tensor w1 = x1.sin();
        Tensor w2 = x1.mul(x2);
        Tensor w3 = w1.add(w2);
        w3.backward();

        System.out.printf(Locale.ROOT, "F      = %.6f%n", w3.item());
        System.out.printf(
                Locale.ROOT,
                "∂F/∂x1 = %.6f   by hand: cos(x1) + x2 = %.6f%n",
                x1.grad().item(),
                Math.cos(2) + 3);
        System.out.printf(
                Locale.ROOT,
                "∂F/∂x2 = %.6f   by hand: x1           = %.6f%n",
                x2.grad().item(),
                2.0);
        System.out.println("one backward pass gives both; forward mode needs one pass per input");
    }
}
