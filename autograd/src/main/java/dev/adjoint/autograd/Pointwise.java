package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.function.DoubleUnaryOperator;

/**
 * Turns the declaration of an elementwise op, a kernel and its partial derivatives, into an {@link Primitive}: the operands are checked
 * and broadcast, and a cotangent or a tangent is multiplied by the partial.
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

    /** ∂y/∂x, of the operand x and the value y. */
    interface Partial1 {
        Tensor at(Tensor x, Tensor y);
    }

    /** ∂y/∂a or ∂y/∂b, of the operands a and b and the value y. */
    interface Partial2 {
        Tensor at(Tensor a, Tensor b, Tensor y);
    }

    /** The partial derivative 1 everywhere: the cotangent passes as it is, and no value need be saved. */
    static final Partial2 ONE = (a, b, y) -> Tensor.onesLike(y);

    /** The partial derivative −1 everywhere. */
    static final Partial2 MINUS_ONE = (a, b, y) -> Tensor.onesLike(y).neg();

    /** e⁻¹⁰⁰⁰ is 0 in double precision. */
    private static final double VANISHING = 1000;

    private Pointwise() {}

    /** A kernel made of a function of one number. */
    static Kernel1 each(DoubleUnaryOperator f) {
        return (kernels, x, out) -> kernels.map(f, x, out);
    }

    /**
     * y = d·p, and 0 where d is 0, whatever p is: what reaches no output has no derivative, also where the partial derivative is
     * infinite. The choice of one branch by {@code where} multiplies the other's cotangent by 0; times the ∞ of √0 that would be NaN.
     */
    private static final Primitive CHAIN = Primitive.symmetric(
                    "mul", forward("mul", Kernels::chain), (t, x, y) -> chain(t, x[1]), (t, x, y) -> chain(x[0], t))
            .as(Gate.SWITCHER);

    /** A cotangent or tangent times a partial derivative. */
    static Tensor chain(Tensor d, Tensor partial) {
        return CHAIN.apply(d, partial);
    }

    /** y = d/p, and 0 where d is 0: as CHAIN with the partial derivative 1/p, which would overflow before the quotient does. */
    private static final Primitive CHAIN_QUOTIENT = Primitive.symmetric(
                    "div",
                    forward("div", Kernels::chainQuotient),
                    (t, x, y) -> chainQuotient(t, x[1]),
                    (t, x, y) -> chain(chainQuotient(y, x[1]), t).neg())
            .as(Gate.SWITCHER);

    /** A cotangent or tangent divided by p. */
    static Tensor chainQuotient(Tensor d, Tensor p) {
        return CHAIN_QUOTIENT.apply(d, p);
    }

    /** x, held where e⁻ᴵˣᴵ is 0 in either precision: so the product of x and what vanishes with e⁻ᴵˣᴵ has its limit, 0, and is not ∞·0. */
    static Tensor bounded(Tensor x) {
        return x.clamp(-VANISHING, VANISHING);
    }

    /** A cotangent or tangent that a router passes where its share is not 0: nothing of it, not even ∞ or NaN, passes elsewhere. */
    static Tensor route(Tensor d, Tensor share) {
        return CHAIN.apply(share, d);
    }

    static Primitive unary(String name, Kernel1 kernel, Partial1 dx) {
        return Primitive.symmetric(name, forward(name, kernel), (d, x, y) -> chain(d, dx.at(x[0], y)));
    }

    /** An op whose rule multiplies by the partial derivative in an order that does not overflow on the way. */
    static Primitive ordered(String name, Kernel1 kernel, Primitive.Rule rule) {
        return Primitive.symmetric(name, forward(name, kernel), rule);
    }

    /** An op whose partial derivative says where it passes its operand on: 1, or 0. */
    static Primitive router(String name, Kernel1 kernel, Partial1 share) {
        return Primitive.symmetric(name, forward(name, kernel), (d, x, y) -> route(d, share.at(x[0], y)))
                .as(Gate.ROUTER);
    }

    /** An op whose partial derivatives say which of two operands it passes on. */
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

    /** An op that is constant almost everywhere: the mask of a comparison, or a sign. No gradient passes it. */
    static Primitive step(String name, Kernel1 kernel) {
        return Primitive.of(name, forward(name, kernel));
    }

    /** A comparison: 1 where it holds, else 0; of integers as well, which gives a float32 mask. No gradient passes it. */
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

    /** Reverse mode multiplies the cotangent by the partial, forward mode the tangent. */
    private static Primitive.Rule rule(Partial2 partial) {
        if (partial == ONE) return (d, x, y) -> d;
        if (partial == MINUS_ONE) return (d, x, y) -> d.neg();
        return (d, x, y) -> chain(d, partial.at(x[0], x[1], y));
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
