package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Shapes;
import java.util.Arrays;

/** Reductions that are compositions of other ops, which also provide their derivatives. */
final class Statistics {
    private Statistics() {}

    /** The number of elements that are reduced to one. */
    private static long count(String op, Tensor x, int... axes) {
        long count = 1;
        for (int axis : Shapes.axes(op, axes, x.rank())) count *= x.shape(axis);
        return count;
    }

    /**
     * The variance y = Σ (x − x̄)² / (n − c) over axes.
     *
     * @param x a tensor
     * @param correction c: 1 for the sample variance, 0 for the population variance
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if n is not larger than c
     */
    static Tensor var(Tensor x, int correction, boolean keepDims, int... axes) {
        Check.floating("var", "x", x.array());
        long count = count("var", x, axes);
        if (count <= correction) {
            throw new IllegalArgumentException("var: x " + Shapes.str(x.shape()) + ", correction " + correction + ": "
                    + count + " elements are reduced to one: expected more than the correction");
        }
        Tensor squares = x.sub(x.mean(true, axes)).square();
        return Reductions.mean(correction, keepDims, axes).apply(squares);
    }

    /**
     * The standard deviation, y = √var(x), computed as s·√var(x/s): with a scale s near the largest deviation no square overflows
     * or underflows. Its derivative is 0 where all elements are equal.
     *
     * @param x a tensor
     * @param correction 1 for the sample standard deviation, 0 for that of the population
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if n is not larger than the correction
     */
    static Tensor std(Tensor x, int correction, boolean keepDims, int... axes) {
        Tensor deviation = x.sub(x.mean(true, axes));
        Tensor scale = Elementwise.POWER_OF_TWO.apply(deviation.abs().amax(true, axes));
        Tensor variance = var(deviation.div(scale), correction, true, axes);
        Tensor y = Elementwise.SAFE_SQRT.apply(variance).mul(scale);
        return keepDims ? y : y.reshape(Shapes.drop(x.shape(), Shapes.axes("std", axes, x.rank())));
    }

    /**
     * The product over axes, computed as a binary tree of products. Its derivative is exact where elements are 0, unlike the
     * product divided by each element.
     *
     * @param x a tensor
     * @param keepDims whether the reduced axes stay, with size 1
     * @param over the axes to reduce; none for all
     * @return the reduced tensor
     */
    static Tensor prod(Tensor x, boolean keepDims, int... over) {
        Check.floating("prod", "x", x.array());
        int[] axes = Shapes.axes("prod", over, x.rank());
        long[] rest = Shapes.drop(x.shape(), axes);
        Tensor factors = x.permute(reducedLast(x.rank(), axes)).reshape(Shapes.length(rest), count("prod", x, axes));
        long[] shape = keepDims ? Shapes.keepDims(x.shape(), axes) : rest;
        if (factors.shape(1) == 0) return Tensor.ones(x.dtype(), shape);
        while (factors.shape(1) > 1) {
            long n = factors.shape(1);
            long half = n / 2;
            Tensor pairs = factors.slice(1, 0, half).mul(factors.slice(1, half, 2 * half));
            factors = n % 2 == 0 ? pairs : Tensor.concat(1, pairs, factors.slice(1, n - 1, n));
        }
        return factors.reshape(shape);
    }

    /** The permutation of axes that moves the reduced ones to the end. */
    private static int[] reducedLast(int rank, int... axes) {
        int[] order = new int[rank];
        int next = 0;
        for (int axis = 0; axis < rank; axis++) if (Arrays.binarySearch(axes, axis) < 0) order[next++] = axis;
        for (int axis : axes) order[next++] = axis;
        return order;
    }
}
