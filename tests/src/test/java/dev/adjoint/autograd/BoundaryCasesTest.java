package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.adjoint.nn.Functional;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Reduction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Functions of several arguments, losses and layers at boundary points (equal values, everything masked, one element, very large and very
 * small values, ±∞), in both types: value, gradient, tangent and second order. Expected values are the mathematical ones or, where they are
 * undefined, PyTorch's. NaN as an expected value means that the value is not checked.
 */
class BoundaryCasesTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double ANY = Double.NaN;

    /** Suffix of cases checked only in reverse mode: their cotangent, but not their tangent, tames an infinite partial derivative. */
    private static final String REVERSE = ", in reverse mode";

    private interface Fn {
        Tensor apply(Tensor... x);
    }

    private record Case(String name, DType dtype, Fn f, double[][] x, double[] value, double[][] gradient) {
        @Override
        public String toString() {
            return name + " of " + Arrays.deepToString(x) + ", " + dtype;
        }
    }

    private static final class Cases {
        private final List<Case> all = new ArrayList<>();

        /** Adds a case in both types. The gradient is that of the sum of the values. */
        Cases both(String name, Fn f, double[][] x, double[] value, double[]... gradient) {
            return in(DType.FLOAT32, name, f, x, value, gradient).in(DType.FLOAT64, name, f, x, value, gradient);
        }

        Cases in(DType dtype, String name, Fn f, double[][] x, double[] value, double[]... gradient) {
            all.add(new Case(name, dtype, f, x, value, gradient));
            return this;
        }
    }

    private static double[] v(double... values) {
        return values;
    }

    private static double[][] x(double[]... operands) {
        return operands;
    }

    static Stream<Case> cases() {
        Cases c = new Cases();
        reductions(c);
        softmaxes(c);
        pairs(c);
        losses(c);
        layers(c);
        branches(c);
        return c.all.stream();
    }

    private static void reductions(Cases c) {
        DType f32 = DType.FLOAT32;
        DType f64 = DType.FLOAT64;
        Fn std = x -> x[0].std();
        Fn norm = x -> x[0].norm();
        Fn mean = x -> x[0].mean();
        double half = Math.sqrt(0.5);
        for (double equal : new double[] {0, 1, -5, 1e-30, 1e20, 12_345_679}) {
            c.both("std", std, x(v(equal, equal, equal)), v(0), v(0, 0, 0));
            c.both("var", x -> x[0].var(), x(v(equal, equal, equal)), v(0), v(0, 0, 0));
            c.both("mean", mean, x(v(equal, equal, equal)), v(equal), v(1 / 3.0, 1 / 3.0, 1 / 3.0));
            c.both("amax", x -> x[0].amax(), x(v(equal, equal)), v(equal), v(0.5, 0.5));
            c.both("amin", x -> x[0].amin(), x(v(equal, equal)), v(equal), v(0.5, 0.5));
        }
        c.both("std of one", x -> x[0].std(0, false), x(v(7)), v(0), v(0));
        c.both("std", std, x(v(3, 5)), v(Math.sqrt(2)), v(-half, half));
        c.in(f32, "std", std, x(v(1e20, 3e20)), v(Math.sqrt(2) * 1e20), v(-half, half));
        c.in(f32, "std", std, x(v(3e-30, 4e-30)), v(half * 1e-30), v(-half, half));
        c.in(f64, "std", std, x(v(1e200, 3e200)), v(Math.sqrt(2) * 1e200), v(-half, half));
        c.in(f64, "std", std, x(v(3e-170, 4e-170)), v(half * 1e-170), v(-half, half));
        c.both("norm", norm, x(v(0, 0)), v(0), v(0, 0));
        c.both("norm", norm, x(v(0)), v(0), v(0));
        c.both("norm", norm, x(v(3, -4)), v(5), v(0.6, -0.8));
        c.both("norm", norm, x(v(-2)), v(2), v(-1));
        c.both("norm", norm, x(v(1e20, 1, 1)), v(1e20), v(1, 1e-20, 1e-20));
        c.both("norm", norm, x(v(3e-30, 4e-30)), v(5e-30), v(0.6, 0.8));
        c.in(f32, "norm", norm, x(v(2.8e-45, 4.2e-45)), v(Math.sqrt(13) * Float.MIN_VALUE), v(ANY, ANY));
        c.in(f64, "norm", norm, x(v(3e300, 4e300)), v(5e300), v(0.6, 0.8));
        c.in(f64, "norm", norm, x(v(3e-300, 4e-300)), v(5e-300), v(0.6, 0.8));
        c.both("norm over an axis", x -> x[0].reshape(2, 2).norm(1), x(v(0, 0, 3, 4)), v(0, 5), v(0, 0, 0.6, 0.8));
        c.in(f32, "mean", mean, x(v(3e38, 3e38)), v(3e38), v(0.5, 0.5));
        c.in(f32, "mean", mean, x(v(3e38, -3e38, 3e38)), v(1e38), v(ANY, ANY, ANY));
        c.in(f64, "mean", mean, x(v(1.5e308, 1.5e308)), v(1.5e308), v(0.5, 0.5));
        c.in(f32, "sum", x -> x[0].sum(), x(v(3e38, 3e38, -3e38)), v(3e38), v(1, 1, 1));
        c.in(f32, "var", x -> x[0].var(), x(v(3e38, 3e38)), v(0), v(0, 0));
        c.in(f64, "var", x -> x[0].var(), x(v(1.5e308, 1.5e308)), v(0), v(0, 0));
        c.both("prod", x -> x[0].prod(), x(v(0, 2, 3)), v(0), v(6, 0, 0));
        c.both("prod", x -> x[0].prod(), x(v(0, 2, 0)), v(0), v(0, 0, 0));
        c.both("cumsum", x -> x[0].cumsum(0), x(v(0, -1, INF)), v(0, -1, INF), v(3, 2, 1));
        c.both("amax", x -> x[0].amax(), x(v(1, INF)), v(INF), v(0, 1));
        c.both("amin", x -> x[0].amin(), x(v(1, -INF)), v(-INF), v(0, 1));
    }

    private static void softmaxes(Cases c) {
        DType f64 = DType.FLOAT64;
        Fn lse = x -> x[0].logsumexp();
        Fn first = x -> x[0].softmax(0).slice(0, 0, 1);
        Fn logFirst = x -> x[0].logSoftmax(0).slice(0, 0, 1);
        Fn ce = x -> x[0].reshape(1, -1).crossEntropy(Tensor.of(new int[] {0}));
        double ln2 = Math.log(2);
        for (double equal : new double[] {0, 1, -1, 100, 1e4, 1e12, 1e20, -1e20, 1e30, 3e38, 1e-30}) {
            c.both("logsumexp", lse, x(v(equal, equal)), v(equal + ln2), v(0.5, 0.5));
            c.both("softmax", first, x(v(equal, equal)), v(0.5), v(0.25, -0.25));
            c.both("logSoftmax", logFirst, x(v(equal, equal)), v(-ln2), v(0.5, -0.5));
            c.both("crossEntropy", ce, x(v(equal, equal)), v(ln2), v(-0.5, 0.5));
            c.both(
                    "softmax along the first axis",
                    x -> x[0].reshape(2, 1).softmax(0).slice(0, 0, 1),
                    x(v(equal, equal)),
                    v(0.5),
                    v(0.25, -0.25));
        }
        double p = 1 / (1 + Math.exp(-1));
        for (double large : new double[] {0, 1e4, 1e9, 1e12, 1e15}) {
            double[] z = v(large + 1, large);
            c.in(f64, "logsumexp", lse, x(z), v(large + 1 + Math.log1p(Math.exp(-1))), v(p, 1 - p));
            c.in(f64, "softmax", first, x(z), v(p), v(p * (1 - p), -p * (1 - p)));
            c.in(f64, "logSoftmax", logFirst, x(z), v(Math.log(p)), v(1 - p, p - 1));
            c.in(f64, "crossEntropy", ce, x(z), v(-Math.log(p)), v(p - 1, 1 - p));
        }
        c.both("logsumexp", lse, x(v(-INF, 3)), v(3), v(0, 1));
        c.both("logsumexp", lse, x(v(-INF, -INF)), v(-INF), v(0, 0));
        c.both("logsumexp", lse, x(v(7)), v(7), v(1));
        c.both("softmax", first, x(v(-INF, 3)), v(0), v(0, 0));
        c.both("softmax of one", first, x(v(1e30)), v(1), v(0));
        c.both("crossEntropy", ce, x(v(3, -INF)), v(0), v(0, 0));
        c.both("crossEntropy", ce, x(v(-INF, 3)), v(INF), v(-1, 1));
        c.both("crossEntropy", ce, x(v(1e30, -1e30)), v(0), v(0, 0));
        c.both("crossEntropy", ce, x(v(-1e30, 1e30)), v(2e30), v(-1, 1));
    }

    private static void pairs(Cases c) {
        DType f32 = DType.FLOAT32;
        DType f64 = DType.FLOAT64;
        Fn pow = x -> x[0].pow(x[1]);
        double[][] powers = {
            // a, b, aᵇ, ∂/∂a, ∂/∂b
            {0, 0, 1, 0, 0},
            {0, 0.5, 0, INF, 0},
            {0, 1, 0, 1, 0},
            {0, 2, 0, 0, 0},
            {0, 3, 0, 0, 0},
            {1, 0, 1, 0, 0},
            {2, 0, 1, 0, Math.log(2)},
            {1, INF, 1, ANY, 0},
            {1, -INF, 1, ANY, 0},
            {-1, INF, 1, ANY, ANY},
            {-1, -INF, 1, ANY, ANY},
            {-2, 2, 4, -4, ANY},
            {-2, 3, -8, 12, ANY},
            {2, -1, 0.5, -0.25, 0.5 * Math.log(2)},
            {INF, 0, 1, 0, ANY},
            {INF, -1, 0, 0, ANY},
        };
        for (double[] r : powers) c.both("pow", pow, x(v(r[0]), v(r[1])), v(r[2]), v(r[3]), v(r[4]));
        Fn atan2 = x -> x[0].atan2(x[1]);
        double eighth = Math.PI / 4;
        c.both("atan2", atan2, x(v(0), v(0)), v(0), v(0), v(0));
        c.both("atan2", atan2, x(v(0), v(1)), v(0), v(1), v(0));
        c.both("atan2", atan2, x(v(0), v(-1)), v(Math.PI), v(-1), v(0));
        c.both("atan2", atan2, x(v(1), v(0)), v(2 * eighth), v(0), v(-1));
        c.both("atan2", atan2, x(v(1e20), v(1e20)), v(eighth), v(5e-21), v(-5e-21));
        c.both("atan2", atan2, x(v(1e-25), v(1e-25)), v(eighth), v(5e24), v(-5e24));
        c.both("atan2", atan2, x(v(0), v(1e-30)), v(0), v(1e30), v(0));
        c.in(f64, "atan2", atan2, x(v(1e160), v(1e160)), v(eighth), v(5e-161), v(-5e-161));
        c.in(f64, "atan2", atan2, x(v(1e-160), v(1e-160)), v(eighth), v(5e159), v(-5e159));
        Fn div = x -> x[0].div(x[1]);
        c.both("div", div, x(v(0), v(1)), v(0), v(1), v(0));
        c.both("div", div, x(v(1e-30), v(1e-30)), v(1), v(1e30), v(-1e30));
        c.both("div", div, x(v(1e20), v(1e20)), v(1), v(1e-20), v(-1e-20));
        c.both("div", div, x(v(1), v(INF)), v(0), v(0), v(0));
        c.both("div", div, x(v(1), v(0)), v(INF), v(INF), v(-INF));
        double tiny = Math.scalb(1.0, -132); // 1/tiny overflows in float32
        // Cotangents that are multiplied in before the partial derivative overflows.
        c.in(
                f32,
                "div" + REVERSE,
                x -> x[0].div(x[1]).mul(1e-20),
                x(v(1e-30), v(tiny)),
                v(1e-50 / tiny),
                v(1e-20 / tiny),
                v(-1e-50 / tiny / tiny));
        c.in(f32, "log" + REVERSE, x -> x[0].log().mul(1e-20), x(v(tiny)), v(1e-20 * Math.log(tiny)), v(1e-20 / tiny));
        c.in(f32, "reciprocal" + REVERSE, x -> x[0].reciprocal().mul(1e-20), x(v(1e-20)), v(1), v(-1e20));
        Fn max = x -> x[0].maximum(x[1]);
        Fn min = x -> x[0].minimum(x[1]);
        for (double equal : new double[] {0, 1, -1, INF, -INF, 1e30, 1e-30}) {
            c.both("maximum", max, x(v(equal), v(equal)), v(equal), v(0.5), v(0.5));
            c.both("minimum", min, x(v(equal), v(equal)), v(equal), v(0.5), v(0.5));
        }
        c.both("maximum", max, x(v(INF), v(1)), v(INF), v(1), v(0));
        c.both("minimum", min, x(v(-INF), v(1)), v(-INF), v(1), v(0));
        c.both("clamp of one point", x -> x[0].clamp(0, 0), x(v(0, 1, -1)), v(0, 0, 0), v(1, 0, 0));
        c.both("leakyRelu(0)", x -> x[0].leakyRelu(0), x(v(-INF, -1, 0, 2)), v(0, 0, 0, 2), v(0, 0, 0, 1));
        c.both("leakyRelu(1e20)", x -> x[0].leakyRelu(1e20), x(v(1, -1)), v(1, -1e20), v(1, 1e20));
        c.both("elu(2)", x -> x[0].elu(2), x(v(0, -INF)), v(0, -2), v(2, 0));
    }

    private static void losses(Cases c) {
        DType f32 = DType.FLOAT32;
        DType f64 = DType.FLOAT64;
        Reduction none = Reduction.NONE;
        Fn bce = x -> Losses.bce(x[0], x[1], none);
        c.both(
                "bce",
                bce,
                x(v(0, 1, 0, 1), v(0, 1, 1, 0)),
                v(0, 0, 100, 100),
                v(0, 0, -1e12, 1e12),
                v(100, -100, 100, -100));
        c.both("bce", bce, x(v(0.5), v(0.5)), v(Math.log(2)), v(0), v(0));
        c.both("bce", bce, x(v(1e-30), v(1)), v(-Math.log(1e-30)), v(-1e12), v(ANY));
        c.both("bce", bce, x(v(1e-30), v(0)), v(1e-30), v(1e-18), v(ANY));
        c.both("bce", bce, x(v(0, 1), v(0.5, 0.5)), v(50, 50), v(-5e11, 5e11), v(100, -100));
        c.in(f32, "bce of a sigmoid", x -> Losses.bce(x[0].sigmoid(), x[1], none), x(v(20), v(1)), v(0), v(0), v(-100));
        Fn logits = x -> Losses.bceWithLogits(x[0], x[1], none);
        for (double z : new double[] {10, 20, 30, 80}) {
            double tail = Math.log1p(Math.exp(-z));
            double slope = 1 / (1 + Math.exp(z));
            c.both("bceWithLogits", logits, x(v(z), v(1)), v(tail), v(-slope), v(-z));
            c.both("bceWithLogits", logits, x(v(-z), v(0)), v(tail), v(slope), v(z));
            c.both("bceWithLogits", logits, x(v(z), v(0)), v(z + tail), v(1 - slope), v(-z));
            c.both("bceWithLogits", logits, x(v(-z), v(1)), v(z + tail), v(slope - 1), v(z));
        }
        c.in(f64, "bceWithLogits", logits, x(v(40), v(1)), v(4.248354255291589e-18), v(-4.248354255291589e-18), v(-40));
        c.both("bceWithLogits", logits, x(v(INF), v(1)), v(0), v(0), v(-INF));
        c.both("bceWithLogits", logits, x(v(-INF), v(0)), v(0), v(0), v(INF));
        c.both("bceWithLogits", logits, x(v(INF), v(0)), v(INF), v(1), v(-INF));
        c.both("bceWithLogits", logits, x(v(-INF), v(1)), v(INF), v(-1), v(INF));
        Fn kl = x -> Losses.klDiv(x[0], x[1], none);
        c.both("klDiv", kl, x(v(-INF, -1), v(0, 0.5)), v(0, 0.5 * (Math.log(0.5) + 1)), v(0, -0.5), v(ANY, ANY));
        c.both("klDiv", kl, x(v(-INF), v(0.5)), v(INF), v(-0.5), v(ANY));
        c.both("klDiv", kl, x(v(0), v(1)), v(0), v(-1), v(1));
        Fn huber = x -> Losses.huber(x[0], Tensor.zerosLike(x[0]), none, 1);
        c.both("huber", huber, x(v(0, 1, -1, 2, INF, -INF)), v(0, 0.5, 0.5, 1.5, INF, INF), v(0, 1, -1, 1, 1, -1));
        c.in(
                f32,
                "huber, large",
                x -> Losses.huber(x[0], Tensor.zerosLike(x[0]), none, 1).mul(2),
                x(v(3e38)),
                v(INF),
                v(2));
        Fn l1 = x -> Losses.l1(x[0], Tensor.zerosLike(x[0]), none);
        c.both("l1", l1, x(v(0, 1e30, -1e30, INF)), v(0, 1e30, 1e30, INF), v(0, 1, -1, 1));
        c.both("mse", x -> Losses.mse(x[0], x[1]), x(v(1e15, 1e15), v(1e15, 1e15)), v(0), v(0, 0), v(0, 0));
        c.both(
                "crossEntropy, all smoothed",
                x -> Losses.crossEntropy(x[0].reshape(1, -1), Tensor.of(new int[] {0}), Reduction.SUM, 1),
                x(v(0, 0)),
                v(Math.log(2)),
                v(0, 0));
        c.both(
                "nll",
                x -> Losses.nll(x[0].reshape(1, -1), Tensor.of(new int[] {1}), Reduction.SUM),
                x(v(-INF, 0)),
                v(0),
                v(0, -1));
    }

    private static void layers(Cases c) {
        DType f32 = DType.FLOAT32;
        // Query 0 attends to no key, query 1 to both.
        Tensor mask = Tensor.of(new double[][] {{0, 0}, {1, 1}});
        Fn attention = x ->
                Functional.scaledDotProductAttention(x[0].reshape(2, 1), x[1].reshape(2, 1), x[2].reshape(2, 1), mask);
        c.both(
                "attention with a row that is masked",
                attention,
                x(v(5, 0), v(1, 2), v(3, 5)),
                v(0, 4),
                v(0, 0.5),
                v(0, 0),
                v(0.5, 0.5));
        Tensor none = Tensor.of(new double[][] {{0, 0}, {0, 0}});
        c.both(
                "attention with all masked",
                x -> Functional.scaledDotProductAttention(
                        x[0].reshape(2, 1), x[0].reshape(2, 1), x[0].reshape(2, 1), none),
                x(v(5, 1)),
                v(0, 0),
                v(0, 0));
        for (double equal : new double[] {0, 1, 1e4, 1_234_567.9, 1e15, 1e20, 1e30, 3e38}) {
            c.both("layerNorm", x -> x[0].layerNorm(1, 1e-5), x(v(equal, equal, equal)), v(0, 0, 0), v(0, 0, 0));
            c.both(
                    "batchNorm",
                    x -> x[0].reshape(-1, 1)
                            .batchNorm(Tensor.ones(x[0].dtype(), 1), Tensor.zeros(x[0].dtype(), 1), 1e-5),
                    x(v(equal, equal, equal)),
                    v(0, 0, 0),
                    v(0, 0, 0));
        }
        double r = Math.sqrt(1.5);
        for (double scale : new double[] {1e10, 1e20, 1e25, 1e30, 1e37}) {
            c.both(
                    "layerNorm",
                    x -> x[0].layerNorm(1, 1e-5),
                    x(v(scale, 2 * scale, 3 * scale)),
                    v(-r, 0, r),
                    v(0, 0, 0));
        }
        c.in(
                f32,
                "layerNorm",
                x -> x[0].layerNorm(1, 1e-5),
                x(v(1e20, 1, 1)),
                v(2 * Math.sqrt(0.5), -Math.sqrt(0.5), -Math.sqrt(0.5)),
                v(0, 0, 0));
        for (double scale : new double[] {1e-10, 1e-20, 1e-30}) {
            c.both(
                    "layerNorm without ε",
                    x -> x[0].layerNorm(1, 0),
                    x(v(scale, 2 * scale, 3 * scale)),
                    v(-r, 0, r),
                    v(ANY, ANY, ANY));
        }
    }

    /** Programs that select a branch, with functions whose derivative is not finite where they are not used. */
    private static void branches(Cases c) {
        c.both(
                "where(x > 0, √x, x)",
                x -> x[0].gt(0).where(x[0].sqrt(), x[0]),
                x(v(0, -1, 4)),
                v(0, -1, 2),
                v(1, 1, 0.25));
        c.both(
                "where(x > 0, ln x, 0)",
                x -> x[0].gt(0).where(x[0].log(), Tensor.zerosLike(x[0])),
                x(v(0, -1, 1)),
                v(0, 0, 0),
                v(0, 0, 1));
        c.both(
                "where(x > 0, x·ln x, 0)",
                x -> x[0].gt(0).where(x[0].mul(x[0].log()), Tensor.zerosLike(x[0])),
                x(v(0, 1)),
                v(0, 0),
                v(0, 1));
        c.both("where(x < 80, eˣ, x)", x -> x[0].lt(80).where(x[0].exp(), x[0]), x(v(1000, 0)), v(1000, 1), v(1, 1));
        c.both(
                "where(x ≠ 0, 1/x, 1)",
                x -> x[0].ne(0).where(x[0].reciprocal(), Tensor.onesLike(x[0])),
                x(v(0, 2)),
                v(1, 0.5),
                v(0, -0.25));
        c.both(
                "where(x ≠ 0, sin x / x, 1)",
                x -> x[0].ne(0).where(x[0].sin().div(x[0]), Tensor.onesLike(x[0])),
                x(v(0)),
                v(1),
                v(0));
        c.both(
                "where(|x| < 1, asin x, x)",
                x -> x[0].abs().lt(1).where(x[0].asin(), x[0]),
                x(v(1, -1, 0)),
                v(1, -1, 0),
                v(1, 1, 1));
        c.both("where(x > 0, x^½, x)", x -> x[0].gt(0).where(x[0].pow(0.5), x[0]), x(v(0, 4)), v(0, 2), v(1, 0.25));
        c.both("max(√x, 1)", x -> x[0].sqrt().maximum(1), x(v(0, 4)), v(1, 2), v(0, 0.25));
        c.both("relu(ln x)", x -> x[0].log().relu(), x(v(0, 1, 4)), v(0, 0, Math.log(4)), v(0, 0, 0.25));
        c.both("clamp(ln x)", x -> x[0].log().clamp(-5, 5), x(v(0, 1)), v(-5, 0), v(0, 1));
        c.both("amax(√x)", x -> x[0].sqrt().amax(), x(v(0, 4)), v(2), v(0, 0.25));
        c.both("√x of a part", x -> x[0].sqrt().slice(0, 1, 2), x(v(0, 4)), v(2), v(0, 0.25));
        c.both(
                "x/y of a part",
                x -> x[0].div(x[1]).slice(0, 1, 2),
                x(v(1, 1), v(0, 2)),
                v(0.5),
                v(0, 0.5),
                v(0, -0.25));
        c.both("√x times 0" + REVERSE, x -> x[0].sqrt().mul(0), x(v(0, 4)), v(0, 0), v(0, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isRight(Case c) {
        Tensor[] x = new Tensor[c.x.length];
        for (int i = 0; i < x.length; i++) x[i] = Tensor.of(c.x[i]).to(c.dtype);
        // Normalised values have magnitude 1; their derivatives have magnitude γ/√ε where the variance is 0.
        boolean isNormal = c.name.contains("Norm");
        assertClose(c.dtype, "value", c.value, c.f.apply(x), isNormal ? 1 : 0);
        Function<List<Tensor>, Tensor> sum =
                operands -> c.f.apply(operands.toArray(new Tensor[0])).sum();
        List<Tensor> gradients = Transforms.grad(sum, List.of(x));
        for (int i = 0; i < x.length; i++) {
            double[] right = c.gradient[i];
            double scale = Arrays.stream(right)
                    .map(Math::abs)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(0);
            assertClose(
                    c.dtype,
                    "gradient " + i,
                    right,
                    gradients.get(i),
                    Math.max(scale, isNormal ? 1 / Math.sqrt(1e-5) : 1e-3));
            if (c.name.endsWith(REVERSE)) continue;
            int moving = i;
            Function<Tensor, Tensor> alone = t -> {
                Tensor[] operands = x.clone();
                operands[moving] = t;
                return c.f.apply(operands).sum();
            };
            for (int k = 0; k < right.length; k++) {
                double[] direction = new double[right.length];
                direction[k] = 1;
                Tensor along = Tensor.of(direction).to(c.dtype);
                Tensor tangent = Transforms.jvp(alone, x[i], along).tangent();
                assertClose(
                        c.dtype,
                        "tangent " + i,
                        v(right[k]),
                        tangent,
                        Math.max(scale, isNormal ? 1 / Math.sqrt(1e-5) : 1e-3));
                if (!Double.isFinite(right[k]) || Arrays.stream(c.x[i]).anyMatch(Double::isInfinite)) continue;
                // A second derivative may be infinite but not NaN.
                for (double h : Transforms.hvp(alone, x[i], along).toDoubles())
                    assertFalse(Double.isNaN(h), "second order");
            }
        }
    }

    private static void assertClose(DType dtype, String what, double[] expected, Tensor actual, double scale) {
        boolean single = dtype == DType.FLOAT32;
        double[] got = actual.toDoubles();
        assertEquals(expected.length, got.length, what);
        for (int i = 0; i < got.length; i++) {
            double right = single ? (float) expected[i] : expected[i];
            if (Double.isNaN(right) || right == got[i]) continue;
            double unit = single ? Math.ulp(1f) : Math.ulp(1.0);
            double size = Math.abs(right);
            double least = single ? Float.MIN_VALUE : Double.MIN_VALUE;
            double tolerance = Double.isInfinite(size) ? 0 : 8 * unit * Math.max(size, scale) + least;
            assertEquals(right, got[i], tolerance, what + " at " + i);
        }
    }
}
