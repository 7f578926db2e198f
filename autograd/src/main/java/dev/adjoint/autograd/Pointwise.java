package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.function.DoubleUnaryOperator;

/**
 * Builds the {@link Primitive} of an elementwise op from a kernel and its partial derivatives: operands are checked and broadcast,
 * and a cotangent or tangent is multiplied by the partial derivative.
 */
final class Pointwise {
    /** out = f(x). */
    interface Kernel1 {
        void apply(Kernels kernels, Array x, Array out);
    }

    /** out = f(a, b). */
    interface Kernel2 {
        void apply(Kernels kernels, Array a, Array b, Array out);
    }

    /** ∂y/∂x, as a function of the operand x and the result y. */
    interface Partial1 {
        Tensor at(Tensor x, Tensor y);
    }

    /** ∂y/∂a or ∂y/∂b, as a function of the operands a and b and the result y. */
    interface Partial2 {
        Tensor at(Tensor a, Tensor b, Tensor y);
    }

    /** The constant partial derivative 1: the cotangent passes through unchanged, and no value needs to be saved. */
    static final Partial2 ONE = (a, b, y) -> Tensor.onesLike(y);

    /** The constant partial derivative −1. */
    static final Partial2 MINUS_ONE = (a, b, y) -> Tensor.onesLike(y).neg();

    /** e⁻¹⁰⁰⁰ is 0 in double precision. */
    private static final double EXP_UNDERFLOW_BOUND = 1000;

    private Pointwise() {}

    /** A kernel that applies a scalar function to each element. */
    static Kernel1 each(DoubleUnaryOperator f) {
        return (kernels, x, out) -> kernels.map(f, x, out);
    }

    /**
     * y = d·p, or 0 where d is 0, whatever p is: where the cotangent is 0 the gradient is 0, even if the partial derivative is
     * infinite. {@code where} gives the branch that it does not select a cotangent of 0, which times the infinite derivative of √
     * at 0 would be NaN.
     */
    private static final Primitive ZERO_SAFE_MUL = Primitive.symmetric(
                    "mul",
                    forward("mul", Kernels::zeroSafeMul),
                    (t, x, y) -> zeroSafeMul(t, x[1]),
                    (t, x, y) -> zeroSafeMul(x[0], t))
            .as(Gate.SWITCHER);

    /** A cotangent or tangent times a partial derivative. */
    static Tensor zeroSafeMul(Tensor d, Tensor partial) {
        return ZERO_SAFE_MUL.apply(d, partial);
    }

    /** y = d/p, or 0 where d is 0: like CHAIN with the partial derivative 1/p, which could overflow where the quotient does not. */
    private static final Primitive ZERO_SAFE_DIV = Primitive.symmetric(
                    "div",
                    forward("div", Kernels::zeroSafeDiv),
                    (t, x, y) -> zeroSafeDiv(t, x[1]),
                    (t, x, y) -> zeroSafeMul(zeroSafeDiv(y, x[1]), t).neg())
            .as(Gate.SWITCHER);

    /** A cotangent or tangent divided by p. */
    static Tensor zeroSafeDiv(Tensor d, Tensor p) {
        return ZERO_SAFE_DIV.apply(d, p);
    }

    /**
     * x clamped to a range outside which e⁻ᴵˣᴵ is 0 in both precisions, so that the product of x and a factor that decays like
     * e⁻ᴵˣᴵ is its limit, 0, and not ∞·0.
     */
    static Tensor clampToExpRange(Tensor x) {
        return x.clamp(-EXP_UNDERFLOW_BOUND, EXP_UNDERFLOW_BOUND);
    }

    /** A cotangent or tangent times the share that a router passes on; 0 where the share is 0, even if the cotangent is infinite or NaN. */
    static Tensor route(Tensor d, Tensor share) {
        return ZERO_SAFE_MUL.apply(share, d);
    }

    static Primitive unary(String name, Kernel1 kernel, Partial1 dx) {
        return Primitive.symmetric(name, forward(name, kernel), (d, x, y) -> zeroSafeMul(d, dx.at(x[0], y)));
    }

    /** An op whose rule multiplies by the partial derivative in an order that avoids intermediate overflow. */
    static Primitive withRule(String name, Kernel1 kernel, Primitive.Rule rule) {
        return Primitive.symmetric(name, forward(name, kernel), rule);
    }

    /** A router of one operand: its partial derivative is 1 where it passes the operand on, else 0. */
    static Primitive router(String name, Kernel1 kernel, Partial1 share) {
        return Primitive.symmetric(name, forward(name, kernel), (d, x, y) -> route(d, share.at(x[0], y)))
                .as(Gate.ROUTER);
    }

    /** A router of two operands: its partial derivatives say which operand it passes on. */
    static Primitive router(String name, Kernel2 kernel, Partial2 shareA, Partial2 shareB) {
        return Primitive.symmetric(
                        name,
                        forward(name, kernel),
                        (d, x, y) -> route(d, shareA.at(x[0], x[1], y)),
                        (d, x, y) -> route(d, shareB.at(x[0], x[1], y)))
                .as(Gate.ROUTER);
    }

    static Primitive binary(String name, Kernel2 kernel, Partial2 da, Partial2 db) {
        boolean constant = isConstant(da) && isConstant(db);
        return constant
                ? Primitive.linear(name, forward(name, kernel), rule(da), rule(db))
                : Primitive.symmetric(name, forward(name, kernel), rule(da), rule(db));
    }

    /** A step function, constant almost everywhere, such as sign. No gradient passes through it. */
    static Primitive step(String name, Kernel1 kernel) {
        return Primitive.of(name, forward(name, kernel));
    }

    /** A comparison: 1 where true, else 0; for int64 operands the mask is float32. No gradient passes through it. */
    static Primitive mask(String name, Kernel2 kernel) {
        return Primitive.of(name, x -> {
            Check.sameType(name, x[0], x[1]);
            ElementType dtype = x[0].dtype().isFloating() ? x[0].dtype() : ElementType.FLOAT32;
            return computed(name, kernel, dtype, x);
        });
    }

    private static boolean isConstant(Partial2 partial) {
        return partial == ONE || partial == MINUS_ONE;
    }

    /** The rule that multiplies by the partial derivative: the cotangent in reverse mode, the tangent in forward mode. */
    private static Primitive.Rule rule(Partial2 partial) {
        if (partial == ONE) return (d, x, y) -> d;
        if (partial == MINUS_ONE) return (d, x, y) -> d.neg();
        return (d, x, y) -> zeroSafeMul(d, partial.at(x[0], x[1], y));
    }

    static Primitive.Forward forward(String name, Kernel1 kernel) {
        return x -> {
            Check.floating(name, "x", x[0]);
            Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
            kernel.apply(Kernels.current(), x[0], out);
            return out;
        };
    }

    static Primitive.Forward forward(String name, Kernel2 kernel) {
        return x -> {
            Check.floating(name, "a", x[0]);
            Check.sameType(name, x[0], x[1]);
            return computed(name, kernel, x[0].dtype(), x);
        };
    }

    private static Array computed(String name, Kernel2 kernel, ElementType dtype, Array... x) {
        Array out = Workspace.allocate(dtype, Shapes.broadcast(name, x[0].shape(), x[1].shape()));
        kernel.apply(Kernels.current(), x[0], x[1], out);
        return out;
    }
}
