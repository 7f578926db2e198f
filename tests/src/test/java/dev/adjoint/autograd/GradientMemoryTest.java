package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adjoint.optim.GradientClipping;
import dev.adjoint.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors that are still referenced are not overwritten by later steps, although steps reuse the memory of gradients. */
class GradientMemoryTest {
    private static final long N = 1000;

    private final Tensor w = Tensor.ones(N).requiresGrad(true);

    private void step(double slope) {
        w.zeroGrad();
        w.mul(slope).sum().backward();
    }

    private static void assertAll(double expected, Tensor x) {
        for (double value : x.toDoubles()) assertEquals(expected, value);
    }

    @Test
    void gradientsKeptByAHookAreNotOverwritten() {
        List<Tensor> kept = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            try (Scope scope = Scope.open()) {
                try (Tensor.Hook hook = w.onGrad(g -> {
                    kept.add(scope.keep(g));
                    return null;
                })) {
                    step(i);
                }
            }
        }
        for (int i = 0; i < 5; i++) assertAll(i + 1, kept.get(i));
    }

    @Test
    void gradientsKeptByAScopeAreNotOverwritten() {
        List<Tensor> kept = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            try (Scope scope = Scope.open()) {
                step(i);
                kept.add(scope.keep(w.grad()));
            }
        }
        for (int i = 0; i < 5; i++) assertAll(i + 1, kept.get(i));
    }

    @Test
    void gradientsTakenWithoutAScopeAreNotOverwritten() {
        step(3);
        Tensor first = w.grad();
        step(5);
        Tensor second = w.grad();
        w.mul(2).sum().backward(); // without zeroGrad: 5 + 2
        assertAll(3, first);
        assertAll(5, second);
        assertAll(7, w.grad());
    }

    @Test
    void backwardPassesInOneScopeDoNotShareGradients() {
        Tensor first;
        Tensor second;
        try (Scope scope = Scope.open()) {
            step(1);
            first = w.grad();
            step(2);
            second = w.grad();
            assertAll(1, first);
        }
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < 10; i++) Tensor.full(DType.FLOAT32, 99, N);
        }
        assertAll(1, first);
        assertAll(2, second);
    }

    /** The tensor that a hook returns still belongs to the hook: clipping must not scale it. */
    @Test
    void aTensorThatAHookReturnsIsNotChanged() {
        Tensor sevens = Tensor.full(DType.FLOAT32, 7, N);
        w.onGrad(g -> sevens);
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open()) {
                step(i + 1);
                GradientClipping.byNorm(List.of(w), 1);
            }
        }
        assertAll(7, sevens);
    }

    @Test
    void hookMayReturnATensorOfTheSameScope() {
        List<Tensor> kept = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            try (Scope scope = Scope.open()) {
                int slope = i;
                try (Tensor.Hook hook = w.onGrad(g -> {
                    Tensor own = Tensor.full(DType.FLOAT32, 10 * slope, N);
                    kept.add(scope.keep(own));
                    return own;
                })) {
                    step(i);
                    GradientClipping.byNorm(List.of(w), 1);
                }
            }
        }
        for (int i = 0; i < 3; i++) assertAll(10 * (i + 1), kept.get(i));
    }

    /** A custom rule for y = a·x that returns its operand as the gradient. */
    @Test
    void operandReturnedByACustomRuleIsNotChanged() {
        CustomOp mul = CustomOp.of("mul", x -> x[0].mul(x[1])).vjp((g, x, y) -> x[1], (g, x, y) -> x[0]);
        Tensor a = Tensor.full(DType.FLOAT32, 30, N);
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open()) {
                w.zeroGrad();
                mul.apply(w, a).sum().backward();
                GradientClipping.byNorm(List.of(w), 1);
            }
            assertAll(30, a);
        }
    }

    @Test
    void scopedOperandReturnedByACustomRuleIsNotChanged() {
        CustomOp mul = CustomOp.of("mul", x -> x[0].mul(x[1])).vjp((g, x, y) -> x[1], (g, x, y) -> x[0]);
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open()) {
                Tensor a = Tensor.full(DType.FLOAT32, 30, N).mul(2);
                w.zeroGrad();
                mul.apply(w, a).sum().backward();
                GradientClipping.byNorm(List.of(w), 1);
                assertAll(60, a);
            }
        }
    }

    @Test
    void cotangentOfTheCallerIsNotChanged() {
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open()) {
                Tensor cotangent = Tensor.full(DType.FLOAT32, 4, N).mul(2);
                w.zeroGrad();
                w.add(1).backward(cotangent);
                GradientClipping.byNorm(List.of(w), 1);
                assertAll(8, cotangent);
            }
        }
    }

    @Test
    void gradientsOfASumDoNotShareMemory() {
        Tensor a = Tensor.ones(3).requiresGrad(true);
        Tensor b = Tensor.ones(3).requiresGrad(true);
        Tensor[] gradients = Gradients.grad(a.add(b).sum(), a, b);
        gradients[0].assign(Tensor.full(DType.FLOAT32, 9, 3));
        assertAll(1, gradients[1]);
    }

    /** Without references to gradients, their memory is reused by exchange; the results must be correct. */
    @Test
    void stepsWithReusedGradientMemoryAreCorrect() {
        SGD sgd = new SGD(List.of(w), 1);
        for (int i = 1; i <= 4; i++) {
            try (Scope scope = Scope.open()) {
                step(i);
                sgd.step();
            }
        }
        assertAll(1 - 1 - 2 - 3 - 4, w);
    }

    @Test
    void indArrayMayBeClosedAfterConversion() {
        INDArray array = Nd4j.create(new float[] {1, 2, 3, 4}, new long[] {2, 2});
        Tensor x = Tensor.of(array);
        Tensor y = Tensor.of(array.reshape('c', new long[] {4}));
        array.close();
        assertArrayEquals(new double[] {1, 2, 3, 4}, x.mul(1).toDoubles());
        assertArrayEquals(new double[] {1, 2, 3, 4}, y.mul(1).toDoubles());
    }

    @Test
    void anEmptyIndArrayIsAnEmptyTensor() {
        assertArrayEquals(new long[] {0}, Tensor.of(Nd4j.empty(DataType.FLOAT)).shape());
        assertArrayEquals(
                new long[] {0, 3}, Tensor.of(Nd4j.create(DataType.DOUBLE, 0, 3)).shape());
    }
}
