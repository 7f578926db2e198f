package dev.adjoint.autograd;

import static dev.adjoint.autograd.Pointwise.MINUS_ONE;
import static dev.adjoint.autograd.Pointwise.ONE;
import static dev.adjoint.autograd.Pointwise.binary;
import static dev.adjoint.autograd.Pointwise.clampToExpRange;
import static dev.adjoint.autograd.Pointwise.each;
import static dev.adjoint.autograd.Pointwise.mask;
import static dev.adjoint.autograd.Pointwise.router;
import static dev.adjoint.autograd.Pointwise.step;
import static dev.adjoint.autograd.Pointwise.unary;
import static dev.adjoint.autograd.Pointwise.withRule;
import static dev.adjoint.autograd.Pointwise.zeroSafeDiv;
import static dev.adjoint.autograd.Pointwise.zeroSafeMul;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Kernels;
import org.apache.commons.numbers.gamma.Erf;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * Declarations of the elementwise ops. Each consists of a kernel and, for every operand, the partial derivative of the result y
 * with respect to it, written in public tensor ops. {@link Pointwise} and the engine handle broadcasting, multiplication by the
 * cotangent and summation.
 */
final class Elementwise {
    private Elementwise() {}

    // ---- two operands ----

    /** y = a + b, ∂y/∂a = 1, ∂y/∂b = 1. Gate: distributor. */
    static final Primitive ADD = binary("add", Kernels::add, ONE, ONE).formula("{0} + {1}", "1", "1");

    /** y = a − b, ∂y/∂a = 1, ∂y/∂b = −1. */
    static final Primitive SUB = binary("sub", Kernels::sub, ONE, MINUS_ONE).formula("{0} − {1}", "1", "-1");

    /** y = a ⊙ b, ∂y/∂a = b, ∂y/∂b = a. Gate: switcher. */
    static final Primitive MUL = binary("mul", Kernels::mul, (a, b, y) -> b, (a, b, y) -> a)
            .as(Gate.SWITCHER)
            .formula("{0}·{1}", "{1}", "{0}");

    /** y = a / b, ∂y/∂a = 1/b, ∂y/∂b = −y/b. */
    static final Primitive DIV = Primitive.symmetric(
                    "div",
                    Pointwise.forward("div", Kernels::div),
                    (d, x, y) -> zeroSafeDiv(d, x[1]),
                    (d, x, y) -> zeroSafeMul(zeroSafeDiv(d, x[1]), y).neg())
            .formula("{0}/{1}", "1/{1}", "(−{0}/{1}²)");

    /**
     * y = max(a, b), ∂y/∂a = [a &gt; b] + ½[a = b], ∂y/∂b = [b &gt; a] + ½[a = b]. Gate: router; equal operands share the gradient
     * equally.
     */
    static final Primitive MAX = router(
                    "maximum", Kernels::maximum, (a, b, y) -> maxShare(a, b), (a, b, y) -> maxShare(b, a))
            .formula("max({0}, {1})", "[{0} > {1}]", "[{1} > {0}]");

    /** y = min(a, b), ∂y/∂a = [a &lt; b] + ½[a = b], ∂y/∂b = [b &lt; a] + ½[a = b]. */
    static final Primitive MIN = router(
                    "minimum", Kernels::minimum, (a, b, y) -> maxShare(b, a), (a, b, y) -> maxShare(a, b))
            .formula("min({0}, {1})", "[{0} < {1}]", "[{1} < {0}]");

    /** y = aᵇ, ∂y/∂a = b·aᵇ⁻¹, ∂y/∂b = y·ln a; where a = 0 would give 0·∞, they are 0. */
    static final Primitive POW = binary(
                    "pow",
                    Kernels::pow,
                    (a, b, y) -> b.mul(a.pow(oneWhere(a.eq(0).mul(b.eq(0)), b).sub(1))),
                    (a, b, y) -> y.mul(oneWhere(a.eq(0).mul(b.ge(0)), a).log()))
            .formula("{0}^{1}", "{1}·{0}^({1} − 1)", "{y}·ln({0})");

    // ---- one operand ----

    /** y = −x, ∂y/∂x = −1. */
    static final Primitive NEG = Primitive.linear("neg", Pointwise.forward("neg", Kernels::neg), (g, x, y) -> g.neg())
            .formula("−{0}", "-1");

    /** y = eˣ, ∂y/∂x = y. */
    static final Primitive EXP = unary("exp", Kernels::exp, (x, y) -> y).formula("exp({0})", "{y}");

    /** y = ln x, ∂y/∂x = 1/x. */
    static final Primitive LOG =
            withRule("log", Kernels::log, (d, x, y) -> zeroSafeDiv(d, x[0])).formula("ln({0})", "1/{0}");

    /** y = eˣ − 1, accurate near 0, ∂y/∂x = eˣ; y + 1 would lose precision where eˣ is small. */
    static final Primitive EXPM1 =
            unary("expm1", each(Math::expm1), (x, y) -> x.exp()).formula("expm1({0})", "exp({0})");

    /** y = log₂ x, exact for powers of 2, ∂y/∂x = 1/(x·ln 2). */
    static final Primitive LOG2 = withRule(
                    "log2", each(Elementwise::log2), (d, x, y) -> zeroSafeDiv(d.mul(1 / Math.log(2)), x[0]))
            .formula("log2({0})", "1/({0}·ln(2))");

    /** log₂ x = e + log₂ m with x = m·2ᵉ and m near 1. */
    private static double log2(double x) {
        if (!(x > 0) || x == Double.POSITIVE_INFINITY) return Math.log(x);
        if (x < Double.MIN_NORMAL) return log2(x * 0x1p54) - 54;
        int e = Math.getExponent(x);
        double m = Math.scalb(x, -e);
        return m > 4.0 / 3 ? e + 1 + Math.log(m / 2) / Math.log(2) : e + Math.log(m) / Math.log(2);
    }

    /** y = ln(1 + x), accurate near 0, ∂y/∂x = 1/(1 + x). */
    static final Primitive LOG1P = withRule("log1p", each(Math::log1p), (d, x, y) -> zeroSafeDiv(d, x[0].add(1)))
            .formula("log1p({0})", "1/(1 + {0})");

    /** y = √x, ∂y/∂x = ½/y. */
    static final Primitive SQRT = withRule("sqrt", Kernels::sqrt, (d, x, y) -> zeroSafeDiv(d.mul(0.5), y))
            .formula("√{0}", "1/(2·{y})");

    /** y = √x as the last step of a norm or standard deviation, ∂y/∂x = ½/y, or 0 where y is 0: the smallest subgradient. */
    static final Primitive SAFE_SQRT = unary("length", Kernels::sqrt, (x, y) -> {
        Tensor isZero = y.eq(0);
        return isZero.where(
                Tensor.zerosLike(y), oneWhere(isZero, y).reciprocal().mul(0.5));
    });

    /** y = the largest power of 2 that is at most |x|, or 1 where x is 0, NaN or infinite: a scale factor without rounding errors. */
    static final Primitive POWER_OF_TWO = step("powerOfTwo", each(Elementwise::powerOfTwo));

    static double powerOfTwo(double x) {
        return x == 0 || !Double.isFinite(x) ? 1 : Math.scalb(1.0, Math.max(Math.getExponent(x), -1000));
    }

    /** y = 1/√x, ∂y/∂x = −½y³. */
    static final Primitive RSQRT = withRule(
                    "rsqrt",
                    each(x -> 1 / Math.sqrt(x)),
                    (d, x, y) -> zeroSafeMul(zeroSafeMul(zeroSafeMul(d.mul(-0.5), y), y), y))
            .formula("1/√{0}", "(−½·{y}³)");

    /** y = x², ∂y/∂x = 2x. */
    static final Primitive SQUARE = withRule("square", Kernels::square, (d, x, y) -> zeroSafeMul(d.mul(2), x[0]))
            .formula("{0}²", "2·{0}");

    /** y = 1/x, ∂y/∂x = −y². */
    static final Primitive RECIPROCAL = withRule(
                    "reciprocal",
                    Kernels::reciprocal,
                    (d, x, y) -> zeroSafeMul(zeroSafeMul(d, y), y).neg())
            .formula("1/{0}", "(−{y}²)");

    /** y = |x|, ∂y/∂x = sign x. */
    static final Primitive ABS = unary("abs", Kernels::abs, (x, y) -> x.sign()).formula("|{0}|", "sign({0})");

    /** y = erf x = 2/√π ∫₀ˣ e⁻ᵗ² dt, ∂y/∂x = 2/√π·e⁻ˣ². */
    static final Primitive ERF = unary(
                    "erf",
                    each(Erf::value),
                    (x, y) -> clampToExpRange(x).square().neg().exp().mul(2 / Math.sqrt(Math.PI)))
            .formula("erf({0})", "2/√π·exp(−{0}²)");

    /** y = erfc x = 1 − erf x, accurate where it is small, ∂y/∂x = −2/√π·e⁻ˣ². */
    static final Primitive ERFC = unary(
            "erfc",
            each(Erfc::value),
            (x, y) -> clampToExpRange(x).square().neg().exp().mul(-2 / Math.sqrt(Math.PI)));

    /**
     * y = min(max(x, min), max), ∂y/∂x = [min ≤ x ≤ max].
     *
     * @param min lower bound
     * @param max upper bound, not below the lower one
     * @return the op
     * @throws IllegalArgumentException if min &gt; max or a bound is NaN
     */
    static Primitive clamp(double min, double max) {
        if (!(min <= max)) {
            throw new IllegalArgumentException(
                    "clamp: min " + min + ", max " + max + ": expected min <= max; swap the bounds");
        }
        return router(
                "clamp",
                (k, x, out) -> k.clamp(x, min, max, out),
                (x, y) -> x.ge(min).mul(x.le(max)));
    }

    // ---- step functions: constant almost everywhere, so no gradient passes through them ----

    /** y = sign x, −1, 0 or 1. */
    static final Primitive SIGN = step("sign", Kernels::sign);

    /** y = [a = b]. */
    static final Primitive EQ = mask("eq", Kernels::eq);

    /** y = [a &gt; b]. */
    static final Primitive GT = mask("gt", Kernels::gt);

    /** y = [a ≥ b]. */
    static final Primitive GE = mask("ge", Kernels::ge);

    /** y = [a &lt; b]. */
    static final Primitive LT = mask("lt", (k, a, b, out) -> k.gt(b, a, out));

    /** y = [a ≤ b]. */
    static final Primitive LE = mask("le", (k, a, b, out) -> k.ge(b, a, out));

    // ---- three operands ----

    /** y = a where the condition is not 0, else b; each operand gets the gradient where it was selected. */
    static final Primitive WHERE = Primitive.symmetric(
                    "where",
                    Elementwise::select,
                    null,
                    (d, x, y) -> x[0].where(d, Tensor.zerosLike(d)),
                    (d, x, y) -> x[0].where(Tensor.zerosLike(d), d))
            .as(Gate.ROUTER);

    private static Array select(Array... x) {
        Check.floating("where", "condition", x[0]);
        Check.floating("where", "a", x[1]);
        Check.sameType("where", x[1], x[2]);
        Check.sameType("where", "condition", x[0], "a", x[1]);
        long[] shape = Shapes.broadcast("where", x[1].shape(), x[2].shape());
        shape = Shapes.broadcast("where", x[0].shape(), shape);
        Array out = Workspace.allocate(x[1].dtype(), shape);
        Kernels.current().where(x[0], x[1], x[2], out);
        return out;
    }

    /** [a &gt; b] + ½[a = b]. */
    private static Tensor maxShare(Tensor a, Tensor b) {
        return a.gt(b).add(a.eq(b).mul(0.5));
    }

    /** x with 1 where the mask is set, so that functions of it are finite there. */
    private static Tensor oneWhere(Tensor mask, Tensor x) {
        return mask.where(Tensor.onesLike(x), x);
    }
}
