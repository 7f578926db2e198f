package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adjoint.autograd.inspect.OpCount;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Slices of a tensor accumulate their gradients in place; the result agrees with their reverse rules. */
class ScatterTest {
    static Stream<Arguments> pieces() {
        Function<Tensor, Tensor> slices =
                x -> x.slice(0, 0, 2).square().sum().add(x.slice(0, 1, 3).exp().sum());
        Function<Tensor, Tensor> strided = x -> x.slice(new long[] {1, 0}, new long[] {4, 4}, new long[] {2, 3})
                .square()
                .sum();
        Function<Tensor, Tensor> selected =
                x -> x.select(1, 2).mul(x.select(0, 1)).sum();
        Function<Tensor, Tensor> indexed =
                x -> x.indexSelect(0, Tensor.of(2, 2, 0)).square().sum().add(x.sum());
        Function<Tensor, Tensor> gathered =
                x -> x.gather(1, Tensor.of(new long[] {0, 0, 3, 1}, 2, 2)).exp().sum();
        // The sum x + y passes its cotangent to x and y without a copy; the gradient of x.select must not be added to
        // it in place, since y is visited later.
        Function<Tensor, Tensor> borrowed = x -> {
            Tensor y = x.mul(2);
            return y.exp().sum().add(x.select(0, 3).sum()).add(x.add(y).square().sum());
        };
        return Stream.of(
                Arguments.of("slices", slices),
                Arguments.of("strided", strided),
                Arguments.of("selected", selected),
                Arguments.of("indexed", indexed),
                Arguments.of("gathered", gathered),
                Arguments.of("borrowed", borrowed));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pieces")
    void inPlaceAccumulationAgreesWithTheRules(String name, Function<Tensor, Tensor> f) {
        for (DType dtype : new DType[] {DType.FLOAT64, DType.FLOAT32}) {
            Tensor x = Tensor.normal(new Rng(2), dtype, 0, 1, 4, 4).requiresGrad(true);
            // For a leaf x, each slice contributes a tensor; for a result computed from x, the contributions are
            // accumulated in place.
            double[] byRules = Transforms.grad(f, x.detach()).toDoubles();
            f.apply(x.mul(1)).backward();
            assertArrayEquals(byRules, x.grad().toDoubles(), dtype == DType.FLOAT64 ? 1e-14 : 1e-5);
            Tensor z = x.detach().requiresGrad(true);
            f.apply(z.mul(1)).backward(null, false, true);
            assertArrayEquals(byRules, z.grad().toDoubles(), dtype == DType.FLOAT64 ? 1e-14 : 1e-5);
        }
    }

    @Test
    void selectionsOfALongSequenceDoNotAllocateFullGradients() {
        Tensor x = Tensor.ones(500, 64).requiresGrad(true);
        Tensor y = x.mul(2);
        Tensor sum = Tensor.zeros(64);
        for (int t = 0; t < 500; t++) sum = sum.add(y.select(0, t));
        try (OpCount count = OpCount.open()) {
            sum.sum().backward();
            // With the reverse rules, each of the 500 selections would create a tensor of 32,000 elements.
            assertEquals(0, count.elements() / 1_000_000, () -> "elements: " + count.elements());
        }
        assertEquals(2, x.grad().toFloats()[31_999]);
    }
}
