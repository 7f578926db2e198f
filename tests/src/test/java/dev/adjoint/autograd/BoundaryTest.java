package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares unary functions at 0, ±∞, at the ends of their domains and at very large and very small values, in both types, with
 * {@code boundary.csv}, which tests/peers/boundary_table.py computes with 400 digits: value, derivative in both modes, and second
 * derivative.
 */
class BoundaryTest {
    private static final Map<String, UnaryOperator<Tensor>> FUNCTIONS = new HashMap<>();

    static {
        FUNCTIONS.put("neg", Tensor::neg);
        FUNCTIONS.put("exp", Tensor::exp);
        FUNCTIONS.put("log", Tensor::log);
        FUNCTIONS.put("sqrt", Tensor::sqrt);
        FUNCTIONS.put("square", Tensor::square);
        FUNCTIONS.put("reciprocal", Tensor::reciprocal);
        FUNCTIONS.put("rsqrt", Tensor::rsqrt);
        FUNCTIONS.put("abs", Tensor::abs);
        FUNCTIONS.put("sign", Tensor::sign);
        FUNCTIONS.put("tanh", Tensor::tanh);
        FUNCTIONS.put("sigmoid", Tensor::sigmoid);
        FUNCTIONS.put("relu", Tensor::relu);
        FUNCTIONS.put("relu6", Tensor::relu6);
        FUNCTIONS.put("hardtanh", x -> x.hardtanh(-1, 1));
        FUNCTIONS.put("clamp", x -> x.clamp(-1, 1));
        FUNCTIONS.put("leakyRelu", x -> x.leakyRelu(0.01));
        FUNCTIONS.put("elu", x -> x.elu(1));
        FUNCTIONS.put("expm1", Tensor::expm1);
        FUNCTIONS.put("log1p", Tensor::log1p);
        FUNCTIONS.put("erf", Tensor::erf);
        FUNCTIONS.put("asin", Tensor::asin);
        FUNCTIONS.put("acos", Tensor::acos);
        FUNCTIONS.put("atan", Tensor::atan);
        FUNCTIONS.put("sinh", Tensor::sinh);
        FUNCTIONS.put("cosh", Tensor::cosh);
        FUNCTIONS.put("logsigmoid", Tensor::logsigmoid);
        FUNCTIONS.put("softplus", Tensor::softplus);
        FUNCTIONS.put("silu", Tensor::silu);
        FUNCTIONS.put("mish", Tensor::mish);
        FUNCTIONS.put("softsign", Tensor::softsign);
        FUNCTIONS.put("gelu", Tensor::gelu);
        FUNCTIONS.put("geluTanh", Tensor::geluTanh);
    }

    static Stream<Arguments> rows() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                BoundaryTest.class.getResourceAsStream("boundary.csv"), StandardCharsets.UTF_8))) {
            return lines
                    .lines()
                    .skip(1)
                    .map(line -> line.split(","))
                    .map(f -> arguments(
                            f[0],
                            DType.valueOf(f[1]),
                            Double.parseDouble(f[2]),
                            Double.parseDouble(f[3]),
                            Double.parseDouble(f[4]),
                            Double.parseDouble(f[5])))
                    .toList()
                    .stream();
        }
    }

    @Test
    void tableHasMoreThanTwoThousandRows() throws IOException {
        assertTrue(rows().count() > 2000);
    }

    @ParameterizedTest(name = "{0} {1} at {2}")
    @MethodSource("rows")
    void valuesAndDerivativesAgreeWithTheTable(
            String name, DType dtype, double at, double value, double first, double second) {
        UnaryOperator<Tensor> f = FUNCTIONS.get(name);
        Function<Tensor, Tensor> sum = x -> f.apply(x).sum();
        Tensor x = Tensor.full(dtype, at, 1);
        Tensor one = Tensor.ones(dtype, 1);
        // The tails of GELU decay as e^(−x²/2): the rounding of x/√2 alone changes them by x² ulp.
        boolean isSteep = name.startsWith("gelu") && Double.isFinite(at);
        assertClose(dtype, "value", value, f.apply(x), isSteep ? Math.abs(value) * at * at : 0);
        assertClose(dtype, "gradient", first, Transforms.grad(sum, x), 1);
        assertClose(dtype, "tangent", first, Transforms.jvp(f, x, one).tangent(), 1);
        assertClose(dtype, "second derivative", second, Transforms.hvp(sum, x, one), 4);
    }

    /** A branch that is not selected does not contribute to the derivative, whatever its own derivative is; nor does a tangent of 0. */
    @ParameterizedTest(name = "{0} {1} at {2}")
    @MethodSource("rows")
    void derivativeIsZeroWhereTheResultIsNotUsed(String name, DType dtype, double at) {
        UnaryOperator<Tensor> f = FUNCTIONS.get(name);
        Tensor x = Tensor.full(dtype, at, 2);
        Tensor never = Tensor.zeros(dtype, 2);
        Function<Tensor, Tensor> other = t -> never.where(f.apply(t), t.mul(3));
        assertEquals(List.of(3.0, 3.0), list(Transforms.grad(t -> other.apply(t).sum(), x)), "where");
        assertEquals(
                List.of(3.0, 3.0),
                list(Transforms.jvp(other, x, Tensor.ones(dtype, 2)).tangent()),
                "where, forward");
        Tensor still = Transforms.jvp(f, x, never).tangent();
        for (double t : still.toDoubles()) assertEquals(0, Math.abs(t), "tangent 0");
        Tensor part = Transforms.grad(t -> f.apply(t).slice(0, 1, 2).sum(), x);
        assertEquals(0, Math.abs(part.get(0)), "slice");
    }

    private static List<Double> list(Tensor x) {
        return java.util.Arrays.stream(x.toDoubles()).boxed().toList();
    }

    /**
     * Asserts equality within a few ulp; for derivatives, ulp of 1, since most rules compute a derivative far below 1 from a value that is
     * rounded near 1 (tanh' = 1 − y²), as PyTorch's do.
     */
    private static void assertClose(DType dtype, String what, double expected, Tensor actual, double scale) {
        boolean single = dtype == DType.FLOAT32;
        double right = single ? (float) expected : expected;
        double got = actual.get(0);
        if (right == got) return;
        double unit = single ? Math.ulp(1f) : Math.ulp(1.0);
        double least = single ? 4 * Float.MIN_VALUE : 4 * Double.MIN_VALUE;
        double tolerance = 8 * unit * Math.max(Math.abs(right), scale) + least;
        assertEquals(right, got, Double.isInfinite(tolerance) ? 0 : tolerance, what);
    }
}
