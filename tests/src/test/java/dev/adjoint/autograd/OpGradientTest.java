package dev.adjoint.autograd;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.adjoint.autograd.Numeric.Fn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every op against central differences in float64, first and second order, over scalars, axes of size 1 and all broadcasts. */
class OpGradientTest {
    private static final long[][] SHAPES = {{}, {1}, {3}, {2, 3}, {2, 1, 4}};

    /** Every way in which two shapes can broadcast: equal, scalar, missing axes, size 1 on either side, on both, in the middle. */
    private static final long[][][] PAIRS = {
        {{}, {}},
        {{3}, {}},
        {{}, {2, 3}},
        {{3}, {3}},
        {{1}, {3}},
        {{2, 3}, {3}},
        {{3}, {2, 3}},
        {{2, 3}, {1, 3}},
        {{2, 3}, {2, 1}},
        {{2, 1}, {1, 3}},
        {{4, 1, 3}, {2, 1}},
        {{2, 3, 2}, {2, 1, 2}},
        {{1, 1}, {2, 2}}
    };

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("rows")
    void derivatives(String name, Fn f, String shapes, Tensor[] inputs) {
        Numeric.check(name, f, inputs);
    }

    static Stream<Arguments> rows() {
        List<Arguments> rows = new ArrayList<>();
        unary(rows, "neg", -2, 2, x -> x[0].neg());
        unary(rows, "exp", -2, 2, x -> x[0].exp());
        unary(rows, "log", 0.3, 3, x -> x[0].log());
        unary(rows, "sqrt", 0.3, 3, x -> x[0].sqrt());
        unary(rows, "square", -2, 2, x -> x[0].square());
        unary(rows, "reciprocal", 0.3, 3, x -> x[0].reciprocal());
        unary(rows, "abs", 0.1, 2, x -> x[0].abs());
        unary(rows, "abs of negatives", -2, -0.1, x -> x[0].abs());
        unary(rows, "sin", -3, 3, x -> x[0].sin());
        unary(rows, "cos", -3, 3, x -> x[0].cos());
        unary(rows, "tanh", -2, 2, x -> x[0].tanh());
        unary(rows, "sigmoid", -3, 3, x -> x[0].sigmoid());
        unary(rows, "relu", 0.1, 2, x -> x[0].relu());
        unary(rows, "relu of negatives", -2, -0.1, x -> x[0].relu());
        unary(rows, "clamp inside", -0.9, 0.9, x -> x[0].clamp(-1, 1));
        unary(rows, "clamp outside", 1.1, 2, x -> x[0].clamp(-1, 1));
        unary(rows, "pow 3", -2, 2, x -> x[0].pow(3));
        unary(rows, "pow -1.5", 0.5, 2, x -> x[0].pow(-1.5));
        unary(rows, "pow 0", -2, 2, x -> x[0].pow(0));
        unary(rows, "number + - * /", 0.5, 2, x -> x[0].add(2).mul(3).sub(1).div(4));
        unary(rows, "to float64", -2, 2, x -> x[0].to(DType.FLOAT64));
        unary(rows, "copy", -2, 2, x -> x[0].copy());
        unary(rows, "used twice", -2, 2, x -> x[0].mul(x[0]).add(x[0].sin()));

        binary(rows, "add", -2, 2, x -> x[0].add(x[1]));
        binary(rows, "sub", -2, 2, x -> x[0].sub(x[1]));
        binary(rows, "mul", -2, 2, x -> x[0].mul(x[1]));
        binary(rows, "div", 0.5, 2, x -> x[0].div(x[1]));
        binary(rows, "pow", 0.5, 2, x -> x[0].pow(x[1]));
        binary(rows, "maximum", -2, 2, x -> x[0].maximum(x[1]));
        binary(rows, "minimum", -2, 2, x -> x[0].minimum(x[1]));
        binary(rows, "where", -2, 2, x -> x[0].gt(x[1]).where(x[0].sin(), x[1].cos()));

        for (int[] axes : new int[][] {{}, {0}, {1}, {-1}, {0, 2}, {2, 1}}) {
            for (boolean keep : new boolean[] {false, true}) {
                String which = java.util.Arrays.toString(axes) + (keep ? " keepDims" : "");
                row(rows, "sum " + which, x -> x[0].sum(keep, axes).square(), 2, 3, 2);
                row(rows, "mean " + which, x -> x[0].mean(keep, axes).square(), 2, 3, 2);
                row(rows, "amax " + which, x -> x[0].amax(keep, axes).square(), 2, 3, 2);
                row(rows, "amin " + which, x -> x[0].amin(keep, axes).square(), 2, 3, 2);
                row(rows, "logsumexp " + which, x -> x[0].logsumexp(keep, axes), 2, 3, 2);
            }
        }
        row(rows, "sum of a scalar", x -> x[0].sum().square());
        row(rows, "logsumexp of a scalar", x -> x[0].logsumexp());
        for (int axis = 0; axis < 3; axis++) {
            int a = axis;
            row(rows, "softmax " + a, x -> x[0].softmax(a), 2, 3, 2);
            row(rows, "logSoftmax " + a, x -> x[0].logSoftmax(a - 3), 2, 3, 2);
            row(rows, "select " + a, x -> x[0].select(a, 1).square(), 2, 3, 2);
            row(rows, "concat " + a, x -> Tensor.concat(a, x[0], x[0].square(), x[0]), 2, 3, 2);
            row(rows, "stack " + a, x -> Tensor.stack(a, x[0], x[0].square()), 2, 3, 2);
            row(
                    rows,
                    "indexSelect " + a,
                    x -> x[0].indexSelect(a, Tensor.of(1, 0, 1, 1)).square(),
                    2,
                    3,
                    2);
            row(
                    rows,
                    "gather " + a,
                    x -> x[0].gather(a, Tensor.of(new long[] {1, 0, 1, 1}, 2, 1, 2))
                            .square(),
                    2,
                    3,
                    2);
        }
        row(rows, "reshape", x -> x[0].reshape(3, -1).square(), 2, 3, 2);
        row(rows, "flatten", x -> x[0].flatten(1).square(), 2, 3, 2);
        row(rows, "transpose", x -> x[0].transpose().square(), 2, 3, 2);
        row(rows, "permute", x -> x[0].permute(2, 0, 1).square(), 2, 3, 2);
        row(rows, "permute, negative axes", x -> x[0].permute(-1, 0, -2).square(), 2, 3, 2);
        row(
                rows,
                "squeeze, unsqueeze",
                x -> x[0].unsqueeze(1).squeeze(1).unsqueeze(-1).square(),
                2,
                3);
        row(rows, "broadcastTo", x -> x[0].broadcastTo(4, 2, 3).square(), 2, 1);
        row(rows, "sumTo", x -> x[0].sumTo(3, 1).square(), 2, 3, 2);
        row(
                rows,
                "slice",
                x -> x[0].slice(new long[] {0, 1, 0}, new long[] {2, 9, -1}, new long[] {1, 2, 1})
                        .square(),
                2,
                4,
                3);
        row(rows, "crossEntropy", x -> x[0].crossEntropy(Tensor.of(2, 0, 1, 2)), 4, 3);

        pair(rows, "matmul", x -> x[0].matmul(x[1]), new long[][][] {
            {{3}, {3}},
            {{2, 3}, {3}},
            {{3}, {3, 2}},
            {{2, 3}, {3, 4}},
            {{1, 1}, {1, 1}},
            {{2, 2, 3}, {2, 3, 2}},
            {{2, 3}, {4, 3, 2}},
            {{4, 2, 3}, {3, 2}},
            {{3}, {2, 3, 2}},
            {{2, 2, 3}, {3}},
            {{2, 1, 2, 3}, {3, 3, 2}}
        });
        pair(rows, "linear, no bias", x -> x[0].linear(x[1], null), new long[][][] {
            {{3}, {2, 3}}, {{4, 3}, {2, 3}}, {{2, 2, 3}, {2, 3}}
        });
        for (long[] x : new long[][] {{3}, {4, 3}, {2, 2, 3}}) {
            rows.add(arguments("linear", (Fn) t -> t[0].linear(t[1], t[2]), text(x), new Tensor[] {
                random(x, -1, 1, 1), random(new long[] {2, 3}, -1, 1, 2), random(new long[] {2}, -1, 1, 3)
            }));
        }
        return rows.stream();
    }

    private static void unary(List<Arguments> rows, String name, double low, double high, Fn f) {
        for (long[] shape : SHAPES)
            rows.add(arguments(name, f, text(shape), new Tensor[] {random(shape, low, high, 1)}));
    }

    private static void binary(List<Arguments> rows, String name, double low, double high, Fn f) {
        for (long[][] p : PAIRS) {
            Tensor[] inputs = {random(p[0], low, high, 1), random(p[1], low, high, 2)};
            rows.add(arguments(name, f, text(p[0]) + text(p[1]), inputs));
        }
    }

    private static void pair(List<Arguments> rows, String name, Fn f, long[][][] pairs) {
        for (long[][] p : pairs) {
            rows.add(arguments(
                    name, f, text(p[0]) + text(p[1]), new Tensor[] {random(p[0], -1, 1, 1), random(p[1], -1, 1, 2)}));
        }
    }

    private static void row(List<Arguments> rows, String name, Fn f, long... shape) {
        rows.add(arguments(name, f, text(shape), new Tensor[] {random(shape, -2, 2, 1)}));
    }

    private static Tensor random(long[] shape, double low, double high, long seed) {
        return Tensor.uniform(new Rng(seed), DType.FLOAT64, low, high, shape);
    }

    private static String text(long... shape) {
        return java.util.Arrays.toString(shape);
    }
}
