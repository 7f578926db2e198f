package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.Arrays;

/**
 * Reshape, permute, broadcast, type conversion and copy. All but the conversion to int64 are linear; each reverse rule is the
 * transposed op.
 */
final class Movement {
    private Movement() {}

    /**
     * Changes the shape without copying.
     *
     * @param shape the new shape; one size may be −1 and is inferred
     * @return the op
     */
    static Primitive reshape(long... shape) {
        return Primitive.linear(
                        "reshape", x -> x[0].reshape(resolve(x[0], shape)), (g, x, y) -> g.reshape(x[0].shape()))
                .contributes("reshape({0})", "{g} in the operand's shape");
    }

    private static long[] resolve(Array x, long... shape) {
        long[] resolved = shape.clone();
        int unknown = -1;
        long known = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] == -1 && unknown < 0) unknown = axis;
            else if (shape[axis] < 0) {
                throw new IllegalArgumentException(
                        cannot(x, shape) + "sizes must not be negative, and only one may be -1");
            } else known = Shapes.times(known, shape[axis], shape);
        }
        if (unknown >= 0 && known == 0) {
            throw new IllegalArgumentException(cannot(x, shape) + "with a size of 0, -1 is ambiguous; give the size");
        }
        if (unknown >= 0) resolved[unknown] = x.length() / known;
        if (Shapes.length(resolved) != x.length()) {
            throw new IllegalArgumentException(cannot(x, shape) + "it has " + x.length() + " elements, the new shape "
                    + (unknown < 0 ? "" : "a multiple of ") + known);
        }
        return resolved;
    }

    private static String cannot(Array x, long... shape) {
        return "reshape: x " + Shapes.str(x.shape()) + " to " + Shapes.str(shape) + ": ";
    }

    /**
     * Permutes the axes: axis i of the result is axis axes[i] of the operand.
     *
     * @param axes a permutation of the axes
     * @return the op
     */
    static Primitive permute(int... axes) {
        int[] order = axes.clone();
        return Primitive.linear("permute", x -> permuted(x[0], order), (g, x, y) -> g.permute(inverse(order)))
                .contributes("permute({0})", "{g} with the axes permuted back");
    }

    private static Array permuted(Array x, int... order) {
        long[] own = Shapes.strides(x.shape());
        long[] shape = new long[x.rank()];
        long[] strides = new long[x.rank()];
        int[] axes = order.length == 0 ? order : Shapes.axes("permute", order, x.rank());
        if (axes.length != x.rank()) {
            throw new IllegalArgumentException("permute: x " + Shapes.str(x.shape()) + ", order "
                    + Arrays.toString(order) + ": expected each of the " + x.rank() + " axes once");
        }
        for (int i = 0; i < shape.length; i++) {
            int axis = Shapes.axis("permute", order[i], x.rank());
            shape[i] = x.shape()[axis];
            strides[i] = own[axis];
        }
        return read(x, 0, strides, shape);
    }

    private static int[] inverse(int... order) {
        int[] inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) inverse[Math.floorMod(order[i], order.length)] = i;
        return inverse;
    }

    /**
     * Broadcasts to a shape: repeats axes of size 1 and adds leading axes; backward sums over them.
     *
     * @param shape the new shape
     * @return the op
     */
    static Primitive broadcastTo(long... shape) {
        long[] own = shape.clone();
        return Primitive.linear("broadcastTo", x -> broadcast(x[0], own), (g, x, y) -> g);
    }

    private static Array broadcast(Array x, long... shape) {
        Shapes.check("broadcastTo", shape);
        if (!Shapes.broadcastsTo(x.shape(), shape)) {
            throw new IllegalArgumentException(
                    "broadcastTo: x " + Shapes.str(x.shape()) + " to " + Shapes.str(shape)
                            + ": each size, aligned at the last axis, must be 1 or the wanted one; unsqueeze x where an axis is missing");
        }
        return read(x, 0, Shapes.broadcastStrides(x.shape(), shape), shape);
    }

    /**
     * Converts to another type.
     *
     * @param dtype the type
     * @return the op; between floating types the gradient is converted back, else none passes
     */
    static Primitive to(DType dtype) {
        Primitive.Forward convert = x -> {
            Array out = Workspace.allocate(dtype.elementType(), x[0].shape());
            Kernels.current().copy(x[0], out);
            return out;
        };
        return dtype.isFloating()
                ? Primitive.linear("to", convert, (g, x, y) -> g.to(x[0].dtype()))
                : Primitive.of("to", convert);
    }

    /**
     * The shape with all axes from {@code startAxis} on flattened into one.
     *
     * @param x a tensor
     * @param startAxis the first axis to flatten
     * @return the flattened shape
     */
    static long[] flattened(Tensor x, int startAxis) {
        int start = Shapes.axis("flatten", startAxis, x.rank());
        long[] shape = Arrays.copyOf(x.shape(), start + 1);
        shape[start] = Shapes.length(Arrays.copyOfRange(x.shape(), start, x.rank()));
        return shape;
    }

    /**
     * The shape without an axis of size 1.
     *
     * @param x a tensor
     * @param axis the axis
     * @return the shorter shape
     */
    static long[] squeezed(Tensor x, int axis) {
        int at = Shapes.axis("squeeze", axis, x.rank());
        if (x.shape(at) != 1) {
            throw new IllegalArgumentException("squeeze: x " + Shapes.str(x.shape()) + ": axis " + axis + " has size "
                    + x.shape(at) + ": expected 1; use select to pick one of them");
        }
        return Shapes.drop(x.shape(), new int[] {at});
    }

    /**
     * The shape with one more axis, of size 1.
     *
     * @param x a tensor
     * @param axis its position in the result
     * @return the longer shape
     */
    static long[] unsqueezed(Tensor x, int axis) {
        return Shapes.insert(x.shape(), Shapes.axis("unsqueeze", axis, x.rank() + 1), 1);
    }

    /**
     * The permutation of axes that swaps two of them.
     *
     * @param x a tensor
     * @param axis1 the first axis
     * @param axis2 the second axis
     * @return the permutation, for {@link #permute}
     */
    static int[] swapped(Tensor x, int axis1, int axis2) {
        if (x.rank() < 2) {
            throw new IllegalArgumentException("transpose: x " + Shapes.str(x.shape())
                    + ": expected at least two axes; unsqueeze it to make a row or a column");
        }
        int[] order = new int[x.rank()];
        for (int i = 0; i < order.length; i++) order[i] = i;
        int a = Shapes.axis("transpose", axis1, x.rank());
        int b = Shapes.axis("transpose", axis2, x.rank());
        order[a] = b;
        order[b] = a;
        return order;
    }

    /** Copies to new memory; the gradient passes through unchanged. */
    static final Primitive CLONE = Primitive.linear(
            "clone",
            x -> {
                Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
                Kernels.current().copy(x[0], out);
                return out;
            },
            (g, x, y) -> g);

    static Array read(Array x, long offset, long[] strides, long... shape) {
        Array out = Workspace.allocate(x.dtype(), shape);
        Kernels.current().read(x, offset, strides, out);
        return out;
    }
}
