package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.adjoint.autograd.Numeric.Fn;
import dev.adjoint.autograd.internal.engine.Observer;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table of all ops: each op, a range on which it is smooth, and shapes, including scalars, axes of size 1 and all broadcasts. Every row
 * is checked in float64 in reverse, forward, reverse over reverse and forward over reverse mode; an op without a row fails.
 */
class OpTableTest {
    private static final long[][] SHAPES = {{}, {1}, {3}, {2, 3}, {2, 1, 4}};

    /** All kinds of broadcasting of two shapes: equal, scalar, missing axes, size 1 on either side, on both, in the middle. */
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

    /** Every op method of a tensor has a row of its name. */
    @ParameterizedTest
    @ValueSource(strings = {"ElementwiseOps", "TrigonometricOps", "ActivationOps", "ReductionOps", "ShapeOps"})
    void everyMethodHasARow(String face) throws ClassNotFoundException {
        Set<String> rows = rows().map(row -> opOf((String) row.get()[0])).collect(Collectors.toSet());
        List<String> missing = Arrays.stream(
                        Class.forName("dev.adjoint.autograd." + face).getDeclaredMethods())
                .filter(method -> method.getReturnType() == Tensor.class && !Modifier.isPrivate(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !rows.contains(name))
                .distinct()
                .toList();
        assertEquals(List.of(), missing, "methods of " + face + " without a row in this table");
    }

    /** Every declared op is applied by some row, forward or backward. */
    @Test
    void everyDeclaredOpIsUsedByARow() throws IllegalAccessException {
        Set<String> applied = new HashSet<>();
        try (Observer.Observation on = Observer.open((op, x, y) -> applied.add(op.name()))) {
            rows().forEach(row -> {
                Fn f = (Fn) row.get()[1];
                Tensor[] inputs = (Tensor[]) row.get()[3];
                Transforms.grad(
                        (List<Tensor> x) -> f.apply(x.toArray(new Tensor[0])).sum(), List.of(inputs));
            });
        }
        Set<String> declared = new TreeSet<>();
        for (JavaClass rules : new ClassFileImporter().importPackagesOf(Primitive.class)) {
            for (Field field : rules.reflect().getDeclaredFields()) {
                if (field.getType() != Primitive.class || !Modifier.isStatic(field.getModifiers())) continue;
                field.setAccessible(true);
                declared.add(((Primitive) field.get(null)).name());
            }
            if (rules.getSimpleName().equals("Pointwise") || rules.isEquivalentTo(Primitive.class)) continue;
            for (Method method : rules.reflect().getDeclaredMethods()) {
                boolean factory = method.getReturnType() == Primitive.class && !method.isSynthetic();
                if (factory) declared.add(method.getName());
            }
        }
        assertTrue(declared.size() > 70, () -> "expected all ops, found only " + declared);
        declared.removeAll(applied);
        assertEquals(Set.of(), declared, "declared ops that no row of this table applies");
    }

    /** The op of a row: its name starts with the op, followed by a suffix that distinguishes rows of the same op. */
    private static String opOf(String row) {
        return row.split("[ ,]")[0];
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
        unary(rows, "log2", 0.3, 3, x -> x[0].log2());
        unary(rows, "log1p", -0.7, 2, x -> x[0].log1p());
        unary(rows, "expm1", -2, 2, x -> x[0].expm1());
        unary(rows, "rsqrt", 0.3, 3, x -> x[0].rsqrt());
        unary(rows, "erf", -2, 2, x -> x[0].erf());
        unary(rows, "tan", -1.3, 1.3, x -> x[0].tan());
        unary(rows, "asin", -0.9, 0.9, x -> x[0].asin());
        unary(rows, "acos", -0.9, 0.9, x -> x[0].acos());
        unary(rows, "atan", -3, 3, x -> x[0].atan());
        unary(rows, "sinh", -2, 2, x -> x[0].sinh());
        unary(rows, "cosh", -2, 2, x -> x[0].cosh());
        unary(rows, "logsigmoid", -3, 3, x -> x[0].logsigmoid());
        unary(rows, "softplus", -3, 3, x -> x[0].softplus());
        unary(rows, "softsign", 0.1, 3, x -> x[0].softsign());
        unary(rows, "softsign of negatives", -3, -0.1, x -> x[0].softsign());
        unary(rows, "silu", -3, 3, x -> x[0].silu());
        unary(rows, "mish", -3, 3, x -> x[0].mish());
        unary(rows, "gelu", -3, 3, x -> x[0].gelu());
        unary(rows, "geluTanh", -3, 3, x -> x[0].geluTanh());
        unary(rows, "leakyRelu", 0.1, 2, x -> x[0].leakyRelu());
        unary(rows, "leakyRelu of negatives", -2, -0.1, x -> x[0].leakyRelu(0.3));
        unary(rows, "elu", 0.1, 2, x -> x[0].elu());
        unary(rows, "elu of negatives", -2, -0.1, x -> x[0].elu(1.3));
        unary(rows, "relu6 inside", 0.1, 5.9, x -> x[0].relu6());
        unary(rows, "relu6 outside", 6.1, 9, x -> x[0].relu6());
        unary(rows, "hardtanh inside", -0.9, 0.9, x -> x[0].hardtanh());
        unary(rows, "hardtanh outside", -3, -1.1, x -> x[0].hardtanh());
        unary(rows, "sign", 0.1, 2, x -> x[0].sign().mul(x[0]));
        unary(rows, "eq", 0.1, 2, x -> x[0].eq(5).mul(x[0]));
        unary(rows, "ne", 0.1, 2, x -> x[0].ne(5).mul(x[0]));
        unary(rows, "gt", 0.1, 2, x -> x[0].gt(0).mul(x[0]));
        unary(rows, "ge", 0.1, 2, x -> x[0].ge(0).mul(x[0]));
        unary(rows, "lt", 0.1, 2, x -> x[0].lt(0).mul(x[0]));
        unary(rows, "le", 0.1, 2, x -> x[0].le(0).mul(x[0]));
        unary(rows, "pow 3", -2, 2, x -> x[0].pow(3));
        unary(rows, "pow -1.5", 0.5, 2, x -> x[0].pow(-1.5));
        unary(rows, "pow 0", -2, 2, x -> x[0].pow(0));
        unary(
                rows,
                "add, sub, mul, div by numbers",
                0.5,
                2,
                x -> x[0].add(2).mul(3).sub(1).div(4));
        unary(rows, "to float64 and back", -2, 2, x -> x[0].to(DType.FLOAT64).mul(2));
        unary(rows, "copy", -2, 2, x -> x[0].copy());
        unary(rows, "mul, used twice", -2, 2, x -> x[0].mul(x[0]).add(x[0].sin()));

        binary(rows, "add", -2, 2, x -> x[0].add(x[1]));
        binary(rows, "sub", -2, 2, x -> x[0].sub(x[1]));
        binary(rows, "mul", -2, 2, x -> x[0].mul(x[1]));
        binary(rows, "binaryCrossEntropy", 0.1, 0.9, x -> x[0].binaryCrossEntropy(x[1]));
        binary(rows, "binaryCrossEntropyWithLogits", -2, 2, x -> x[0].binaryCrossEntropyWithLogits(x[1]));
        binary(rows, "div", 0.5, 2, x -> x[0].div(x[1]));
        binary(rows, "pow", 0.5, 2, x -> x[0].pow(x[1]));
        binary(rows, "atan2", 0.2, 2, x -> x[0].atan2(x[1]));
        binary(rows, "maximum", -2, 2, x -> x[0].maximum(x[1]));
        binary(rows, "minimum", -2, 2, x -> x[0].minimum(x[1]));
        binary(rows, "where", -2, 2, x -> x[0].gt(x[1]).where(x[0].sin(), x[1].cos()));

        for (int[] axes : new int[][] {{}, {0}, {1}, {-1}, {0, 2}, {2, 1}}) {
            for (boolean keep : new boolean[] {false, true}) {
                String which = Arrays.toString(axes) + (keep ? " keepDims" : "");
                row(rows, "sum " + which, x -> x[0].sum(keep, axes).square(), 2, 3, 2);
                row(rows, "mean " + which, x -> x[0].mean(keep, axes).square(), 2, 3, 2);
                row(rows, "amax " + which, x -> x[0].amax(keep, axes).square(), 2, 3, 2);
                row(rows, "amin " + which, x -> x[0].amin(keep, axes).square(), 2, 3, 2);
                row(rows, "norm " + which, x -> x[0].norm(keep, axes), 2, 3, 2);
                row(rows, "prod " + which, x -> x[0].prod(keep, axes), 2, 3, 2);
                row(rows, "var " + which, x -> x[0].var(0, keep, axes), 2, 3, 2);
                row(rows, "std " + which, x -> x[0].std(1, keep, axes), 2, 3, 2);
                row(rows, "logsumexp " + which, x -> x[0].logsumexp(keep, axes), 2, 3, 2);
            }
        }
        row(rows, "sum of a scalar", x -> x[0].sum().square());
        row(rows, "logsumexp of a scalar", x -> x[0].logsumexp());
        row(rows, "prod of a scalar", x -> x[0].prod().square());
        row(rows, "prod of an odd number of elements", x -> x[0].prod(), 7);
        row(rows, "norm of a scalar", x -> x[0].norm().square());
        row(rows, "argmax", x -> x[0].argmax(0).to(DType.FLOAT64).mul(x[0].sum(0)), 3, 2);
        for (int axis = 0; axis < 3; axis++) {
            int a = axis;
            row(rows, "cumsum " + a, x -> x[0].cumsum(a).square(), 2, 3, 2);
            row(rows, "flip " + a, x -> x[0].flip(a).square(), 2, 3, 2);
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
        row(rows, "flip, all axes", x -> x[0].flip().square(), 2, 3, 2);
        row(
                rows,
                "pad",
                x -> x[0].pad(new long[] {0, 1, 2}, new long[] {1, 0, 0}, 3).square(),
                2,
                3,
                2);
        row(
                rows,
                "embedding",
                x -> x[0].embedding(Tensor.of(new long[] {0, 3, 3, 1}, 2, 2)).square(),
                4,
                3);
        row(rows, "reshape", x -> x[0].reshape(3, -1).square(), 2, 3, 2);
        row(rows, "flatten", x -> x[0].flatten(1).square(), 2, 3, 2);
        row(rows, "transpose", x -> x[0].transpose().square(), 2, 3, 2);
        row(rows, "permute", x -> x[0].permute(2, 0, 1).square(), 2, 3, 2);
        row(rows, "permute, negative axes", x -> x[0].permute(-1, 0, -2).square(), 2, 3, 2);
        row(rows, "squeeze after unsqueeze", x -> x[0].unsqueeze(1).squeeze(1).square(), 2, 3);
        row(rows, "unsqueeze", x -> x[0].unsqueeze(1).unsqueeze(-1).square(), 2, 3);
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
        row(rows, "maxPool2d", x -> x[0].maxPool2d(2, 2, 0).square(), 2, 2, 4, 5);
        row(rows, "maxPool2d, overlapping, padded", x -> x[0].maxPool2d(3, 2, 1).square(), 1, 2, 5, 4);
        row(rows, "avgPool2d", x -> x[0].avgPool2d(2, 2, 0).square(), 2, 2, 4, 5);
        row(rows, "avgPool2d, overlapping, padded", x -> x[0].avgPool2d(3, 1, 1).square(), 1, 2, 3, 4);
        pair(rows, "conv2d", x -> x[0].conv2d(x[1], null, 1, 0, 1, 1), new long[][][] {
            {{2, 1, 4, 3}, {2, 1, 2, 2}}, {{1, 2, 3, 3}, {1, 2, 3, 3}}, {{1, 1, 1, 1}, {1, 1, 1, 1}}
        });
        pair(rows, "conv2d, stride 2, padding 1, dilation 2", x -> x[0].conv2d(x[1], null, 2, 1, 2, 1), new long[][][] {
            {{2, 2, 5, 6}, {2, 2, 2, 3}}
        });
        pair(rows, "conv2d, 2 groups", x -> x[0].conv2d(x[1], null, 1, 1, 1, 2), new long[][][] {
            {{2, 4, 3, 3}, {2, 2, 3, 3}}
        });
        for (long[] x : new long[][] {{4, 3}, {3, 2, 2}, {2, 3, 2, 2}, {2, 2, 3, 3}}) {
            Tensor[] operands = {
                random(x, -1, 1, 1), random(new long[] {x[1]}, 0.5, 2, 2), random(new long[] {x[1]}, -1, 1, 3)
            };
            Fn norm = t -> t[0].batchNorm(t[1], t[2], 0.1).square();
            rows.add(arguments("batchNorm", norm, text(x), operands));
        }
        row(rows, "layerNorm", x -> x[0].layerNorm(1, 0.1).square(), 3, 4);
        row(rows, "layerNorm, two axes", x -> x[0].layerNorm(2, 0.1).square(), 2, 3, 2);
        // It has no gradient, so it may only be used with factor 0.
        row(rows, "channelMoments", x -> x[0].add(x[0].channelMoments().sum().mul(0)), 3, 2, 2);
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
        return Arrays.toString(shape);
    }
}
