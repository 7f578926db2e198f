package dev.adjoint.autograd.rules;

import static dev.adjoint.autograd.rules.Pointwise.binary;
import static dev.adjoint.autograd.rules.Pointwise.each;
import static dev.adjoint.autograd.rules.Pointwise.unary;

import dev.adjoint.autograd.graph.Op;
import dev.adjoint.autograd.kernels.Kernels;

/** Circular and hyperbolic functions, declared as in {@link Elementwise}. Angles are in radians. */
public final class Trigonometry {
    private Trigonometry() {}

    /** y = sin x, ∂y/∂x = cos x. */
    public static final Op SIN = unary("sin", Kernels::sin, (x, y) -> x.cos());

    /** y = cos x, ∂y/∂x = −sin x. */
    public static final Op COS = unary("cos", Kernels::cos, (x, y) -> x.sin().neg());

    /** y = tan x, ∂y/∂x = 1 + y². */
    public static final Op TAN =
            unary("tan", each(Math::tan), (x, y) -> y.square().add(1));

    /** y = arcsin x, ∂y/∂x = 1/√(1 − x²). */
    public static final Op ASIN =
            unary("asin", each(Math::asin), (x, y) -> x.square().neg().add(1).rsqrt());

    /** y = arccos x, ∂y/∂x = −1/√(1 − x²). */
    public static final Op ACOS = unary(
            "acos", each(Math::acos), (x, y) -> x.square().neg().add(1).rsqrt().neg());

    /** y = arctan x, ∂y/∂x = 1/(1 + x²). */
    public static final Op ATAN =
            unary("atan", each(Math::atan), (x, y) -> x.square().add(1).reciprocal());

    /** y = the angle of the point (b, a), ∂y/∂a = b/(a² + b²), ∂y/∂b = −a/(a² + b²). */
    public static final Op ATAN2 = binary(
            "atan2",
            (kernels, a, b, out) -> kernels.map(Math::atan2, a, b, out),
            (a, b, y) -> b.div(a.square().add(b.square())),
            (a, b, y) -> a.div(a.square().add(b.square())).neg());

    /** y = sinh x = (eˣ − e⁻ˣ)/2, ∂y/∂x = cosh x. */
    public static final Op SINH = unary("sinh", each(Math::sinh), (x, y) -> x.cosh());

    /** y = cosh x = (eˣ + e⁻ˣ)/2, ∂y/∂x = sinh x. */
    public static final Op COSH = unary("cosh", each(Math::cosh), (x, y) -> x.sinh());

    /** y = tanh x, ∂y/∂x = 1 − y². */
    public static final Op TANH =
            unary("tanh", Kernels::tanh, (x, y) -> y.square().neg().add(1));
}
