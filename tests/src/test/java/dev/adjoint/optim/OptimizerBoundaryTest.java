package dev.adjoint.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers with a moment, variance or ε of 0, and clipping of very large and very small gradients. */
class OptimizerBoundaryTest {
    private static final Map<String, Function<List<Tensor>, Optimizer>> WITHOUT_EPSILON = new LinkedHashMap<>();

    static {
        WITHOUT_EPSILON.put("Adam", w -> new Adam(w, 0.1, 0.9, 0.999, 0, 0, false));
        WITHOUT_EPSILON.put("AMSGrad", w -> new Adam(w, 0.1, 0.9, 0.999, 0, 0, true));
        WITHOUT_EPSILON.put("AdamW", w -> new AdamW(w, 0.1, 0.9, 0.999, 0, 0));
        WITHOUT_EPSILON.put("NAdam", w -> new NAdam(w, 0.1, 0.9, 0.999, 0, 0, 0.004));
        WITHOUT_EPSILON.put("RMSprop", w -> new RMSprop(w, 0.1, 0.99, 0, 0, 0, false));
        WITHOUT_EPSILON.put("RMSprop, centered", w -> new RMSprop(w, 0.1, 0.99, 0, 0, 0, true));
        WITHOUT_EPSILON.put("Adagrad", w -> new Adagrad(w, 0.1, 0, 0, 0));
        WITHOUT_EPSILON.put("Adadelta", w -> new Adadelta(w, 1, 0.9, 0, 0));
    }

    static Stream<Arguments> optimizers() {
        List<Arguments> rows = new ArrayList<>();
        WITHOUT_EPSILON.forEach((name, make) -> {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) rows.add(arguments(name, dtype, make));
        });
        return rows.stream();
    }

    private static Tensor weights(DType dtype, double... values) {
        return Tensor.of(values).to(dtype).requiresGrad(true);
    }

    private static void step(Optimizer optimizer, Tensor w, double... gradient) {
        optimizer.zeroGrad();
        w.mul(Tensor.of(gradient).to(w.dtype())).sum().backward();
        optimizer.step();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("optimizers")
    void zeroGradientWithoutEpsilonChangesNothing(String name, DType dtype, Function<List<Tensor>, Optimizer> make) {
        Tensor w = weights(dtype, 1, -2);
        Optimizer optimizer = make.apply(List.of(w));
        for (int i = 0; i < 3; i++) step(optimizer, w, 0, 0);
        assertArrayEquals(new double[] {1, -2}, w.toDoubles(), name);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("optimizers")
    void unusedWeightIsUnchangedNextToAUsedOne(String name, DType dtype, Function<List<Tensor>, Optimizer> make) {
        Tensor w = weights(dtype, 1, -2);
        Optimizer optimizer = make.apply(List.of(w));
        for (int i = 0; i < 3; i++) step(optimizer, w, 0.5, 0);
        assertEquals(-2, w.get(1), name);
        assertTrue(Double.isFinite(w.get(0)), name);
    }

    /** The variance of a constant gradient is 0, and negative after rounding: the weights used to become NaN after 1,202 steps. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void centeredRmspropStaysFiniteForAConstantGradient(DType dtype) {
        Tensor w = weights(dtype, 1);
        Optimizer optimizer = new RMSprop(List.of(w), 1e-3, 0.99, 1e-8, 0, 0, true);
        for (int i = 0; i < 3000; i++) {
            step(optimizer, w, 0.1);
            assertTrue(Double.isFinite(w.get(0)), "step " + i);
        }
    }

    @Test
    void clippingHandlesVeryLargeAndVerySmallGradients() {
        Object[][] rows = {
            // dtype, gradient, maximum norm, norm, clipped gradient
            {DType.FLOAT32, new double[] {3e20, 4e20}, 1.0, 5e20, new double[] {0.6, 0.8}},
            {DType.FLOAT32, new double[] {3, 4}, 1.0, 5.0, new double[] {0.6, 0.8}},
            {DType.FLOAT32, new double[] {3e-30, 4e-30}, 1.0, 5e-30, new double[] {3e-30, 4e-30}},
            {DType.FLOAT64, new double[] {3e200, 4e200}, 1.0, 5e200, new double[] {0.6, 0.8}},
            {
                DType.FLOAT32,
                new double[] {Double.POSITIVE_INFINITY, 1},
                Double.POSITIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                new double[] {Double.POSITIVE_INFINITY, 1}
            },
        };
        for (Object[] row : rows) {
            Tensor w = weights((DType) row[0], 0, 0);
            w.mul(Tensor.of((double[]) row[1]).to(w.dtype())).sum().backward();
            double norm = GradientClipping.byNorm(List.of(w), (Double) row[2]);
            if (Double.isInfinite(norm)) assertEquals((Double) row[3], norm);
            else assertEquals(1, norm / (Double) row[3], 1e-6);
            double[] clipped = (double[]) row[4];
            for (int i = 0; i < 2; i++) {
                if (Double.isInfinite(clipped[i]))
                    assertEquals(clipped[i], w.grad().get(i));
                else assertEquals(clipped[i], w.grad().get(i), 3e-6 * Math.abs(clipped[i]));
            }
        }
    }

    @Test
    void averageWithDecayZeroOrOneIgnoresTheOtherValue() {
        for (double decay : new double[] {0, 1}) {
            Tensor w = weights(DType.FLOAT64, decay == 0 ? Double.POSITIVE_INFINITY : 1);
            ExponentialMovingAverage average = new ExponentialMovingAverage(List.of(w), decay);
            w.assign(Tensor.of(new double[] {decay == 0 ? 2 : Double.POSITIVE_INFINITY}));
            average.update();
            average.swap();
            assertEquals(decay == 0 ? 2 : 1, w.get(0));
        }
    }
}
