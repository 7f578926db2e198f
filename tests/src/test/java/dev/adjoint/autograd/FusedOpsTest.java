package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.adjoint.autograd.Numeric.Fn;
import org.junit.jupiter.api.Test;

/** Fused ops agree with the compositions that they replace, in value and gradient. */
class FusedOpsTest {
    @Test
    void linear() {
        agree(x -> x[0].linear(x[1], x[2]), x -> x[0].matmul(x[1].transpose()).add(x[2]), new long[][] {
            {5, 3}, {4, 3}, {4}
        });
    }

    @Test
    void softmax() {
        agree(x -> x[0].softmax(1), x -> x[0].exp().div(x[0].exp().sum(true, 1)), new long[][] {{5, 3}});
        agree(x -> x[0].logSoftmax(0), x -> x[0].sub(x[0].exp().sum(true, 0).log()), new long[][] {{5, 3}});
        agree(x -> x[0].logsumexp(1), x -> x[0].exp().sum(1).log(), new long[][] {{5, 3}});
    }

    @Test
    void crossEntropy() {
        Tensor target = Tensor.of(2, 0, 1, 1, 2);
        agree(
                x -> x[0].crossEntropy(target),
                x -> x[0].logSoftmax(1)
                        .gather(1, target.reshape(5, 1))
                        .reshape(5)
                        .neg(),
                new long[][] {{5, 3}});
    }

    private static void agree(Fn fused, Fn composed, long[][] shapes) {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            double tolerance = dtype == DType.FLOAT32 ? 1e-5 : 1e-12;
            Tensor[] a = new Tensor[shapes.length];
            Tensor[] b = new Tensor[shapes.length];
            for (int i = 0; i < shapes.length; i++) {
                a[i] = Tensor.normal(new Rng(i), dtype, 0, 1, shapes[i]).requiresGrad(true);
                b[i] = a[i].detach().requiresGrad(true);
            }
            Tensor ya = fused.apply(a);
            Tensor yb = composed.apply(b);
            assertArrayEquals(yb.toDoubles(), ya.toDoubles(), tolerance);
            Tensor weights = Tensor.uniform(new Rng(9), dtype, 0.5, 1.5, ya.shape());
            ya.backward(weights);
            yb.backward(weights);
            for (int i = 0; i < a.length; i++) {
                assertArrayEquals(b[i].grad().toDoubles(), a[i].grad().toDoubles(), tolerance);
            }
        }
    }
}
