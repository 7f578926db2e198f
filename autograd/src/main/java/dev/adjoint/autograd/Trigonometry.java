package dev.adjoint.autograd;

import static dev.adjoint.autograd.Pointwise.binary;
import static dev.adjoint.autograd.Pointwise.each;
import static dev.adjoint.autograd.Pointwise.unary;

import dev.adjoint.autograd.internal.kernels.Kernels;

/** Trigonometric and hyperbolic functions, declared as in {@link Elementwise}. Angles are in radians. */
final class Trigonometry {
    private Trigonometry() {}

    /** y = sin x, ∂y/∂x = cos x. */
    static final Primitive SIN = unary("sin", Kernels::sin, (x, y) -> x.cos()).formula("sin({0})", "cos({0})");

    /** y = cos x, ∂y/∂x = −sin x. */
    static final Primitive COS =
            unary("cos", Kernels::cos, (x, y) -> x.sin().neg()).formula("cos({0})", "(−sin({0}))");

    /** y = tan x, ∂y/∂x = 1 + y². */
    static final Primitive TAN =
            unary("tan", each(Math::tan), (x, y) -> y.square().add(1)).formula("tan({0})", "(1 + {y}²)");

    /** y = arcsin x, ∂y/∂x = 1/√(1 − x²). */
    static final Primitive ASIN =
            unary("asin", each(Math::asin), (x, y) -> oneMinusSquare(x).rsqrt()).formula("asin({0})", "1/√(1 − {0}²)");

    /** y = arccos x, ∂y/∂x = −1/√(1 − x²). */
    static final Primitive ACOS = unary(
                    "acos",
                    each(Math::acos),
                    (x, y) -> oneMinusSquare(x).rsqrt().neg())
            .formula("acos({0})", "(−1/√(1 − {0}²))");

    /** (1 − x)(1 + x): 1 − x² would lose precision near ±1. */
    private static Tensor oneMinusSquare(Tensor x) {
        return x.neg().add(1).mul(x.add(1));
    }

    /** y = arctan x, ∂y/∂x = 1/(1 + x²). */
    static final Primitive ATAN = unary("atan", each(Math::atan), (x, y) -> {
                // With u = 1/x², it is u/(1 + u): for large x, that neither overflows nor gives ∞·0 in the next
                // derivative.
                Tensor u = x.reciprocal().square();
                return x.abs().gt(1).where(u.div(u.add(1)), x.square().add(1).reciprocal());
            })
            .formula("atan({0})", "1/(1 + {0}²)");

    /** y = atan2(a, b), the angle of the point (b, a), ∂y/∂a = b/(a² + b²), ∂y/∂b = −a/(a² + b²); both are 0 at the origin. */
    static final Primitive ATAN2 = binary(
            "atan2",
            (kernels, a, b, out) -> kernels.map(Math::atan2, a, b, out),
            (a, b, y) -> overSquaredRadius(b, a, b),
            (a, b, y) -> overSquaredRadius(a, a, b).neg());

    /** c/(a² + b²), with a, b and c scaled so that no square overflows or underflows. */
    private static Tensor overSquaredRadius(Tensor c, Tensor a, Tensor b) {
        Tensor scale = Elementwise.POWER_OF_TWO.apply(a.abs().maximum(b.abs()));
        Tensor square = a.div(scale).square().add(b.div(scale).square());
        Tensor isOrigin = square.eq(0);
        return c.div(scale).div(isOrigin.where(Tensor.onesLike(square), square)).div(scale);
    }

    /** y = sinh x = (eˣ − e⁻ˣ)/2, ∂y/∂x = cosh x. */
    static final Primitive SINH =
            unary("sinh", each(Math::sinh), (x, y) -> x.cosh()).formula("sinh({0})", "cosh({0})");

    /** y = cosh x = (eˣ + e⁻ˣ)/2, ∂y/∂x = sinh x. */
    static final Primitive COSH =
            unary("cosh", each(Math::cosh), (x, y) -> x.sinh()).formula("cosh({0})", "sinh({0})");

    /** y = tanh x, ∂y/∂x = 1 − y². */
    static final Primitive TANH =
            unary("tanh", Kernels::tanh, (x, y) -> y.square().neg().add(1)).formula("tanh({0})", "(1 − {y}²)");
}
