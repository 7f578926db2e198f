package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedCopy;
import dev.adjoint.autograd.internal.array.StridedIterator;

/** Copies for all types, as in transposes, slices, broadcasts and concatenations. */
final class CopyKernels {
    private CopyKernels() {}

    static void copy(Array x, Array out) {
        if (x.dtype() == out.dtype()) {
            StridedCopy.copy(StridedIterator.over(new long[] {x.length()}, new long[] {1}, new long[] {1}), x, out);
            return;
        }
        for (long i = 0; i < out.length(); i++) out.set(i, x.get(i));
    }

    static void read(Array x, long offset, long[] strides, Array out) {
        StridedCopy.copy(
                StridedIterator.over(out.shape(), strides, Shapes.strides(out.shape()))
                        .from(0, offset),
                x,
                out);
    }

    static void write(Array x, long offset, long[] strides, Array out) {
        StridedCopy.copy(
                StridedIterator.over(x.shape(), Shapes.strides(x.shape()), strides)
                        .from(1, offset),
                x,
                out);
    }
}
