package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.adjoint.nn.Functional;
import dev.adjoint.nn.MaxPool2d;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sizes and integers that are out of range are rejected with a message, not wrapped or truncated. */
class IntegerRangeTest {
    private static final int MAX = Integer.MAX_VALUE;

    static Stream<Arguments> refused() {
        Tensor x = Tensor.ones(1, 1, 3, 3);
        Tensor w = Tensor.ones(1, 1, 1, 1);
        Tensor w3 = Tensor.ones(1, 1, 3, 3);
        Tensor wide = Tensor.zeros(2, 0);
        return Stream.of(
                row("conv2d, padding", () -> x.conv2d(w, null, 1, MAX, 1, 1), "take a smaller padding"),
                row("conv2d, padding 2³⁰", () -> x.conv2d(w, null, 1, 1 << 30, 1, 1), "take a smaller padding"),
                row("conv2d, padding and stride", () -> x.conv2d(w, null, MAX, MAX, 1, 1), "take a smaller padding"),
                row("conv2d, dilation", () -> x.conv2d(w3, null, 1, 0, MAX, 1), "does not fit"),
                row("avgPool2d", () -> x.avgPool2d(1, 1 << 30, 1 << 30), "at most half the kernel"),
                row("maxPool2d", () -> x.maxPool2d(1, 1 << 30, 1 << 30), "at most half the kernel"),
                row("MaxPool2d", () -> new MaxPool2d(1, 1 << 30, 1 << 30), "at most half the kernel"),
                row("concat", () -> Tensor.concat(0, huge(), huge()), "overflows a long"),
                row(
                        "pad",
                        () -> wide.pad(new long[] {0, Long.MAX_VALUE}, new long[] {0, Long.MAX_VALUE}, 0),
                        "overflows a long"),
                row(
                        "pad one side",
                        () -> wide.pad(new long[] {Long.MAX_VALUE, 0}, new long[] {0, 0}, 0),
                        "overflows a long"),
                row("full(NaN)", () -> Tensor.full(DType.INT64, Double.NaN, 2), "whole number"),
                row("full(2.7)", () -> Tensor.full(DType.INT64, 2.7, 2), "whole number"),
                row("full(1e30)", () -> Tensor.full(DType.INT64, 1e30, 2), "whole number"),
                row("pad(2.7)", () -> Tensor.of(1, 2).pad(new long[] {1}, new long[] {1}, 2.7), "whole number"),
                row("pad(NaN)", () -> Tensor.of(1, 2).pad(new long[] {1}, new long[] {1}, Double.NaN), "whole number"),
                row("arange(0.5)", () -> Tensor.arange(DType.INT64, 0, 2, 0.5), "whole number"),
                row("arange(0.9)", () -> Tensor.arange(DType.INT64, 0.9, 3.9, 1), "whole number"),
                row("arange(1e300)", () -> Tensor.arange(DType.FLOAT32, 0, 1e300, 1), "split it"),
                row("zeros(2⁴⁰)", () -> Tensor.zeros(1L << 40), "split it"),
                row("uniform of int64", () -> Tensor.uniform(new Rng(0), DType.INT64, 0, 9, 2), "expected float32"),
                row("normal of int64", () -> Tensor.normal(new Rng(0), DType.INT64, 0, 9, 2), "expected float32"),
                row("uniform(NaN)", () -> Tensor.uniform(new Rng(0), Double.NaN, 1, 2), "low <= high"),
                row("uniform(2, 1)", () -> Tensor.uniform(new Rng(0), 2, 1, 2), "low <= high"),
                row("normal(−1)", () -> Tensor.normal(new Rng(0), 0, -1, 2), "at least 0"));
    }

    private static Tensor huge() {
        return Tensor.zeros(1L << 62, 0);
    }

    private static Arguments row(String name, Executable call, String says) {
        return arguments(name, call, says);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefused(String name, Executable call, String says) {
        var e = assertThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }

    @Test
    void integersBeyondFloatPrecisionAreExact() {
        long start = 1L << 53;
        long[] expected = {start, start + 2, start + 4};
        assertArrayEquals(
                expected, Tensor.arange(DType.INT64, start, start + 6, 2).toLongs());
        long longest = (1 << 24) + 3;
        Tensor mask = Functional.paddingMask(longest, (1 << 24) + 1);
        assertEquals((1 << 24) + 1, mask.to(DType.FLOAT64).sum().item());
    }

    @Test
    void integersAreComparedExactly() {
        long large = 1L << 53;
        Tensor a = Tensor.of(new long[] {large, large + 1}, 2);
        Tensor b = Tensor.of(new long[] {large + 1, large + 1}, 2);
        assertArrayEquals(new double[] {0, 1}, a.eq(b).toDoubles());
        assertArrayEquals(new double[] {1, 0}, b.gt(a).toDoubles());
    }

    @Test
    void uniformValuesStayWithinTheirBounds() {
        double high = Math.nextUp(1.0);
        for (double u : Tensor.uniform(new Rng(1), DType.FLOAT64, 1, high, 1000).toDoubles()) assertEquals(1, u);
        double max = Double.MAX_VALUE;
        for (double u :
                Tensor.uniform(new Rng(1), DType.FLOAT64, -max, max, 1000).toDoubles()) {
            assertTrue(Double.isFinite(u));
        }
    }

    /** −0 is not smaller than 0: argmax returns the first of equal values. */
    @Test
    void argmaxReturnsTheFirstOfEqualValues() {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Tensor x = Tensor.of(-0.0, 0.0, 0.0).to(dtype);
            assertEquals(0, x.argmax().item());
            assertEquals(
                    1,
                    Tensor.of(0, Double.NaN, 5, Double.NaN).to(dtype).argmax().item());
            Tensor image =
                    Tensor.of(-0.0, 0.0, 0.0, 0.0).to(dtype).reshape(1, 1, 2, 2).requiresGrad(true);
            image.maxPool2d(2, 2, 0).sum().backward();
            assertArrayEquals(new double[] {1, 0, 0, 0}, image.grad().toDoubles());
        }
    }
}
