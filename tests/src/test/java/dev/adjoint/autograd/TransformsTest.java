package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransformsTest {
    private static final double EXACT = 1e-12;

    private static Tensor scalar(double value) {
        return Tensor.of(value);
    }

    @Test
    void bothModesAgreeOnX1TimesX2PlusSinX1() {
        Function<List<Tensor>, Tensor> f =
                x -> x.get(0).mul(x.get(1)).add(x.get(0).sin());
        List<Tensor> at = List.of(scalar(2), scalar(3));
        List<Tensor> reverse = Transforms.grad(f, at);
        assertEquals(3 + Math.cos(2), reverse.get(0).item(), EXACT);
        assertEquals(2, reverse.get(1).item(), EXACT);
        assertEquals(
                3 + Math.cos(2),
                Transforms.jvp(f, at, List.of(scalar(1), scalar(0))).tangent().item(),
                EXACT);
        assertEquals(
                2,
                Transforms.jvp(f, at, List.of(scalar(0), scalar(1))).tangent().item(),
                EXACT);
    }

    /** d/dx (x · d/dy (x + y)) = 1: the inner ε must not be confused with the outer one. */
    @Test
    void nestedForwardModeDoesNotConfusePerturbations() {
        Function<Tensor, Tensor> f =
                x -> x.mul(Transforms.jvp(y -> x.add(y), scalar(1), scalar(1)).tangent());
        assertEquals(1, Transforms.jvp(f, scalar(1), scalar(1)).tangent().item());
        Function<Tensor, Tensor> product =
                x -> x.mul(Transforms.jvp(y -> x.mul(y), scalar(5), scalar(1)).tangent());
        assertEquals(6, Transforms.jvp(product, scalar(3), scalar(1)).tangent().item(), "d/dx x²");
    }

    @Test
    void nestedReverseModeDoesNotConfusePerturbations() {
        Function<Tensor, Tensor> f = x -> x.mul(Transforms.grad(y -> x.mul(y).sum(), scalar(5)));
        assertEquals(6, Transforms.grad(f, scalar(3)).item(), "d/dx x²");
        Function<Tensor, Tensor> mixed =
                x -> x.mul(Transforms.jvp(y -> x.mul(y), scalar(5), scalar(1)).tangent());
        assertEquals(6, Transforms.grad(mixed, scalar(3)).item(), "reverse over forward");
        assertEquals(6, Transforms.jvp(f, scalar(3), scalar(1)).tangent().item(), "forward over reverse");
    }

    /** All nestings of two or three modes give the derivatives of sin(x)·eˣ. */
    @Test
    void allNestingsAgree() {
        Function<Tensor, Tensor> f = x -> x.sin().mul(x.exp());
        double x = 0.7;
        double second = 2 * Math.cos(x) * Math.exp(x);
        double third = 2 * Math.exp(x) * (Math.cos(x) - Math.sin(x));
        List<Function<Function<Tensor, Tensor>, Function<Tensor, Tensor>>> modes =
                List.of(g -> Transforms.grad(g), g -> Transforms.derivative(g, 1));
        for (var outer : modes) {
            for (var inner : modes) {
                assertEquals(
                        second, outer.apply(inner.apply(f)).apply(scalar(x)).item(), EXACT);
                for (var outermost : modes) {
                    assertEquals(
                            third,
                            outermost
                                    .apply(outer.apply(inner.apply(f)))
                                    .apply(scalar(x))
                                    .item(),
                            EXACT);
                }
            }
        }
    }

    @Test
    void derivativesOfHighOrder() {
        for (int k = 0; k <= 6; k++) {
            double expected = Math.sin(0.4 + k * Math.PI / 2);
            assertEquals(
                    expected,
                    Transforms.derivative(Tensor::sin, k).apply(scalar(0.4)).item(),
                    1e-10,
                    "order " + k);
        }
        assertThrows(IllegalArgumentException.class, () -> Transforms.derivative(Tensor::sin, -1));
    }

    @ParameterizedTest
    @EnumSource
    void jacobiansAgree(JacobianMode mode) {
        Tensor w = Tensor.uniform(new Rng(1), DType.FLOAT64, -1, 1, 3, 2);
        Tensor x = Tensor.of(new double[] {0.1, 0.2, 0.3, 0.4, 0.5, 0.6}, 2, 3);
        Tensor j = Transforms.jacobian(t -> t.matmul(w).tanh(), x, mode);
        assertArrayEquals(new long[] {2, 2, 2, 3}, j.shape());
        Tensor y = x.matmul(w).tanh();
        for (long[] i = {0}; i[0] < 2 * 2 * 2 * 3; i[0]++) {
            int a = (int) i[0] / 12;
            int b = (int) i[0] / 6 % 2;
            int c = (int) i[0] / 3 % 2;
            int d = (int) i[0] % 3;
            double expected = a == c ? (1 - y.get(a, b) * y.get(a, b)) * w.get(d, b) : 0;
            assertEquals(expected, j.get(a, b, c, d), EXACT);
        }
    }

    @Test
    void autoChoosesTheModeWithFewerPasses() {
        assertEquals(JacobianMode.FORWARD, JacobianMode.AUTO.choose(1, 100).mode());
        assertEquals(JacobianMode.REVERSE, JacobianMode.AUTO.choose(100, 1).mode());
        assertTrue(JacobianMode.AUTO.choose(100, 1).reason().contains("100 inputs"));
        assertEquals(100, JacobianMode.FORWARD.choose(100, 1).passes());
    }

    @Test
    void hessianAgreesWithHvpAndIsSymmetric() {
        Function<Tensor, Tensor> f = x -> x.sin().prod().add(x.square().sum().log());
        Tensor x = Tensor.of(0.3, 0.7, 1.1);
        Tensor h = Transforms.hessian(f, x);
        Tensor v = Tensor.of(1.0, -2.0, 0.5);
        assertArrayEquals(h.matmul(v).toDoubles(), Transforms.hvp(f, x, v).toDoubles(), EXACT);
        assertArrayEquals(h.toDoubles(), h.transpose().toDoubles(), EXACT, "symmetric");
    }

    @Test
    void pullbacksCanBeAppliedRepeatedly() {
        Vjp<Tensor> at = Transforms.vjp(x -> x.square(), Tensor.of(1.0, 2.0));
        assertFalse(at.value().requiresGrad());
        assertArrayEquals(new double[] {2, 0}, at.apply(Tensor.of(1.0, 0.0)).toDoubles());
        assertArrayEquals(new double[] {0, 4}, at.apply(Tensor.of(0.0, 1.0)).toDoubles());
        assertThrows(IllegalArgumentException.class, () -> at.apply(Tensor.of(1.0)));
    }

    @Test
    void capturedLeavesAreConstantsButRemainDifferentiable() {
        Tensor w = scalar(3).requiresGrad(true);
        Tensor slope = Transforms.grad(x -> x.square().mul(w), scalar(2));
        assertEquals(12, slope.item());
        assertNull(w.grad(), "a transform touches no gradient");
        slope.backward();
        assertEquals(4, w.grad().item());
        assertFalse(Transforms.grad(x -> x.square(), scalar(2)).requiresGrad(), "nothing else to differentiate by");
    }

    @Test
    void transformsWorkInsideNoGrad() {
        try (NoGrad off = NoGrad.open()) {
            assertEquals(4, Transforms.grad(x -> x.square(), scalar(2)).item());
            assertEquals(
                    2, Transforms.hvp(x -> x.square(), scalar(2), scalar(1)).item());
        }
    }

    @Test
    void derivativesOfIndependentResultsAreZero() {
        Tensor c = scalar(4);
        assertEquals(0, Transforms.grad(x -> c.square(), scalar(2)).item());
        assertEquals(
                0,
                Transforms.jvp(x -> c.square(), scalar(2), scalar(1)).tangent().item());
        assertEquals(
                0, Transforms.jvp(x -> x.gt(1), scalar(2), scalar(1)).tangent().item());
        assertArrayEquals(
                new long[] {2, 0},
                Transforms.jacobian(x -> Tensor.of(1.0, 2.0), Tensor.zeros(DType.FLOAT64, 0))
                        .shape());
    }

    @Test
    void mismatchedArgumentsAreRefused() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Transforms.jvp(x -> x, Tensor.of(1.0, 2.0), scalar(1)))
                .getMessage();
        assertTrue(message.contains("tangent 0") && message.contains("[2]"), message);
        assertThrows(
                IllegalArgumentException.class, () -> Transforms.jvp(x -> x.get(0), List.of(scalar(1)), List.of()));
        assertThrows(IllegalArgumentException.class, () -> Transforms.grad(x -> x.square(), Tensor.of(1.0, 2.0)));
    }

    @Test
    void backwardCanBeDifferentiable() {
        Tensor x = scalar(2).requiresGrad(true);
        x.pow(3).backward(null, false, true);
        Tensor first = x.grad();
        assertEquals(12, first.item());
        x.zeroGrad();
        first.backward();
        assertEquals(12, x.grad().item(), "6x");
    }

    @Test
    void aTangentSurvivesBackwardInsideForward() {
        Function<Tensor, Tensor> slope = x -> {
            Tensor leaf = x.requiresGrad(true);
            leaf.pow(3).sum().backward();
            return leaf.grad();
        };
        assertEquals(12, Transforms.jvp(slope, scalar(2), scalar(1)).tangent().item(), "6x");
    }

    @Test
    void customOpsWorkInTheModesTheyDefine() {
        CustomOp cube = CustomOp.of("cube", x -> x[0].pow(3))
                .vjp((g, x, y) -> g.mul(x[0].square().mul(3)));
        assertEquals(12, Transforms.grad(cube::apply, scalar(2)).item());
        assertEquals(
                12, Transforms.grad(Transforms.grad(cube::apply), scalar(2)).item(), "second order");
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Transforms.jvp(cube::apply, scalar(2), scalar(1)))
                .getMessage();
        assertTrue(message.contains("op 'cube' has no forward rule") && message.contains("jvp"), message);
        CustomOp both = cube.jvp((t, x, y) -> t.mul(x[0].square().mul(3)));
        assertEquals(
                12, Transforms.jvp(both::apply, scalar(2), scalar(1)).tangent().item());
        assertEquals(12, Transforms.hvp(both::apply, scalar(2), scalar(1)).item(), "6x");
        CustomOp wrong = CustomOp.of("wrong", x -> x[0].sum()).vjp((g, x, y) -> Tensor.of(1.0, 2.0, 3.0));
        message = assertThrows(IllegalArgumentException.class, () -> Transforms.grad(wrong::apply, Tensor.of(1.0, 2.0)))
                .getMessage();
        assertTrue(message.startsWith("wrong: its vjp for operand 0 [2]"), message);
    }

    @Test
    void forwardModeNeedsNoTape() {
        long few = peak(50);
        long many = peak(500);
        assertEquals(few, many, "bytes held, whatever the number of ops");
    }

    private static long peak(int steps) {
        Tensor x = Tensor.uniform(new Rng(1), DType.FLOAT64, 0, 1, 1000);
        Scope.resetPeak();
        Transforms.jvp(
                t -> {
                    Tensor y = t;
                    for (int i = 0; i < steps; i++) {
                        try (Scope scope = Scope.open()) {
                            y = scope.keep(y.sin());
                        }
                    }
                    return y;
                },
                x,
                x);
        return Scope.peakBytes();
    }
}
