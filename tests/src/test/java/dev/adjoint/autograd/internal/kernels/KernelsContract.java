package dev.adjoint.autograd.internal.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of every fast provider: agree with the reference, for sizes around those of vectors and tiles, also in edge cases. */
abstract class KernelsContract {
    final Kernels reference = Kernels.named("reference");
    private final Kernels fast;

    KernelsContract(Kernels fast) {
        this.fast = fast;
    }

    private interface Unary {
        void apply(Kernels k, Array x, Array out);
    }

    private interface Binary {
        void apply(Kernels k, Array a, Array b, Array out);
    }

    private static final Map<String, Unary> UNARY = new LinkedHashMap<>();
    private static final Map<String, Binary> BINARY = new LinkedHashMap<>();

    static {
        UNARY.put("neg", Kernels::neg);
        UNARY.put("exp", Kernels::exp);
        UNARY.put("log", Kernels::log);
        UNARY.put("sqrt", Kernels::sqrt);
        UNARY.put("square", Kernels::square);
        UNARY.put("reciprocal", Kernels::reciprocal);
        UNARY.put("abs", Kernels::abs);
        UNARY.put("sign", Kernels::sign);
        UNARY.put("sin", Kernels::sin);
        UNARY.put("cos", Kernels::cos);
        UNARY.put("tanh", Kernels::tanh);
        UNARY.put("sigmoid", Kernels::sigmoid);
        UNARY.put("relu", Kernels::relu);
        UNARY.put("clamp", (k, x, out) -> k.clamp(x, 0.5, 1, out));
        UNARY.put("map", (k, x, out) -> k.map(Math::log1p, x, out));
        BINARY.put("map of two", (k, a, b, out) -> k.map(Math::atan2, a, b, out));
        BINARY.put("add", Kernels::add);
        BINARY.put("sub", Kernels::sub);
        BINARY.put("mul", Kernels::mul);
        BINARY.put("div", Kernels::div);
        BINARY.put("pow", Kernels::pow);
        BINARY.put("maximum", Kernels::maximum);
        BINARY.put("minimum", Kernels::minimum);
        BINARY.put("eq", Kernels::eq);
        BINARY.put("gt", Kernels::gt);
        BINARY.put("ge", Kernels::ge);
        BINARY.put(
                "zeroSafeMul",
                (k, a, b, out) -> k.zeroSafeMul(Access.array(tensor(a).sub(1)), b, out));
        BINARY.put(
                "zeroSafeDiv",
                (k, a, b, out) -> k.zeroSafeDiv(Access.array(tensor(a).sub(1)), b, out));
        // Minus 1, so that the gate is closed for some elements.
        BINARY.put("gate", (k, a, b, out) -> k.gate(a, Access.array(tensor(b).sub(1)), out));
    }

    private static Tensor tensor(Array array) {
        return (Tensor) Access.of(array, "test");
    }

    private static Array random(long seed, long... shape) {
        // Rounded to eighths, so that equal pairs occur.
        Tensor x = Tensor.uniform(new Rng(seed), 0.1, 2, shape)
                .mul(8)
                .to(DType.INT64)
                .to(DType.FLOAT32)
                .div(8)
                .add(0.125);
        return Access.array(x);
    }

    private static void assertClose(String what, Array expected, Array actual) {
        for (long i = 0; i < expected.length(); i++) {
            double e = expected.get(i);
            assertEquals(e, actual.get(i), 1e-6 * Math.max(1, Math.abs(e)), what + " at " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0, 1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 31, 33, 127, 255, 256, 257, 1023, 1024, 1025, 2048, 5003,
                16_383, 16_384, 16_411, 100_003
            })
    void elementwiseKernelsAgree(long n) {
        Array a = random(1, n);
        Array b = random(2, n);
        UNARY.forEach((name, kernel) -> {
            Array expected = Workspace.allocate(ElementType.FLOAT32, n);
            Array actual = Workspace.allocate(ElementType.FLOAT32, n);
            kernel.apply(reference, a, expected);
            kernel.apply(fast, a, actual);
            assertClose(name + " of " + n, expected, actual);
        });
        BINARY.forEach((name, kernel) -> {
            Array expected = Workspace.allocate(ElementType.FLOAT32, n);
            Array actual = Workspace.allocate(ElementType.FLOAT32, n);
            kernel.apply(reference, a, b, expected);
            kernel.apply(fast, a, b, actual);
            assertClose(name + " of " + n, expected, actual);
        });
    }

    @Test
    void broadcastsAgree() {
        long[][][] pairs = {
            {{2, 3}, {3}},
            {{3}, {2, 3}},
            {{2, 1}, {1, 3}},
            {{4, 1, 3}, {2, 1}},
            {{}, {2, 2}},
            {{3, 1500}, {1500}},
            {{3, 1500}, {3, 1}},
            {{2, 3, 4}, {2, 1, 4}},
            {{0, 3}, {3}},
            {{5, 1, 1}, {1, 1, 6}}
        };
        for (long[][] pair : pairs) {
            Array a = random(1, pair[0]);
            Array b = random(2, pair[1]);
            long[] shape = Shapes.broadcast("test", pair[0], pair[1]);
            BINARY.forEach((name, kernel) -> {
                Array expected = Workspace.allocate(ElementType.FLOAT32, shape);
                Array actual = Workspace.allocate(ElementType.FLOAT32, shape);
                kernel.apply(reference, a, b, expected);
                kernel.apply(fast, a, b, actual);
                assertClose(name + Shapes.str(pair[0]) + Shapes.str(pair[1]), expected, actual);
            });
        }
    }

    @Test
    void sumsAgreeOverAllAxes() {
        Array x = random(3, 5, 6, 700);
        for (int[] axes : new int[][] {{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}}) {
            long[] shape = Shapes.drop(x.shape(), axes);
            Array expected = Workspace.allocate(ElementType.FLOAT32, shape);
            Array actual = Workspace.allocate(ElementType.FLOAT32, shape);
            reference.sum(x, axes, expected);
            fast.sum(x, axes, actual);
            assertClose("sum", expected, actual);
        }
    }

    @Test
    void sumsOfManyEqualFloatsDoNotDrift() {
        long n = 1 << 24;
        Tensor x = Tensor.full(DType.FLOAT32, 0.1, n);
        for (Kernels k : new Kernels[] {reference, fast}) {
            Array out = Workspace.allocate(ElementType.FLOAT32);
            k.sum(Access.array(x), new int[] {0}, out);
            assertEquals(1, out.get(0) / (n * (double) 0.1f), 1e-6);
        }
    }

    /** With intermediate rounding to float the 1 would be lost: the three values are added to one another first, being a block apart. */
    @Test
    void sumsAreAccumulatedInDoublePrecision() {
        for (long[] shape : new long[][] {{1536}, {3, 512}, {3, 600}}) {
            Array x = Workspace.allocate(ElementType.FLOAT32, shape);
            reference.fill(0, x);
            int line = shape.length == 1 ? 512 : (int) shape[1];
            x.set(0, 1e8);
            x.set(line, 1);
            x.set(2L * line, -1e8);
            int[] axes = {0};
            for (Kernels k : new Kernels[] {reference, fast}) {
                Array out = Workspace.allocate(ElementType.FLOAT32, Shapes.drop(shape, axes));
                k.sum(x, axes, out);
                assertEquals(1, out.get(0));
            }
            x.set(0, 3e38);
            x.set(line, 3e38);
            x.set(2L * line, -3e38);
            for (Kernels k : new Kernels[] {reference, fast}) {
                Array out = Workspace.allocate(ElementType.FLOAT32, Shapes.drop(shape, axes));
                k.sum(x, axes, out);
                assertEquals(3e38f, out.get(0));
            }
        }
    }

    /** The mean of equal values is that value and their deviations are 0, however a float sum would be rounded. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 10_000.3, 100_000.7, 1_234_567.9, 12_345_679, 3.3e8, 1e15, 1e30, 3e38})
    void equalValuesHaveZeroVariance(double c) {
        for (int n : new int[] {1, 7, 1024, 1536, 4096}) {
            Array x = Workspace.allocate(ElementType.FLOAT32, n);
            reference.fill(c, x);
            Kernels.Groups one = new Kernels.Groups(1, 1, n);
            for (Kernels k : new Kernels[] {reference, fast}) {
                Array mean = Workspace.allocate(ElementType.FLOAT32);
                k.sum(x, new int[] {0}, n, mean);
                assertEquals((float) c, mean.get(0), "mean of " + n);
                Array moments = Workspace.allocate(ElementType.FLOAT32, 2, 1);
                k.moments(x, one, moments);
                assertEquals((float) c, moments.get(0), "mean of " + n);
                assertEquals(0, moments.get(1), 1e-30 * Math.max(1, c * c), "variance of " + n);
                Array out = Workspace.allocate(ElementType.FLOAT32, n);
                k.normalize(x, null, null, one, 1e-5, out);
                for (int i = 0; i < n; i++) assertEquals(0, out.get(i), 1e-6, "normalised, of " + n);
            }
        }
    }

    @Test
    void normalisationHandlesVeryLargeAndVerySmallValues() {
        for (double scale : new double[] {1e-30, 1e-20, 1, 1e10, 1e20, 1e30}) {
            Array x = Workspace.allocate(ElementType.FLOAT32, 40);
            Array gradient = Workspace.allocate(ElementType.FLOAT32, 40);
            for (int i = 0; i < 40; i++) {
                x.set(i, scale * (i % 4 + 1));
                gradient.set(i, i % 3 - 1);
            }
            Kernels.Groups one = new Kernels.Groups(1, 1, 40);
            Array expected = Workspace.allocate(ElementType.FLOAT32, 40);
            Array actual = Workspace.allocate(ElementType.FLOAT32, 40);
            reference.normalize(x, null, null, one, 0, expected);
            fast.normalize(x, null, null, one, 0, actual);
            assertClose("normalize " + scale, expected, actual);
            assertEquals(-3 / Math.sqrt(5), expected.get(0), 1e-6);
            reference.normalizeBackward(x, null, gradient, one, 0, expected);
            fast.normalizeBackward(x, null, gradient, one, 0, actual);
            double size = 0;
            for (int i = 0; i < 40; i++) size = Math.max(size, Math.abs(expected.get(i)));
            for (int i = 0; i < 40; i++) assertEquals(expected.get(i), actual.get(i), 4e-6 * size, "slope " + scale);
        }
    }

    /** Numbers of columns below, at and above the block size of 512; rows are added in groups of eight. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 255, 256, 257, 511, 512, 513, 1025, 1700})
    void sumsOfRowsAndColumnsAgree(int columns) {
        for (int rows : new int[] {1, 2, 7, 8, 9, 17, 600}) {
            Array x = random(columns, rows, columns);
            for (int axis = 0; axis < 2; axis++) {
                Array sums = Workspace.allocate(ElementType.FLOAT32, axis == 0 ? columns : rows);
                fast.sum(x, new int[] {axis}, sums);
                double[] expected = new double[(int) sums.length()];
                for (int i = 0; i < x.length(); i++) expected[axis == 0 ? i % columns : i / columns] += x.get(i);
                for (int i = 0; i < expected.length; i++) {
                    double scale = axis == 0 ? rows : columns;
                    assertEquals(expected[i], sums.get(i), 1e-6 * scale, rows + " × " + columns + ", axis " + axis);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3000, 40_000, 40_001})
    void updatesAgree(int n) {
        for (boolean nesterov : new boolean[] {false, true}) {
            Array[] w = {random(1, n), random(1, n)};
            Array[] v = {random(2, n), random(2, n)};
            Kernels[] both = {reference, fast};
            for (int step = 0; step < 3; step++) {
                for (int i = 0; i < 2; i++) {
                    both[i].sgd(
                            w[i],
                            random(3 + step, n),
                            v[i],
                            new SgdStep(0.1, 0.9, nesterov ? 0 : 0.2, nesterov, 0.01, step == 0));
                }
            }
            assertClose("sgd", w[0], w[1]);
        }
        Array[] w = {random(1, n), random(1, n)};
        Array[] m = {Access.array(Tensor.zeros(n)), Access.array(Tensor.zeros(n))};
        Array[] v = {Access.array(Tensor.zeros(n)), Access.array(Tensor.zeros(n))};
        for (int t = 1; t <= 3; t++) {
            reference.adam(w[0], random(t, n), m[0], v[0], new AdamStep(0.1, 0.9, 0.999, 1e-8, 0.01, t));
            fast.adam(w[1], random(t, n), m[1], v[1], new AdamStep(0.1, 0.9, 0.999, 1e-8, 0.01, t));
        }
        assertClose("adam", w[0], w[1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 10, 16, 33, 100, 3000})
    void softmaxesAgree(int columns) {
        for (int rows : new int[] {1, 2, 5, 300}) {
            Array x = Access.array(Tensor.normal(new Rng(columns), 0, 3, rows, columns));
            Array target =
                    Access.array(Tensor.of(new Rng(rows).ints(rows, 0, columns).toArray()));
            Array gradient = random(columns, rows);
            Map<String, Unary> kernels = new LinkedHashMap<>();
            kernels.put("softmax", (k, in, out) -> k.softmax(in, 1, out));
            kernels.put("logSoftmax", (k, in, out) -> k.logSoftmax(in, 1, out));
            kernels.put("softmax of columns", (k, in, out) -> k.softmax(in, 0, out));
            kernels.put("crossEntropyBackward", (k, in, out) -> k.crossEntropyBackward(in, target, gradient, out));
            kernels.forEach((name, kernel) -> {
                Array expected = Workspace.allocate(ElementType.FLOAT32, x.shape());
                Array actual = Workspace.allocate(ElementType.FLOAT32, x.shape());
                kernel.apply(reference, x, expected);
                kernel.apply(fast, x, actual);
                assertClose(name, expected, actual);
            });
            Array expected = Workspace.allocate(ElementType.FLOAT32, rows);
            Array actual = Workspace.allocate(ElementType.FLOAT32, rows);
            reference.crossEntropy(x, target, expected);
            fast.crossEntropy(x, target, actual);
            assertClose("crossEntropy", expected, actual);
        }
    }

    /** One row and many, split between cores or not, also with k = 0, and independent of the previous content of the result. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 16, 100, 784})
    void affineAgreesWithItsDefinition(int k) {
        for (int[] size : new int[][] {{1, 1}, {3, 10}, {17, 16}, {1, 600}, {128, 33}, {600, 3}}) {
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
                Tensor x = tensor(random(1, size[0], k)).to(dtype);
                Tensor weight = tensor(random(2, size[1], k)).to(dtype);
                Tensor bias = tensor(random(3, size[1])).to(dtype);
                double[] expected = new double[size[0] * size[1]];
                for (int i = 0; i < expected.length; i++) {
                    int row = i / size[1];
                    int column = i % size[1];
                    expected[i] = bias.get(column);
                    for (int j = 0; j < k; j++) expected[i] += x.get(row, j) * weight.get(column, j);
                }
                for (Kernels provider : new Kernels[] {reference, fast}) {
                    Tensor out = Tensor.full(dtype, Double.NaN, size[0], size[1]);
                    provider.affine(Access.array(x), Access.array(weight), Access.array(bias), Access.array(out));
                    assertArrayEquals(
                            expected,
                            out.toDoubles(),
                            1e-5 * (k + 1),
                            Arrays.toString(size) + " of " + k + " " + dtype);
                }
            }
        }
    }

    /** Checks each row separately, since one extreme row would make all rows use the reference. */
    @Test
    void extremeLogitsAgreeWithTheReference() {
        float inf = Float.POSITIVE_INFINITY;
        float[][] rows = {{1e30f, -1e30f}, {-inf, 0}, {-inf, -inf}, {inf, 0}, {inf, inf}, {Float.NaN, 1}, {1, Float.NaN}
        };
        Array target = Access.array(Tensor.of(new int[] {1}));
        Array gradient = Access.array(Tensor.of(new float[] {0.5f}));
        for (float[] row : rows) {
            Array x = Access.array(Tensor.of(new float[][] {row}));
            Map<String, Unary> kernels = new LinkedHashMap<>();
            kernels.put("softmax", (k, in, out) -> k.softmax(in, 1, out));
            kernels.put("logSoftmax", (k, in, out) -> k.logSoftmax(in, 1, out));
            kernels.put("crossEntropyBackward", (k, in, out) -> k.crossEntropyBackward(in, target, gradient, out));
            kernels.forEach((name, kernel) -> assertAgree(name, kernel, x, 1, 2));
            assertAgree("crossEntropy", (k, in, out) -> k.crossEntropy(in, target, out), x, 1);
        }
    }

    private void assertAgree(String name, Unary kernel, Array x, long... shape) {
        Array expected = Workspace.allocate(ElementType.FLOAT32, shape);
        Array actual = Workspace.allocate(ElementType.FLOAT32, shape);
        kernel.apply(reference, x, expected);
        kernel.apply(fast, x, actual);
        String of = name + " of [" + x.get(0) + ", " + x.get(1) + "], ";
        for (int i = 0; i < expected.length(); i++) {
            assertEquals((float) expected.get(i), (float) actual.get(i), 1e-6f, of + i);
        }
    }

    /** Accurate to one ulp down to 0; −∞, as produced by a mask, gives exactly 0. */
    @Test
    void softmaxesAreAccurateToOneUlp() {
        int n = 1300;
        float[] logits = new float[n];
        for (int i = 0; i < n; i++) logits[i] = -i / 10f;
        logits[n - 1] = Float.NEGATIVE_INFINITY;
        Array x = Access.array(Tensor.of(new float[][] {logits, logits}));
        double sum = 0;
        for (float logit : logits) sum += Math.exp(logit);
        Array out = Workspace.allocate(ElementType.FLOAT32, x.shape());
        fast.softmax(x, 1, out);
        for (int i = 0; i < n; i++) {
            float expected = (float) (Math.exp(logits[i]) / sum);
            assertEquals(expected, (float) out.get(n + i), Math.ulp(expected), "softmax of " + logits[i]);
        }
        fast.logSoftmax(x, 1, out);
        for (int i = 0; i < n - 1; i++) {
            float expected = (float) (logits[i] - Math.log(sum));
            assertEquals(expected, (float) out.get(n + i), Math.ulp(expected), "log-softmax of " + logits[i]);
        }
        assertEquals(Float.NEGATIVE_INFINITY, (float) out.get(n - 1));
    }

    /** Within 4 ulp of Math's results over the whole range, including its ends and NaN. */
    @Test
    void transcendentalFunctionsAreAccurateToFourUlps() {
        Map<String, DoubleUnaryOperator> exact = new LinkedHashMap<>();
        exact.put("exp", Math::exp);
        exact.put("log", Math::log);
        exact.put("tanh", Math::tanh);
        exact.put("sigmoid", x -> 1 / (1 + Math.exp(-x)));
        exact.put("sin", Math::sin);
        exact.put("cos", Math::cos);
        exact.forEach((name, f) -> {
            float[] x = arguments();
            Array in = Access.array(Tensor.of(x));
            Array out = Workspace.allocate(ElementType.FLOAT32, x.length);
            UNARY.get(name).apply(fast, in, out);
            for (int i = 0; i < x.length; i++) {
                float expected = (float) f.applyAsDouble(x[i]);
                float actual = (float) out.get(i);
                if (Float.isNaN(expected) ? Float.isNaN(actual) : expected == actual) continue;
                // Near a zero of sine or cosine, the tolerance is relative to the ulp of the argument.
                float unit = Math.max(
                        Math.ulp(expected),
                        name.length() == 3 && !name.equals("exp") && !name.equals("log") ? 1e-7f : 0);
                assertTrue(
                        Math.abs((double) expected - actual) <= 4 * unit,
                        name + "(" + x[i] + ") = " + actual + ", expected " + expected);
            }
        });
    }

    private static float[] arguments() {
        float[] special = {
            0,
            -0f,
            1,
            -1,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            Float.MIN_NORMAL,
            88.7f,
            88.8f,
            -87.3f,
            -103,
            -104,
            -200,
            1e-20f,
            1e20f,
            8192,
            8193,
            1e9f,
            0.624f,
            0.626f,
            Float.MAX_VALUE
        };
        float[] all = Arrays.copyOf(special, special.length + 40_000);
        Rng rng = new Rng(4);
        for (int i = special.length; i < all.length; i++) {
            all[i] = i % 2 == 0 ? (float) (rng.nextGaussian() * 5) : (float) Math.exp(rng.nextGaussian() * 3);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 8, 9, 16, 17, 31, 64, 1031, 20_000})
    void normalisationsAgree(int length) {
        for (Kernels.Groups groups :
                new Kernels.Groups[] {new Kernels.Groups(1, 3, length), new Kernels.Groups(2, 2, length)}) {
            long[] shape = {groups.runs(), groups.count(), length};
            // Far from 0, where a variance computed from squares would lose all digits.
            Array x = Access.array(tensor(random(1, shape)).add(100));
            Array gradient = random(2, shape);
            Array weight = random(3, groups.count());
            Array bias = random(4, groups.count());
            Array[] expected = normalised(reference, x, gradient, weight, bias, groups);
            Array[] actual = normalised(fast, x, gradient, weight, bias, groups);
            for (int i = 0; i < expected.length; i++) {
                if (length == 0) continue;
                double[] e = tensor(expected[i]).toDoubles();
                double most = Arrays.stream(e).map(Math::abs).max().orElse(0);
                assertArrayEquals(
                        e, tensor(actual[i]).toDoubles(), 2e-4 * Math.max(1, most), "kernel " + i + " of " + length);
            }
        }
    }

    private static Array[] normalised(
            Kernels kernels, Array x, Array gradient, Array weight, Array bias, Kernels.Groups groups) {
        Array moments = Workspace.allocate(ElementType.FLOAT32, 2, groups.count());
        Array plain = Workspace.allocate(ElementType.FLOAT32, x.shape());
        Array scaled = Workspace.allocate(ElementType.FLOAT32, x.shape());
        Array inputGradient = Workspace.allocate(ElementType.FLOAT32, x.shape());
        Array dot = Workspace.allocate(ElementType.FLOAT32, groups.count());
        kernels.moments(x, groups, moments);
        kernels.normalize(x, null, null, groups, 0.1, plain);
        kernels.normalize(x, weight, bias, groups, 0.1, scaled);
        kernels.normalizeBackward(x, weight, gradient, groups, 0.1, inputGradient);
        kernels.normalizeWeightBackward(x, gradient, groups, 0.1, dot);
        return new Array[] {moments, plain, scaled, inputGradient, dot};
    }

    @Test
    void addAtAgrees() {
        Array x = random(1, 5, 3);
        Array expected = random(2, 40);
        Array actual = Workspace.allocate(ElementType.FLOAT32, 40);
        fast.copy(expected, actual);
        reference.addAt(x, 2, new long[] {7, 2}, expected);
        fast.addAt(x, 2, new long[] {7, 2}, actual);
        assertClose("addAt", expected, actual);
        assertEquals(random(2, 40).get(2 + 7 + 4) + x.get(5), actual.get(2 + 7 + 4), 1e-6, "row 1, column 2");
    }

    @Test
    void convolutionAndPoolingAgree() {
        ConvGeometry[] all = {
            ConvGeometry.square(2, 2, 1, 0, 1),
            ConvGeometry.square(3, 2, 2, 1, 1),
            ConvGeometry.square(2, 3, 1, 2, 2),
            ConvGeometry.square(1, 1, 3, 0, 1),
            ConvGeometry.square(5, 5, 1, 4, 1)
        };
        Array x = random(1, 2, 3, 6, 5);
        for (ConvGeometry w : all) {
            for (int groups : new int[] {1, 3}) convolutionsAgree(x, w, groups);
            if (2 * w.paddingY() > w.height()) continue;
            long[] pooled = {2, 3, w.rows(6), w.columns(5)};
            Array places = Workspace.allocate(ElementType.INT64, pooled);
            Array fastPlaces = Workspace.allocate(ElementType.INT64, pooled);
            ConvGeometry plain = ConvGeometry.square(w.height(), w.width(), w.strideY(), w.paddingY(), 1);
            if (w.dilationX() > 1) continue;
            reference.maxPoolIndices(x, plain, places);
            fast.maxPoolIndices(x, plain, fastPlaces);
            assertClose("maxima " + w, places, fastPlaces);
        }
    }

    /** Compares with the definition y[n, o, p, q] = b[o] + Σ x[n, c, …]·W[o, c, i, j] and its two transposes. */
    private void convolutionsAgree(Array x, ConvGeometry w, int groups) {
        int kernels = 6;
        int rows = w.rows(6);
        int columns = w.columns(5);
        Array weight = random(2, kernels, 3 / groups, w.height(), w.width());
        Array bias = random(3, kernels);
        Array gradient = random(4, 2, kernels, rows, columns);
        double[] y = new double[2 * kernels * rows * columns];
        double[] toImages = new double[(int) x.length()];
        double[] toKernels = new double[(int) weight.length()];
        for (int n = 0; n < 2; n++) {
            for (int o = 0; o < kernels; o++) {
                for (int p = 0; p < rows; p++) {
                    for (int q = 0; q < columns; q++) {
                        int at = ((n * kernels + o) * rows + p) * columns + q;
                        y[at] += bias.get(o);
                        for (int c = 0; c < 3 / groups; c++) {
                            for (int i = 0; i < w.height(); i++) {
                                for (int j = 0; j < w.width(); j++) {
                                    int row = p * w.strideY() + i * w.dilationY() - w.paddingY();
                                    int column = q * w.strideX() + j * w.dilationX() - w.paddingX();
                                    if (row < 0 || row >= 6 || column < 0 || column >= 5) continue;
                                    int channel = o / (kernels / groups) * (3 / groups) + c;
                                    int pixel = ((n * 3 + channel) * 6 + row) * 5 + column;
                                    int element = ((o * (3 / groups) + c) * w.height() + i) * w.width() + j;
                                    y[at] += x.get(pixel) * weight.get(element);
                                    toImages[pixel] += gradient.get(at) * weight.get(element);
                                    toKernels[element] += gradient.get(at) * x.get(pixel);
                                }
                            }
                        }
                    }
                }
            }
        }
        for (Kernels provider : new Kernels[] {reference, fast}) {
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
                Array[] in = {x, weight, bias, gradient};
                for (int i = 0; i < in.length; i++)
                    in[i] = Access.array(tensor(in[i]).to(dtype));
                Array out = Workspace.allocate(ElementType.valueOf(dtype.name()), 2, kernels, rows, columns);
                provider.conv2d(in[0], in[1], in[2], w, out);
                assertArrayEquals(y, tensor(out).toDoubles(), 1e-5, "conv2d " + w);
                Array images = Workspace.allocate(ElementType.valueOf(dtype.name()), x.shape());
                provider.conv2dInputBackward(in[3], in[1], w, images);
                assertArrayEquals(toImages, tensor(images).toDoubles(), 1e-5, "conv2dInputBackward " + w);
                Array weightGradient = Workspace.allocate(ElementType.valueOf(dtype.name()), weight.shape());
                provider.conv2dWeightBackward(in[0], in[3], w, weightGradient);
                assertArrayEquals(toKernels, tensor(weightGradient).toDoubles(), 1e-5, "conv2dWeightBackward " + w);
            }
        }
    }

    /** A batch split between the cores must give the same results as each image separately. */
    @Test
    void batchedConvolutionAgreesWithSingleImages() {
        ConvGeometry w = ConvGeometry.square(5, 5, 1, 2, 1);
        long[] one = {1, 3, 20, 20};
        Array weight = random(1, 6, 3, 5, 5);
        Array images = random(2, 9, 3, 20, 20);
        Array gradient = random(3, 9, 6, 20, 20);
        Array y = Workspace.allocate(ElementType.FLOAT32, 9, 6, 20, 20);
        Array toImages = Workspace.allocate(ElementType.FLOAT32, 9, 3, 20, 20);
        Array toKernels = Workspace.allocate(ElementType.FLOAT32, weight.shape());
        fast.conv2d(images, weight, null, w, y);
        fast.conv2dInputBackward(gradient, weight, w, toImages);
        fast.conv2dWeightBackward(images, gradient, w, toKernels);
        double[] sum = new double[(int) weight.length()];
        for (int n = 0; n < 9; n++) {
            Array image = Access.array(tensor(images).slice(0, n, n + 1));
            Array outputGradient = Access.array(tensor(gradient).slice(0, n, n + 1));
            Array single = Workspace.allocate(ElementType.FLOAT32, 1, 6, 20, 20);
            fast.conv2d(image, weight, null, w, single);
            assertClose("image " + n, Access.array(tensor(y).slice(0, n, n + 1)), single);
            Array back = Workspace.allocate(ElementType.FLOAT32, one);
            fast.conv2dInputBackward(outputGradient, weight, w, back);
            assertClose("image " + n, Access.array(tensor(toImages).slice(0, n, n + 1)), back);
            Array kernels = Workspace.allocate(ElementType.FLOAT32, weight.shape());
            fast.conv2dWeightBackward(image, outputGradient, w, kernels);
            for (int i = 0; i < sum.length; i++) sum[i] += kernels.get(i);
        }
        assertArrayEquals(sum, tensor(toKernels).toDoubles(), 1e-2);
    }

    @Test
    void adamsMomentsDoNotBecomeDenormal() {
        Array w = Access.array(Tensor.ones(100));
        Array g = Access.array(Tensor.zeros(100));
        Array m = Access.array(Tensor.full(DType.FLOAT32, 1e-25, 100));
        Array v = Access.array(Tensor.full(DType.FLOAT32, 1e-35, 100));
        for (int t = 1; t < 2000; t++) fast.adam(w, g, m, v, new AdamStep(1e-3, 0.9, 0.999, 1e-8, 0, t));
        assertTrue(m.get(0) == 0 || m.get(0) >= Float.MIN_NORMAL && m.get(0) < 1e-30, "m is " + m.get(0));
        assertTrue(v.get(0) >= Float.MIN_NORMAL, "v is " + v.get(0));
        assertEquals(1, w.get(0), 1e-6);
    }

    @Test
    void nanPropagates() {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Tensor x = Tensor.of(1.0, Double.NaN, 3.0).to(dtype);
            assertTrue(Double.isNaN(x.amax().item()));
            assertTrue(Double.isNaN(x.amin().item()));
            assertTrue(Double.isNaN(x.sum().item()));
            assertEquals(1, x.argmax().item());
            assertTrue(Double.isNaN(x.maximum(2).get(1)), dtype + " maximum");
            assertTrue(Double.isNaN(x.minimum(2).get(1)), dtype + " minimum");
            assertTrue(Double.isNaN(x.relu().get(1)), dtype + " relu");
            assertTrue(Double.isNaN(x.clamp(0, 2).get(1)), dtype + " clamp");
            assertArrayEquals(new double[] {0, 0, 1}, x.gt(2).toDoubles(), dtype + " gt");
            assertArrayEquals(new double[] {0, 0, 1}, x.ge(3).toDoubles(), dtype + " ge");
            assertArrayEquals(new double[] {1, 0, 0}, x.eq(1).toDoubles(), dtype + " eq");
        }
    }

    @Test
    void logsumexpDoesNotOverflow() {
        double inf = Double.POSITIVE_INFINITY;
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Tensor x = Tensor.of(new double[] {1000, 1000, -1000, -1000, -inf, -inf, inf, 1}, 4, 2)
                    .to(dtype);
            double[] y = x.logsumexp(1).toDoubles();
            assertEquals(1000 + Math.log(2), y[0], 1e-4);
            assertEquals(-1000 + Math.log(2), y[1], 1e-4);
            assertEquals(-inf, y[2]);
            assertEquals(inf, y[3]);
            assertArrayEquals(
                    new double[] {0.5, 0.5}, x.slice(0, 0, 1).softmax(1).toDoubles(), 1e-6);
        }
    }
}
