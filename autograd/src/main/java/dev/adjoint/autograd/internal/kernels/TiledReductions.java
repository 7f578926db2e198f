package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedIterator;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/** Float32 sums and max pooling in plain Java. */
final class TiledReductions {
    private TiledReductions() {}

    static void addTo(KernelTable table) {
        table.sum = TiledReductions::sum;
        table.maxPoolIndices = TiledReductions::maxPoolIndices;
    }

    /** Sums rows, columns and contiguous runs by {@link Sums}, anything else by tiles. */
    private static void sum(Array x, int[] axes, double divisor, Array out) {
        int sums = (int) out.length();
        int each = (int) (x.length() / sums);
        FloatBuffer z = out.floats();
        if (axes.length > 0 && axes[0] == x.rank() - axes.length) {
            for (int i = 0; i < sums; i++) z.put(i, (float) (Sums.total(x, i * each, each) / divisor));
        } else if (axes.length > 0 && axes[axes.length - 1] == axes.length - 1) {
            Sums.ofColumns(x, each, sums, divisor, z);
        } else {
            sumOfRuns(x, axes, divisor, z, new double[sums]);
        }
        Reference.reachabilityFence(out);
    }

    private static void sumOfRuns(Array x, int[] axes, double divisor, FloatBuffer out, double[] sums) {
        float[] tile = Tiles.own()[0];
        long[] toSums = Shapes.broadcastStrides(Shapes.keepDims(x.shape(), axes), x.shape());
        for (StridedIterator r = StridedIterator.over(x.shape(), Shapes.strides(x.shape()), toSums);
                r.hasRun();
                r.next()) {
            if (r.step(0) == 1 && r.step(1) == 0) {
                sums[r.offset(1)] += Sums.total(x, r.offset(0), r.length());
                continue;
            }
            for (int from = 0; from < r.length(); from += Tiles.SIZE) {
                int n = Math.min(Tiles.SIZE, r.length() - from);
                Tiles.load(x.floats(), r.offset(0) + from * r.step(0), r.step(0), tile, n);
                int at = r.offset(1) + from * r.step(1);
                for (int i = 0; i < n; i++) sums[at + i * r.step(1)] += tile[i];
            }
        }
        Reference.reachabilityFence(x);
        for (int i = 0; i < sums.length; i++) out.put(i, (float) (sums[i] / divisor));
    }

    private static void maxPoolIndices(Array x, ConvGeometry w, Array out) {
        int height = (int) x.shape()[2];
        int width = (int) x.shape()[3];
        int planes = (int) (x.shape()[0] * x.shape()[1]);
        int places = w.rows(height) * w.columns(width);
        ThreadPool.runParallel(x.length(), planes, 1, (from, to) -> {
            float[] plane = new float[height * width];
            for (int n = from; n < to; n++) {
                x.floats().get(n * plane.length, plane);
                maxPoolIndices(plane, height, width, w, n * plane.length, out.longs(), n * places);
            }
        });
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(out);
    }

    private static void maxPoolIndices(
            float[] plane, int height, int width, ConvGeometry w, int base, LongBuffer out, int to) {
        int next = to;
        int columns = w.columns(width);
        for (int p = 0; p < w.rows(height); p++) {
            int top = Math.max(0, p * w.strideY() - w.paddingY());
            int bottom = Math.min(height, p * w.strideY() - w.paddingY() + w.height());
            for (int q = 0; q < columns; q++) {
                int left = Math.max(0, q * w.strideX() - w.paddingX());
                int right = Math.min(width, q * w.strideX() - w.paddingX() + w.width());
                int best = top * width + left;
                float most = plane[best];
                for (int y = top; y < bottom; y++) {
                    for (int at = y * width + left; at < y * width + right; at++) {
                        float value = plane[at];
                        // The second test, for the first NaN, is made only for elements that are not greater.
                        if (value > most || value != value && most == most) {
                            most = value;
                            best = at;
                        }
                    }
                }
                out.put(next++, base + best);
            }
        }
    }
}
