package dev.adjoint.autograd.rules;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.graph.Op;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import dev.adjoint.autograd.kernels.Shapes;
import dev.adjoint.autograd.kernels.Workspace;
import java.util.Arrays;

/** Ops that move elements without changing them. All are linear; each rule is the move back. */
public final class Movement {
    private Movement() {}

    /**
     * The same elements in another shape; no copy is made.
     *
     * @param shape the new shape; one size may be −1 and is worked out
     * @return the op
     */
    public static Op reshape(long... shape) {
        return Op.linear("reshape", x -> x[0].reshape(resolve(x[0], shape)), (g, x, y) -> g.reshape(x[0].shape()));
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
            throw new IllegalArgumentException(
                    cannot(x, shape) + "beside a size of 0 the -1 could be anything; give the size");
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
     * Axes in another order: axis i of the result is axis axes[i] of the operand.
     *
     * @param axes every axis once
     * @return the op
     */
    public static Op permute(int... axes) {
        int[] order = axes.clone();
        return Op.linear("permute", x -> permuted(x[0], order), (g, x, y) -> g.permute(inverse(order)));
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
     * Repeats axes of size 1, and adds axes in front; going back, the walk sums over them.
     *
     * @param shape the new shape
     * @return the op
     */
    public static Op broadcastTo(long... shape) {
        long[] own = shape.clone();
        return Op.linear("broadcastTo", x -> broadcast(x[0], own), (g, x, y) -> g);
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
     * Every step-th element from begin to end (exclusive) along each axis; a negative begin or end counts from the end.
     *
     * @param begin for each axis, the first element
     * @param end for each axis, the element to stop before
     * @param step for each axis, at least 1
     * @return the op
     */
    public static Op slice(long[] begin, long[] end, long[] step) {
        long[] from = begin.clone();
        long[] to = end.clone();
        long[] by = step.clone();
        return Op.linear(
                "slice",
                x -> {
                    Range r = Range.of(x[0].shape(), from, to, by);
                    return read(x[0], r.offset, r.strides, r.shape);
                },
                (g, x, y) -> unslice(x[0].shape(), from, to, by).apply(g));
    }

    /** The reverse of a slice: zeros, with the operand where the slice was taken. */
    private static Op unslice(long[] shape, long[] begin, long[] end, long[] step) {
        return Op.linear(
                "unslice",
                x -> {
                    Range r = Range.of(shape, begin, end, step);
                    Array out = Workspace.allocate(x[0].dtype(), shape);
                    Kernels.current().fill(0, out);
                    Kernels.current().write(x[0], r.offset, r.strides, out);
                    return out;
                },
                (g, x, y) -> slice(begin, end, step).apply(g));
    }

    /** Where the elements of a slice lie. */
    private static final class Range {
        final long[] shape;
        final long[] strides;
        final long offset;

        private Range(long[] shape, long[] strides, long offset) {
            this.shape = shape;
            this.strides = strides;
            this.offset = offset;
        }

        static Range of(long[] from, long[] begin, long[] end, long[] step) {
            long[] strides = Shapes.strides(from);
            long[] shape = new long[from.length];
            long offset = 0;
            if (begin.length != from.length || end.length != from.length || step.length != from.length) {
                throw refused(
                        from,
                        begin,
                        end,
                        step,
                        "expected begin, end and step for each of the " + from.length + " axes");
            }
            for (int axis = 0; axis < from.length; axis++) {
                if (step[axis] < 1) throw refused(from, begin, end, step, "step must be at least 1");
                long first = bound(begin[axis], from[axis]);
                long last = bound(end[axis], from[axis]);
                shape[axis] = last <= first ? 0 : 1 + (last - first - 1) / step[axis];
                offset += first * strides[axis];
                strides[axis] *= step[axis];
            }
            return new Range(shape, strides, Shapes.length(shape) == 0 ? 0 : offset);
        }

        /** As in Python, a bound may lie outside and is then brought to the nearer end. */
        private static long bound(long at, long size) {
            return Math.max(0, Math.min(size, at < 0 ? at + size : at));
        }

        private static IllegalArgumentException refused(long[] x, long[] begin, long[] end, long[] step, String why) {
            return new IllegalArgumentException("slice: x " + Shapes.str(x) + ", begin " + Shapes.str(begin) + ", end "
                    + Shapes.str(end) + ", step " + Shapes.str(step) + ": " + why);
        }
    }

    /**
     * Tensors one behind the other along an axis.
     *
     * @param axis the axis along which they may differ in size
     * @param parts at least one
     * @return the joined tensor
     * @throws IllegalArgumentException if there are none, or they differ in type or along another axis
     */
    public static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) throw new IllegalArgumentException("concat: no tensors: expected at least one");
        int along = Shapes.axis("concat", axis, parts[0].rank());
        Op.Vjp[] vjps = new Op.Vjp[parts.length];
        long[] begin = new long[parts[0].rank()];
        for (int i = 0; i < parts.length; i++) {
            checkJoins(parts[0].array(), parts[i].array(), along, i);
            long from = begin[along];
            long to = from + parts[i].shape(along);
            vjps[i] = (g, x, y) -> g.slice(along, from, to);
            begin[along] = to;
        }
        return Op.linear("concat", x -> joined(along, x), vjps).apply(parts);
    }

    private static void checkJoins(Array first, Array part, int axis, int i) {
        Check.sameType("concat", "part 0", first, "part " + i, part);
        long[] expected = first.shape().clone();
        if (part.rank() == first.rank()) expected[axis] = part.shape()[axis];
        if (!Arrays.equals(expected, part.shape())) {
            throw new IllegalArgumentException("concat: part 0 " + Shapes.str(first.shape()) + ", part " + i + " "
                    + Shapes.str(part.shape()) + ": they may differ along axis " + axis + " only");
        }
    }

    private static Array joined(int axis, Array... parts) {
        long[] shape = parts[0].shape().clone();
        for (int i = 1; i < parts.length; i++) shape[axis] += parts[i].shape()[axis];
        Array out = Workspace.allocate(parts[0].dtype(), shape);
        long[] strides = Shapes.strides(shape);
        long offset = 0;
        for (Array part : parts) {
            Kernels.current().write(part, offset, strides, out);
            offset += part.shape()[axis] * strides[axis];
        }
        return out;
    }

    /**
     * Converts to another type.
     *
     * @param dtype the type
     * @return the op; a gradient passes between floating types, converted back
     */
    public static Op cast(DType dtype) {
        Op.Forward convert = x -> {
            Array out = Workspace.allocate(dtype, x[0].shape());
            Kernels.current().copy(x[0], out);
            return out;
        };
        return dtype.isFloating() ? Op.linear("to", convert, (g, x, y) -> g.to(x[0].dtype())) : Op.of("to", convert);
    }

    /**
     * The shape with all axes from one on joined.
     *
     * @param x a tensor
     * @param startAxis the first axis to join
     * @return its shape, flattened
     */
    public static long[] flattened(Tensor x, int startAxis) {
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
    public static long[] squeezed(Tensor x, int axis) {
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
     * @param axis where it stands in the result
     * @return the longer shape
     */
    public static long[] unsqueezed(Tensor x, int axis) {
        return Shapes.insert(x.shape(), Shapes.axis("unsqueeze", axis, x.rank() + 1), 1);
    }

    /**
     * The order of axes that swaps two of them.
     *
     * @param x a tensor
     * @param axis1 one axis
     * @param axis2 the other
     * @return the order, for {@link #permute}
     */
    public static int[] swapped(Tensor x, int axis1, int axis2) {
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

    /**
     * The part from begin to end along one axis.
     *
     * @param x a tensor
     * @param axis the axis
     * @param begin the first element
     * @param end the element to stop before
     * @return the part
     */
    public static Tensor slice(Tensor x, int axis, long begin, long end) {
        int along = Shapes.axis("slice", axis, x.rank());
        long[] from = new long[x.rank()];
        long[] to = x.shape();
        long[] step = new long[x.rank()];
        Arrays.fill(step, 1);
        from[along] = begin;
        to[along] = end;
        return slice(from, to, step).apply(x);
    }

    /**
     * One slice along an axis, without the axis.
     *
     * @param x a tensor
     * @param axis the axis
     * @param index which, negative counted from the end
     * @return the slice
     */
    public static Tensor select(Tensor x, int axis, long index) {
        int along = Shapes.axis("select", axis, x.rank());
        long size = x.shape(along);
        if (index < -size || index >= size) {
            throw new IllegalArgumentException("select: x " + Shapes.str(x.shape()) + ", axis " + axis + ": index "
                    + index + ": expected " + -size + " to " + (size - 1));
        }
        long at = index < 0 ? index + size : index;
        return slice(x, along, at, at + 1).squeeze(along);
    }

    /**
     * Tensors of one shape side by side along a new axis.
     *
     * @param axis where the new axis stands in the result
     * @param parts at least one
     * @return the stack
     * @throws IllegalArgumentException if there are none, or they differ in shape or type
     */
    public static Tensor stack(int axis, Tensor... parts) {
        if (parts.length == 0) throw new IllegalArgumentException("stack: no tensors: expected at least one");
        int at = Shapes.axis("stack", axis, parts[0].rank() + 1);
        Tensor[] layers = new Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (!Arrays.equals(parts[0].shape(), parts[i].shape())) {
                throw new IllegalArgumentException("stack: part 0 " + Shapes.str(parts[0].shape()) + ", part " + i + " "
                        + Shapes.str(parts[i].shape())
                        + ": expected equal shapes; concat joins along an axis they have");
            }
            Check.sameType("stack", "part 0", parts[0].array(), "part " + i, parts[i].array());
            layers[i] = parts[i].unsqueeze(at);
        }
        return concat(at, layers);
    }

    /** A copy in memory of its own; the gradient passes as it is. */
    public static final Op CLONE = Op.linear(
            "clone",
            x -> {
                Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
                Kernels.current().copy(x[0], out);
                return out;
            },
            (g, x, y) -> g);

    private static Array read(Array x, long offset, long[] strides, long... shape) {
        Array out = Workspace.allocate(x.dtype(), shape);
        Kernels.current().read(x, offset, strides, out);
        return out;
    }
}
