package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.Arrays;

/**
 * Reductions over axes, and cumsum and softmax along an axis. In the rules, "kept" is a result or cotangent with the reduced axes
 * kept as size 1, so that it broadcasts against the operand.
 */
final class Reductions {
    private Reductions() {}

    /** A kernel that fills the reduced array. */
    private interface Reduce {
        void apply(Kernels kernels, Array x, int[] axes, Array out);
    }

    /**
     * y = Σ x over axes, ∂y/∂x = 1.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive sum(boolean keepDims, int... over) {
        int[] axes = over.clone();
        return Primitive.linear(
                        "sum",
                        reduction("sum", Kernels::sum, keepDims, axes),
                        (g, x, y) -> restoreAxes(g, x[0], axes).broadcastTo(x[0].shape()))
                .contributes("Σ {0}", "{g} for every element");
    }

    /**
     * y = Σ x / n over axes with n elements, ∂y/∂x = 1/n.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive mean(boolean keepDims, int... over) {
        return mean(0, keepDims, over);
    }

    /**
     * y = Σ x / (n − c) over axes with n elements, ∂y/∂x = 1/(n − c).
     *
     * @param correction c
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive mean(int correction, boolean keepDims, int... over) {
        int[] axes = over.clone();
        return Primitive.linear(
                        "mean",
                        reduction("mean", (k, x, all, out) -> mean(k, x, correction, all, out), keepDims, axes),
                        (g, x, y) -> restoreAxes(g.div((double) x[0].length() / y.length() - correction), x[0], axes)
                                .broadcastTo(x[0].shape()))
                .contributes("mean({0})", "{g}/n for every element");
    }

    private static void mean(Kernels kernels, Array x, int correction, int[] axes, Array out) {
        long count = 1;
        for (int axis : axes) count *= x.shape()[axis];
        kernels.sum(x, axes, count - correction, out);
        if (x.dtype() == ElementType.FLOAT32 || isWithin(out, -Double.MAX_VALUE, Double.MAX_VALUE)) return;
        // The sum of large values may overflow where their mean does not.
        Array n = Workspace.allocate(x.dtype());
        n.set(0, count - correction);
        Array parts = Workspace.allocate(x.dtype(), x.shape());
        kernels.div(x, n, parts);
        kernels.sum(parts, axes, out);
    }

    /** Whether all elements lie between two bounds; false if one is NaN. */
    private static boolean isWithin(Array x, double least, double most) {
        for (long i = 0; i < x.length(); i++) {
            double value = x.get(i);
            if (!(value >= least && value <= most)) return false;
        }
        return true;
    }

    /**
     * y = max x over axes, ∂y/∂x = [x = y] shared equally among ties. Gate: router.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive amax(boolean keepDims, int... over) {
        int[] axes = over.clone();
        return Primitive.of(
                        "amax", extremum("amax", Kernels::amax, keepDims, axes), (g, x, y) -> route(g, x[0], y, axes))
                .forwardRules((t, x, y) -> routed(t, x[0], y, keepDims, axes))
                .as(Gate.ROUTER);
    }

    /**
     * y = min x over axes, ∂y/∂x = [x = y] shared equally among ties.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive amin(boolean keepDims, int... over) {
        int[] axes = over.clone();
        return Primitive.of(
                        "amin", extremum("amin", Kernels::amin, keepDims, axes), (g, x, y) -> route(g, x[0], y, axes))
                .forwardRules((t, x, y) -> routed(t, x[0], y, keepDims, axes))
                .as(Gate.ROUTER);
    }

    /**
     * y = ln Σ eˣ over axes, ∂y/∂x = eˣ⁻ʸ.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive logsumexp(boolean keepDims, int... over) {
        int[] axes = over.clone();
        return Primitive.of(
                        "logsumexp",
                        extremum("logsumexp", Reductions::logSumExp, keepDims, axes),
                        (g, x, y) -> restoreAxes(g, x[0], axes).mul(softmaxOver(x[0], axes)))
                .forwardRules((t, x, y) -> t.mul(softmaxOver(x[0], axes)).sum(keepDims, axes));
    }

    /** eˣ⁻ᵐ / Σ eˣ⁻ᵐ with m = max x; 0 where all elements are −∞. eˣ⁻ʸ would lose the precision of the sum where y is large. */
    private static Tensor softmaxOver(Tensor x, int... axes) {
        Tensor e = x.sub(largest(axes).apply(x)).exp();
        Tensor sum = e.sum(true, axes);
        return e.div(sum.eq(0).where(Tensor.onesLike(sum), sum));
    }

    /** max x over axes, clamped to finite values. The results computed with it do not depend on it, so it has no derivative. */
    private static Primitive largest(int... axes) {
        return Primitive.of("largest", reduction("largest", Reductions::finiteMax, true, axes));
    }

    private static void finiteMax(Kernels k, Array x, int[] axes, Array out) {
        k.amax(x, axes, out);
        double bound = x.dtype() == ElementType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        k.clamp(out, -bound, bound, out);
    }

    /**
     * The index of the first maximum along an axis. No gradient passes through it.
     *
     * @param axis the axis
     * @param keepDims whether the axis stays, with size 1
     * @return the op
     */
    static Primitive argmax(int axis, boolean keepDims) {
        return Primitive.of("argmax", operands -> {
            Array x = operands[0];
            Check.floating("argmax", "x", x);
            int[] axes = {Shapes.axis("argmax", axis, x.rank())};
            Check.notEmpty("argmax", x, axes);
            Array out = Workspace.allocate(ElementType.INT64, reduced(x, keepDims, axes));
            Kernels.current().argmax(x, axes[0], out);
            return out;
        });
    }

    /**
     * y[i] = Σ x[0…i] along an axis; the reverse rule sums the cotangents from the other end.
     *
     * @param axis the axis
     * @return the op
     */
    static Primitive cumsum(int axis) {
        return Primitive.linear(
                "cumsum",
                along("cumsum", axis, Kernels::cumsum),
                (g, x, y) -> g.flip(axis).cumsum(axis).flip(axis));
    }

    /**
     * y = √Σ x² over axes, ∂y/∂x = x/y; 0 where y is 0, the smallest subgradient.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the op
     */
    static Primitive norm(boolean keepDims, int... over) {
        int[] axes = over.clone();
        return Primitive.of(
                        "norm",
                        reduction("norm", Reductions::norm, keepDims, axes),
                        (g, x, y) -> restoreAxes(g, x[0], axes).mul(unitVector(x[0], y, axes)))
                .forwardRules((t, x, y) -> t.mul(unitVector(x[0], y, axes)).sum(keepDims, axes));
    }

    /** x/y; 0 where y is 0, as are its derivatives. */
    private static Tensor unitVector(Tensor x, Tensor y, int... axes) {
        Tensor length = restoreAxes(y, x, axes);
        Tensor isZero = length.eq(0);
        return isZero.where(Tensor.zerosLike(x), x.div(isZero.where(Tensor.onesLike(length), length)));
    }

    private static void norm(Kernels k, Array x, int[] axes, Array out) {
        Array squares = Workspace.allocate(x.dtype(), x.shape());
        k.square(x, squares);
        k.sum(squares, axes, out);
        k.sqrt(out, out);
        boolean isSingle = x.dtype() == ElementType.FLOAT32;
        if (isWithin(out, isSingle ? 1e-12 : 1e-140, isSingle ? 1e18 : 1e150)) return;
        // A square may overflow or underflow where the norm does not.
        Array scale = Workspace.allocate(x.dtype(), Shapes.keepDims(x.shape(), axes));
        k.abs(x, squares);
        k.amax(squares, axes, scale);
        k.map(Elementwise::powerOfTwo, scale, scale);
        k.div(x, scale, squares);
        k.square(squares, squares);
        k.sum(squares, axes, out);
        k.sqrt(out, out);
        k.mul(out, scale.reshape(out.shape()), out);
    }

    /**
     * y = eˣ / Σ eˣ along an axis, x̄ = y ⊙ (ȳ − Σ ȳ⊙y); the Jacobian diag(y) − y·yᵀ is symmetric.
     *
     * @param axis the axis
     * @return the op
     */
    static Primitive softmax(int axis) {
        return Primitive.symmetric(
                        "softmax",
                        along("softmax", axis, Kernels::softmax),
                        (g, x, y) -> y.mul(g.sub(g.mul(y).sum(true, axis))))
                .contributes("softmax({0})", "{y} ⊙ ({g} − Σ({g} ⊙ {y}))")
                .toProbabilities();
    }

    /**
     * y = x − ln Σ eˣ along an axis, x̄ = ȳ − eʸ Σ ȳ.
     *
     * @param axis the axis
     * @return the op
     */
    static Primitive logSoftmax(int axis) {
        return Primitive.of(
                        "logSoftmax",
                        along("logSoftmax", axis, Kernels::logSoftmax),
                        (g, x, y) -> g.sub(y.exp().mul(g.sum(true, axis))))
                .forwardRules((t, x, y) -> t.sub(y.exp().mul(t).sum(true, axis)))
                .contributes("logSoftmax({0})", "{g} − softmax({0}) ⊙ Σ({g})");
    }

    /**
     * Sums a tensor to the shape that it was broadcast from: the transpose of a broadcast.
     *
     * @param x a tensor
     * @param shape the shape before the broadcast
     * @return x summed over the axes that the broadcast added or repeated
     */
    static Tensor sumTo(Tensor x, long... shape) {
        long[] from = x.array().shape();
        if (Arrays.equals(from, shape)) return x;
        if (!Shapes.broadcastsTo(shape, from)) {
            throw new IllegalArgumentException("sumTo: x " + Shapes.str(from) + " to " + Shapes.str(shape)
                    + ": the shape must be one that broadcasts to x's");
        }
        int[] axes = Shapes.broadcastAxes(shape, from);
        return (axes.length == 0 ? x : x.sum(axes)).reshape(shape);
    }

    /** The cotangent of a maximum goes to the elements that attain it. */
    private static Tensor route(Tensor g, Tensor x, Tensor y, int... axes) {
        return Pointwise.route(restoreAxes(g, x, axes), shares(x, y, axes));
    }

    /** The tangent of a maximum is the mean over the elements that attain it. */
    private static Tensor routed(Tensor t, Tensor x, Tensor y, boolean keepDims, int... axes) {
        return Pointwise.route(t, shares(x, y, axes)).sum(keepDims, axes);
    }

    private static Tensor shares(Tensor x, Tensor y, int... axes) {
        Tensor winners = x.eq(restoreAxes(y, x, axes));
        return winners.div(winners.sum(true, axes));
    }

    /** Reshapes a reduced tensor so that the reduced axes have size 1. */
    private static Tensor restoreAxes(Tensor reduced, Tensor x, int... axes) {
        int[] all = Shapes.axes("reduce", axes, x.rank());
        return reduced.reshape(Shapes.keepDims(x.shape(), all));
    }

    private static Primitive.Forward reduction(String name, Reduce kernel, boolean keepDims, int... axes) {
        return operands -> {
            Array x = operands[0];
            Check.floating(name, "x", x);
            int[] all = Shapes.axes(name, axes, x.rank());
            Array out = Workspace.allocate(x.dtype(), reduced(x, keepDims, all));
            kernel.apply(Kernels.current(), x, all, out);
            return out;
        };
    }

    /** A reduction that is not defined for an empty axis. */
    private static Primitive.Forward extremum(String name, Reduce kernel, boolean keepDims, int... axes) {
        Primitive.Forward reduce = reduction(name, kernel, keepDims, axes);
        return operands -> {
            Check.notEmpty(name, operands[0], Shapes.axes(name, axes, operands[0].rank()));
            return reduce.apply(operands);
        };
    }

    private static long[] reduced(Array x, boolean keepDims, int... axes) {
        return keepDims ? Shapes.keepDims(x.shape(), axes) : Shapes.drop(x.shape(), axes);
    }

    /** m + ln Σ eˣ⁻ᵐ with m = max x, so that nothing overflows; m is clamped to finite values, since ∞ − ∞ is NaN. */
    private static void logSumExp(Kernels k, Array x, int[] axes, Array out) {
        Array max = Workspace.allocate(x.dtype(), Shapes.keepDims(x.shape(), axes));
        finiteMax(k, x, axes, max);
        Array shifted = Workspace.allocate(x.dtype(), x.shape());
        k.sub(x, max, shifted);
        k.exp(shifted, shifted);
        k.sum(shifted, axes, out);
        k.log(out, out);
        k.add(out, max.reshape(out.shape()), out);
    }

    /** A kernel along one axis that fills an array of the operand's shape. */
    private interface Along {
        void apply(Kernels kernels, Array x, int axis, Array out);
    }

    private static Primitive.Forward along(String name, int axis, Along kernel) {
        return operands -> {
            Array x = operands[0];
            Check.floating(name, "x", x);
            Array out = Workspace.allocate(x.dtype(), x.shape());
            kernel.apply(Kernels.current(), x, Shapes.axis(name, axis, x.rank()), out);
            return out;
        };
    }
}
