package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.Arrays;

/** Slicing, concatenation, flipping and padding. All are linear; each reverse rule is the transposed op. */
final class Slicing {
    private Slicing() {}

    /**
     * Slices along every axis: each step-th element from begin to end (exclusive); a negative begin or end counts from the end.
     *
     * @param begin the first index along each axis
     * @param end the end index along each axis, exclusive
     * @param step the step along each axis, at least 1
     * @return the op
     */
    static Primitive slice(long[] begin, long[] end, long[] step) {
        long[] from = begin.clone();
        long[] to = end.clone();
        long[] by = step.clone();
        return Primitive.linear(
                        "slice",
                        x -> {
                            Range r = Range.of(x[0].shape(), from, to, by);
                            return Movement.read(x[0], r.offset, r.strides, r.shape);
                        },
                        (g, x, y) -> unslice(x[0].shape(), from, to, by).apply(g))
                .scattering((g, x, sum) -> {
                    Range r = Range.of(sum.shape(), from, to, by);
                    Kernels.current().addAt(g, r.offset, r.strides, sum);
                });
    }

    /** The transpose of a slice: zeros, with the operand where the slice was taken. */
    private static Primitive unslice(long[] shape, long[] begin, long[] end, long[] step) {
        return Primitive.linear(
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

    /** The shape, strides and offset of a slice. */
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

        /** As in Python, a bound that is out of range is clamped to the nearer end. */
        private static long bound(long at, long size) {
            return Math.max(0, Math.min(size, at < 0 ? at + size : at));
        }

        private static IllegalArgumentException refused(long[] x, long[] begin, long[] end, long[] step, String why) {
            return new IllegalArgumentException("slice: x " + Shapes.str(x) + ", begin " + Shapes.str(begin) + ", end "
                    + Shapes.str(end) + ", step " + Shapes.str(step) + ": " + why);
        }
    }

    /**
     * Concatenates tensors along an existing axis.
     *
     * @param axis the axis along which they may differ in size
     * @param parts the tensors, at least one
     * @return the concatenated tensor
     * @throws IllegalArgumentException if there are none, or they differ in type or in the size of another axis
     */
    static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) throw new IllegalArgumentException("concat: no tensors: expected at least one");
        int along = Shapes.axis("concat", axis, parts[0].rank());
        Primitive.Rule[] vjps = new Primitive.Rule[parts.length];
        long[] begin = new long[parts[0].rank()];
        for (int i = 0; i < parts.length; i++) {
            checkJoins(parts[0].array(), parts[i].array(), along, i);
            long from = begin[along];
            long to = from + parts[i].shape(along);
            vjps[i] = (g, x, y) -> g.slice(along, from, to);
            begin[along] = to;
        }
        return Primitive.linear("concat", x -> joined(along, x), vjps).apply(parts);
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
        for (int i = 1; i < parts.length; i++) shape[axis] = Shapes.plus("concat", shape[axis], parts[i].shape()[axis]);
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
     * Reverses the order of the elements along axes; the reverse rule is the op itself.
     *
     * @param axes the axes to reverse; none for all
     * @return the op
     */
    static Primitive flip(int... axes) {
        int[] which = axes.clone();
        return Primitive.linear("flip", x -> flipped(x[0], which), (g, x, y) -> g.flip(which));
    }

    private static Array flipped(Array x, int... axes) {
        long[] strides = Shapes.strides(x.shape());
        long last = 0;
        for (int axis : Shapes.axes("flip", axes, x.rank())) {
            last += Math.max(0, x.shape()[axis] - 1) * strides[axis];
            strides[axis] = -strides[axis];
        }
        return Movement.read(x, last, strides, x.shape());
    }

    /**
     * Pads the operand with a constant value; the gradient is the slice inside the padding.
     *
     * @param before the number of elements added before, for each axis
     * @param after the number of elements added after, for each axis
     * @param value the padding value
     * @return the op
     */
    static Primitive pad(long[] before, long[] after, double value) {
        long[] front = before.clone();
        long[] back = after.clone();
        return Primitive.linear(
                        "pad", x -> padded(x[0], front, back, value), (g, x, y) -> inside(g, front, x[0].shape()))
                .forwardRules((t, x, y) -> pad(front, back, 0).apply(t));
    }

    private static Array padded(Array x, long[] before, long[] after, double value) {
        long[] shape = x.shape().clone();
        boolean fits = before.length == shape.length && after.length == shape.length;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            fits = before[axis] >= 0 && after[axis] >= 0;
            if (fits) shape[axis] = Shapes.plus("pad", shape[axis], Shapes.plus("pad", before[axis], after[axis]));
        }
        if (!fits) {
            throw new IllegalArgumentException("pad: x " + Shapes.str(x.shape()) + ", before " + Shapes.str(before)
                    + ", after " + Shapes.str(after)
                    + ": expected a number of elements, not negative, for each axis; use slice to cut off");
        }
        x.dtype().checkHolds("pad: x " + Shapes.str(x.shape()), value);
        Array out = Workspace.allocate(x.dtype(), shape);
        Kernels.current().fill(value, out);
        long[] strides = Shapes.strides(shape);
        long offset = 0;
        for (int axis = 0; axis < shape.length; axis++) offset += before[axis] * strides[axis];
        Kernels.current().write(x, offset, strides, out);
        return out;
    }

    private static Tensor inside(Tensor g, long[] before, long... shape) {
        long[] end = before.clone();
        long[] step = new long[shape.length];
        for (int axis = 0; axis < shape.length; axis++) {
            end[axis] += shape[axis];
            step[axis] = 1;
        }
        return g.slice(before, end, step);
    }

    /**
     * Slices along one axis, from begin to end (exclusive).
     *
     * @param x a tensor
     * @param axis the axis
     * @param begin the first index
     * @param end the end index, exclusive
     * @return the slice
     */
    static Tensor slice(Tensor x, int axis, long begin, long end) {
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
     * Selects one index along an axis and removes the axis.
     *
     * @param x a tensor
     * @param axis the axis
     * @param index the index, negative counted from the end
     * @return the slice
     */
    static Tensor select(Tensor x, int axis, long index) {
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
     * Stacks tensors of the same shape along a new axis.
     *
     * @param axis the position of the new axis in the result
     * @param parts the tensors, at least one
     * @return the stacked tensor
     * @throws IllegalArgumentException if there are none, or they differ in shape or type
     */
    static Tensor stack(int axis, Tensor... parts) {
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
}
