package dev.adjoint.autograd.kernels;

import static dev.adjoint.autograd.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.kernels.VectorAccess.SPECIES;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.incubator.vector.FloatVector;

/**
 * The softmax family, for a few rows at a time: they are brought to the heap, each row's maximum is taken away so that nothing
 * overflows, and the exponentials of all of them are computed in one sweep, since rows are often shorter than a vector.
 */
final class VectorRows {
    /** Floats on the heap at a time: they stay in the L1 cache. */
    private static final int BLOCK = 2048;

    private final Array x;
    private final int columns;
    private final int most;
    private final int begin;
    private final int end;
    private final float[] maxima;
    private final float[] shifted;
    private final float[] exponentials;
    private final double[] sums;
    private int first;
    private int count;

    private VectorRows(Array x, int columns, int begin, int end, Scratch scratch) {
        this.x = x;
        this.columns = columns;
        this.begin = begin;
        this.end = end;
        this.first = begin;
        this.most = Math.max(1, BLOCK / columns);
        this.maxima = scratch.maxima;
        this.shifted = scratch.shifted;
        this.exponentials = scratch.exponentials;
        this.sums = scratch.sums;
    }

    /** A thread's arrays, grown to what was asked for most. */
    private static final class Scratch {
        private static final ThreadLocal<Scratch> OWN = ThreadLocal.withInitial(Scratch::new);

        private float[] maxima = new float[0];
        private float[] row = new float[0];
        private float[] shifted = new float[0];
        private float[] exponentials = new float[0];
        private final double[] sums = new double[BLOCK];

        static Scratch with(int rows, int columns) {
            Scratch scratch = OWN.get();
            int block = Math.max(BLOCK, columns) + LANES;
            if (scratch.maxima.length < rows) scratch.maxima = new float[rows];
            if (scratch.row.length < columns) scratch.row = new float[columns];
            if (scratch.shifted.length < block) {
                scratch.shifted = new float[block];
                scratch.exponentials = new float[block];
            }
            return scratch;
        }
    }

    /** What is done with some rows, when their exponentials have been computed. */
    interface Action {
        void on(VectorRows rows);
    }

    /**
     * Goes through the rows along the last axis; the cores share a large number of them.
     *
     * @return false if a row has no finite maximum, which wants a look of its own; what was written is not to be used then
     */
    static boolean each(Array x, Action action) {
        int columns = (int) x.shape()[x.rank() - 1];
        int rows = (int) x.length() / columns;
        if (x.length() < TiledKernels.WORTH_SHARING) return some(x, columns, 0, rows, action);
        AtomicBoolean finite = new AtomicBoolean(true);
        Team.run(k -> {
            boolean all = some(x, columns, Team.begin(k, rows, 1), Team.begin(k + 1, rows, 1), action);
            if (!all) finite.set(false);
        });
        return finite.get();
    }

    private static boolean some(Array x, int columns, int begin, int end, Action action) {
        Scratch scratch = Scratch.with(end - begin, columns);
        for (int r = begin; r < end; r++) {
            x.floats().get(r * columns, scratch.row, 0, columns);
            float max = scratch.row[0];
            for (int i = 1; i < columns; i++) max = Math.max(max, scratch.row[i]);
            if (!Float.isFinite(max)) return false;
            scratch.maxima[r - begin] = max;
        }
        VectorRows rows = new VectorRows(x, columns, begin, end, scratch);
        while (rows.next()) action.on(rows);
        Reference.reachabilityFence(x);
        return true;
    }

    /** Computes eˣ⁻ᵐᵃˣ of the next rows, and their sums. */
    private boolean next() {
        first += count;
        count = Math.min(most, end - first);
        if (count <= 0) return false;
        int n = count * columns;
        x.floats().get(first * columns, shifted, 0, n);
        Reference.reachabilityFence(x);
        for (int r = 0; r < count; r++) {
            float max = maxima[first - begin + r];
            for (int i = r * columns; i < (r + 1) * columns; i++) shifted[i] -= max;
        }
        for (int i = 0; i < n; i += LANES) {
            VectorMath.exp(FloatVector.fromArray(SPECIES, shifted, i)).intoArray(exponentials, i);
        }
        for (int r = 0; r < count; r++) {
            double sum = 0;
            for (int i = r * columns; i < (r + 1) * columns; i++) sum += exponentials[i];
            sums[r] = sum;
        }
        return true;
    }

    void softmax(FloatBuffer out) {
        for (int r = 0; r < count; r++) {
            float scale = (float) (1 / sums[r]);
            for (int i = r * columns; i < (r + 1) * columns; i++) exponentials[i] *= scale;
        }
        out.put(first * columns, exponentials, 0, count * columns);
    }

    void logSoftmax(FloatBuffer out) {
        for (int r = 0; r < count; r++) {
            float log = (float) Math.log(sums[r]);
            for (int i = r * columns; i < (r + 1) * columns; i++) shifted[i] -= log;
        }
        out.put(first * columns, shifted, 0, count * columns);
    }

    void crossEntropy(LongBuffer target, FloatBuffer out) {
        for (int r = 0; r < count; r++) {
            int at = r * columns + (int) target.get(first + r);
            out.put(first + r, (float) (Math.log(sums[r]) - shifted[at]));
        }
    }

    void crossEntropySlope(LongBuffer target, FloatBuffer out) {
        softmax(out);
        for (int r = 0; r < count; r++) {
            int at = (first + r) * columns + (int) target.get(first + r);
            out.put(at, out.get(at) - 1);
        }
    }
}
