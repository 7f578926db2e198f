package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import java.util.function.DoubleBinaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reference reductions in double precision, for all types. */
final class ReferenceReductions {
    private ReferenceReductions() {}

    static void addTo(KernelTable table) {
        table.sum = ReferenceReductions::sum;
        table.amax = (x, axes, out) -> fold(x, axes, out, Math::max);
        table.amin = (x, axes, out) -> fold(x, axes, out, Math::min);
        table.argmax = ReferenceReductions::argmax;
        table.cumsum = ReferenceReductions::cumsum;
        table.maxPoolIndices = ReferenceReductions::maxPoolIndices;
    }

    /** Sums in double precision, since ND4J's sum of floats has an error of whole percents over a million elements. */
    private static void sum(Array x, int[] axes, double divisor, Array out) {
        if (x.length() == 0 || axes.length == 0) {
            for (long i = 0; i < out.length(); i++) out.set(i, (x.length() == 0 ? 0 : x.get(i)) / divisor);
            return;
        }
        if (x.length() < ReferenceElementwise.WORTH_ND4J) {
            sumByLoop(x, axes, divisor, out);
            return;
        }
        INDArray sums = x.nd().castTo(DataType.DOUBLE).sum(axes);
        if (divisor != 1) sums = sums.div(divisor);
        out.nd().assign(sums.castTo(out.nd().dataType()).reshape('c', out.shape()));
    }

    private static void sumByLoop(Array x, int[] axes, double divisor, Array out) {
        Array lanes = lanesLast(x, axes);
        long n = x.length() / out.length();
        for (long lane = 0; lane < out.length(); lane++) {
            double sum = 0;
            for (long i = 0; i < n; i++) sum += lanes.get(lane * n + i);
            out.set(lane, sum / divisor);
        }
    }

    /** Does not use ND4J's max and min, which ignore NaN: a NaN must propagate. */
    private static void fold(Array x, int[] axes, Array out, DoubleBinaryOperator f) {
        Array lanes = lanesLast(x, axes);
        long n = out.length() == 0 ? 0 : x.length() / out.length();
        for (long lane = 0; lane < out.length(); lane++) {
            double result = lanes.get(lane * n);
            for (long i = 1; i < n; i++) result = f.applyAsDouble(result, lanes.get(lane * n + i));
            out.set(lane, result);
        }
    }

    /** Moves the given axes to the end, so that elements that are reduced together are contiguous. */
    private static Array lanesLast(Array x, int[] axes) {
        long[] rest = Shapes.drop(x.shape(), axes);
        long[] own = Shapes.strides(x.shape());
        long[] shape = new long[x.rank()];
        long[] strides = new long[x.rank()];
        System.arraycopy(rest, 0, shape, 0, rest.length);
        System.arraycopy(Shapes.drop(own, axes), 0, strides, 0, rest.length);
        for (int i = 0; i < axes.length; i++) {
            shape[rest.length + i] = x.shape()[axes[i]];
            strides[rest.length + i] = own[axes[i]];
        }
        Array moved = Workspace.allocate(x.dtype(), shape);
        CopyKernels.read(x, 0, strides, moved);
        return moved;
    }

    /** Does not use ND4J's argMax, which returns 0 as the index of a NaN. */
    private static void argmax(Array x, int axis, Array out) {
        Array lanes = lanesLast(x, new int[] {axis});
        long n = x.shape()[axis];
        for (long lane = 0; lane < out.length(); lane++) {
            long best = 0;
            for (long i = 1; i < n; i++) {
                if (isGreaterOrNaN(lanes.get(lane * n + i), lanes.get(lane * n + best))) best = i;
            }
            out.set(lane, best);
        }
    }

    /** Whether a is greater, where a NaN is greater than all numbers, as in the maximum. Double.compare would order 0 above −0. */
    private static boolean isGreaterOrNaN(double a, double b) {
        return a > b || Double.isNaN(a) && !Double.isNaN(b);
    }

    private static void cumsum(Array x, int axis, Array out) {
        long n = x.shape()[axis];
        long step = Shapes.strides(x.shape())[axis];
        for (long lane = 0; lane < (n == 0 ? 0 : x.length() / n); lane++) {
            long start = lane / step * step * n + lane % step;
            double sum = 0;
            for (long i = 0; i < n; i++) out.set(start + i * step, sum += x.get(start + i * step));
        }
    }

    private static void maxPoolIndices(Array x, ConvGeometry w, Array out) {
        long[] shape = x.shape();
        int height = (int) shape[2];
        int width = (int) shape[3];
        int next = 0;
        for (int plane = 0; plane < shape[0] * shape[1]; plane++) {
            for (int p = 0; p < w.rows(height); p++) {
                int top = p * w.strideY() - w.paddingY();
                for (int q = 0; q < w.columns(width); q++) {
                    int left = q * w.strideX() - w.paddingX();
                    int best = -1;
                    for (int y = Math.max(0, top); y < Math.min(height, top + w.height()); y++) {
                        for (int z = Math.max(0, left); z < Math.min(width, left + w.width()); z++) {
                            int at = (plane * height + y) * width + z;
                            if (best < 0 || isGreaterOrNaN(x.get(at), x.get(best))) best = at;
                        }
                    }
                    out.longs().put(next++, best);
                }
            }
        }
    }
}
