package dev.adjoint.autograd.rules;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.graph.Op;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import dev.adjoint.autograd.kernels.Shapes;
import dev.adjoint.autograd.kernels.Workspace;
import java.util.function.DoubleUnaryOperator;

/**
 * Turns the declaration of an elementwise op, a kernel and its partial derivatives, into an {@link Op}: the operands are checked
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

    private Pointwise() {}

    /** A kernel made of a function of one number. */
    static Kernel1 each(DoubleUnaryOperator f) {
        return (kernels, x, out) -> kernels.map(f, x, out);
    }

    static Op unary(String name, Kernel1 kernel, Partial1 dx) {
        return Op.symmetric(name, forward(name, kernel), (d, x, y) -> d.mul(dx.at(x[0], y)));
    }

    static Op binary(String name, Kernel2 kernel, Partial2 da, Partial2 db) {
        boolean constant = isConstant(da) && isConstant(db);
        return constant
                ? Op.linear(name, forward(name, kernel), rule(da), rule(db))
                : Op.symmetric(name, forward(name, kernel), rule(da), rule(db));
    }

    /** An op that is constant almost everywhere: the mask of a comparison, or a sign. No gradient passes it. */
    static Op step(String name, Kernel1 kernel) {
        return Op.of(name, forward(name, kernel));
    }

    /** A comparison: 1 where it holds, else 0; of integers as well, which gives a float32 mask. No gradient passes it. */
    static Op mask(String name, Kernel2 kernel) {
        return Op.of(name, x -> {
            Check.sameType(name, x[0], x[1]);
            DType dtype = x[0].dtype().isFloating() ? x[0].dtype() : DType.FLOAT32;
            return computed(name, kernel, dtype, x);
        });
    }

    private static boolean isConstant(Partial2 partial) {
        return partial == ONE || partial == MINUS_ONE;
    }

    /** Reverse mode multiplies the cotangent by the partial, forward mode the tangent. */
    private static Op.Rule rule(Partial2 partial) {
        if (partial == ONE) return (d, x, y) -> d;
        if (partial == MINUS_ONE) return (d, x, y) -> d.neg();
        return (d, x, y) -> d.mul(partial.at(x[0], x[1], y));
    }

    static Op.Forward forward(String name, Kernel1 kernel) {
        return x -> {
            Check.floating(name, "x", x[0]);
            Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
            kernel.apply(Kernels.current(), x[0], out);
            return out;
        };
    }

    static Op.Forward forward(String name, Kernel2 kernel) {
        return x -> {
            Check.floating(name, "a", x[0]);
            Check.sameType(name, x[0], x[1]);
            return computed(name, kernel, x[0].dtype(), x);
        };
    }

    private static Array computed(String name, Kernel2 kernel, DType dtype, Array... x) {
        Array out = Workspace.allocate(dtype, Shapes.broadcast(name, x[0].shape(), x[1].shape()));
        kernel.apply(Kernels.current(), x[0], x[1], out);
        return out;
    }
}
