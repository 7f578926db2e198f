package dev.adjoint.autograd.internal.array;

import java.util.Arrays;

/** Arithmetic on shapes, strides and axes. Methods that validate their arguments take the name of the calling op, for messages. */
public final class Shapes {
    /** The largest number of axes, as in NumPy. */
    private static final int MAX_RANK = 64;

    private Shapes() {}

    /**
     * The number of elements, ∏ shape; 1 for the scalar shape [].
     *
     * @param shape a shape
     * @return the number of elements
     * @throws IllegalArgumentException if the number overflows
     */
    public static long length(long... shape) {
        long length = 1;
        for (long size : shape) length = times(length, size, shape);
        return length;
    }

    /**
     * The sum of two sizes along an axis.
     *
     * @param op the calling op, for the message
     * @param a a size
     * @param b a size
     * @return a + b
     * @throws IllegalArgumentException if it overflows
     */
    public static long plus(String op, long a, long b) {
        if (a > Long.MAX_VALUE - b) {
            throw new IllegalArgumentException(
                    op + ": sizes " + a + " and " + b + ": their sum overflows a long; take fewer elements");
        }
        return a + b;
    }

    /**
     * The product of two sizes of a shape.
     *
     * @param a a number of elements
     * @param b a size
     * @param shape the shape, for the message
     * @return a·b
     * @throws IllegalArgumentException if it overflows
     */
    public static long times(long a, long b, long... shape) {
        if (Math.multiplyHigh(a, b) != a * b >> Long.SIZE - 1) {
            throw new IllegalArgumentException(
                    "shape " + str(shape) + ": more elements than can be counted; split the tensor");
        }
        return a * b;
    }

    /**
     * Throws if a size is negative or there are too many axes.
     *
     * @param op the calling op
     * @param shape a shape
     * @throws IllegalArgumentException if a size is negative or there are too many axes
     */
    public static void check(String op, long... shape) {
        if (shape.length > MAX_RANK) {
            throw new IllegalArgumentException(
                    op + ": a shape of " + shape.length + " axes: expected at most " + MAX_RANK);
        }
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        op + ": shape " + str(shape) + ": sizes must not be negative (got " + size + ")");
            }
        }
    }

    /**
     * Row-major strides, in elements.
     *
     * @param shape a shape
     * @return the stride along each axis
     */
    public static long[] strides(long... shape) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = step;
            step *= shape[axis];
        }
        return strides;
    }

    /**
     * The common shape of two operands by NumPy's rule: aligned at the last axis, sizes must be equal or 1.
     *
     * @param op the calling op
     * @param a shape of the first operand
     * @param b shape of the second operand
     * @return the shape that both are broadcast to
     * @throws IllegalArgumentException if two sizes differ and neither is 1
     */
    public static long[] broadcast(String op, long[] a, long[] b) {
        if (Arrays.equals(a, b)) return a;
        int rank = Math.max(a.length, b.length);
        long[] shape = new long[rank];
        for (int axis = rank - 1; axis >= 0; axis--) {
            int i = axis - rank + a.length;
            int j = axis - rank + b.length;
            long sizeA = i < 0 ? 1 : a[i];
            long sizeB = j < 0 ? 1 : b[j];
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1) {
                throw new IllegalArgumentException(
                        op + ": a " + str(a) + ", b " + str(b) + ": shapes do not broadcast, axis "
                                + (axis - rank) + " differs (" + sizeA + " != " + sizeB
                                + "); sizes must be equal or 1, so reshape or unsqueeze one of them");
            }
            shape[axis] = sizeA == 1 ? sizeB : sizeA;
        }
        return shape;
    }

    /**
     * Whether {@code from} broadcasts to exactly {@code to}.
     *
     * @param from a shape
     * @param to the wanted shape
     * @return true if each size of {@code from}, aligned at the last axis, is 1 or the wanted one
     */
    public static boolean broadcastsTo(long[] from, long[] to) {
        if (from.length > to.length) return false;
        for (int i = 0; i < from.length; i++) {
            if (from[i] != 1 && from[i] != to[i + to.length - from.length]) return false;
        }
        return true;
    }

    /**
     * Strides with which an array of shape {@code from} is read as if it had shape {@code to}: 0 along each broadcast axis.
     *
     * @param from the array's shape
     * @param to the shape it is broadcast to
     * @return one stride per axis of {@code to}
     */
    public static long[] broadcastStrides(long[] from, long[] to) {
        long[] strides = new long[to.length];
        long step = 1;
        for (int i = from.length - 1; i >= 0; i--) {
            if (from[i] != 1) strides[i + to.length - from.length] = step;
            step *= from[i];
        }
        return strides;
    }

    /**
     * The axes that must be summed to undo a broadcast of {@code from} to {@code to}.
     *
     * @param from the shape before the broadcast
     * @param to the shape after it
     * @return axes of {@code to}
     */
    public static int[] broadcastAxes(long[] from, long[] to) {
        int lead = to.length - from.length;
        int[] axes = new int[to.length];
        int n = 0;
        for (int axis = 0; axis < to.length; axis++) {
            if (axis < lead || from[axis - lead] == 1 && to[axis] != 1) axes[n++] = axis;
        }
        return Arrays.copyOf(axes, n);
    }

    /**
     * Normalises an axis: a negative one is counted from the end.
     *
     * @param op the calling op
     * @param axis an axis, −rank … rank − 1
     * @param rank the number of axes
     * @return the axis, 0 … rank − 1
     * @throws IllegalArgumentException if the axis is out of range
     */
    public static int axis(String op, int axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new IllegalArgumentException(op + ": axis " + axis + " of a tensor with " + rank + " axes: "
                    + (rank == 0 ? "a scalar has none" : "expected " + -rank + " to " + (rank - 1)));
        }
        return axis < 0 ? axis + rank : axis;
    }

    /**
     * Normalises a list of axes: counted from 0, ascending. An empty list means all axes.
     *
     * @param op the calling op
     * @param axes the axes, or none for all
     * @param rank the number of axes
     * @return the axes, 0 … rank − 1, ascending
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    public static int[] axes(String op, int[] axes, int rank) {
        int[] all = new int[axes.length == 0 ? rank : axes.length];
        for (int i = 0; i < all.length; i++) all[i] = axes.length == 0 ? i : axis(op, axes[i], rank);
        Arrays.sort(all);
        for (int i = 1; i < all.length; i++) {
            if (all[i] == all[i - 1]) {
                throw new IllegalArgumentException(
                        op + ": axes " + Arrays.toString(axes) + ": axis " + all[i] + " occurs twice");
            }
        }
        return all;
    }

    /**
     * The index of an element along each axis.
     *
     * @param flat its flat index in row-major order
     * @param shape the shape
     * @return the index
     */
    public static long[] index(long flat, long... shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return index;
    }

    /**
     * The axes of one shape followed by those of another.
     *
     * @param first the leading axes
     * @param second the trailing axes
     * @return all of them
     */
    public static long[] concat(long[] first, long[] second) {
        long[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /**
     * The shape with the given axes set to size 1.
     *
     * @param shape a shape
     * @param axes normalised axes
     * @return the shape that a reduction with keepDims leaves
     */
    public static long[] keepDims(long[] shape, int[] axes) {
        long[] kept = shape.clone();
        for (int axis : axes) kept[axis] = 1;
        return kept;
    }

    /**
     * The shape without the given axes.
     *
     * @param shape a shape
     * @param axes normalised axes
     * @return the shape that a reduction without keepDims leaves
     */
    public static long[] drop(long[] shape, int[] axes) {
        long[] rest = new long[shape.length - axes.length];
        int n = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (Arrays.binarySearch(axes, axis) < 0) rest[n++] = shape[axis];
        }
        return rest;
    }

    /**
     * Inserts an axis into a shape.
     *
     * @param shape a shape
     * @param axis the position of the new axis, 0 … rank
     * @param size its size
     * @return the longer shape
     */
    public static long[] insert(long[] shape, int axis, long size) {
        long[] longer = new long[shape.length + 1];
        System.arraycopy(shape, 0, longer, 0, axis);
        longer[axis] = size;
        System.arraycopy(shape, axis, longer, axis + 1, shape.length - axis);
        return longer;
    }

    /**
     * Formats a shape for messages: [2, 3].
     *
     * @param shape a shape
     * @return its text
     */
    public static String str(long... shape) {
        return Arrays.toString(shape);
    }
}
