package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Softmax, log-softmax and cross-entropy in double precision, a few rows at a time: the rows are copied to the heap, each row's
 * maximum is subtracted so that nothing overflows, and the exponentials of all rows are computed in one loop, since rows are often
 * shorter than a vector. The JIT compiler vectorises the loops.
 */
final class SoftmaxRows {
    /** The number of elements on the heap at a time, which fit in the L1 cache. */
    private static final int BLOCK = 1024;

    /** The smallest exponent: e⁻¹¹⁰ is positive in double precision and 0 in single precision. */
    private static final double MIN_EXPONENT = -110;

    private final Array x;
    private final int columns;
    private final int maxRows;
    private final int end;
    private final float[] block;
    private final double[] shifted;
    private final double[] exponentials;
    private final double[] sums;
    private int first;
    private int count;

    private SoftmaxRows(Array x, int columns, int begin, int end, Scratch scratch) {
        this.x = x;
        this.columns = columns;
        this.end = end;
        this.first = begin;
        this.maxRows = Math.max(1, BLOCK / columns);
        this.block = scratch.block;
        this.shifted = scratch.shifted;
        this.exponentials = scratch.exponentials;
        this.sums = scratch.sums;
    }

    /** The arrays of a thread, which grow to the largest size requested. */
    private static final class Scratch {
        private static final ThreadLocal<Scratch> OWN = ThreadLocal.withInitial(Scratch::new);

        private float[] block = new float[0];
        private double[] shifted = new double[0];
        private double[] exponentials = new double[0];
        private final double[] sums = new double[BLOCK];

        static Scratch with(int columns) {
            Scratch scratch = OWN.get();
            int block = Math.max(BLOCK, columns);
            if (scratch.block.length < block) {
                scratch.block = new float[block];
                scratch.shifted = new double[block];
                scratch.exponentials = new double[block];
            }
            return scratch;
        }
    }

    /** An action on some rows whose exponentials have been computed. */
    interface Action {
        void on(SoftmaxRows rows);
    }

    /**
     * Processes the rows along the last axis, in parallel if there are many.
     *
     * @return false if a row has no finite maximum and needs special treatment; the output must not be used then
     */
    static boolean each(Array x, Action action) {
        int columns = (int) x.shape()[x.rank() - 1];
        int rows = (int) x.length() / columns;
        if (!ThreadPool.isWorthParallel(x.length() * ThreadPool.OPERATIONS_PER_EXPONENTIAL))
            return processRows(x, columns, 0, rows, action);
        AtomicBoolean finite = new AtomicBoolean(true);
        ThreadPool.run(k -> {
            boolean all =
                    processRows(x, columns, ThreadPool.begin(k, rows, 1), ThreadPool.begin(k + 1, rows, 1), action);
            if (!all) finite.set(false);
        });
        return finite.get();
    }

    private static boolean processRows(Array x, int columns, int begin, int end, Action action) {
        SoftmaxRows rows = new SoftmaxRows(x, columns, begin, end, Scratch.with(columns));
        while (rows.next()) {
            if (!rows.shift()) return false;
            rows.exponentiate();
            action.on(rows);
        }
        Reference.reachabilityFence(x);
        return true;
    }

    /** Copies the next rows to the heap; false if there are none. */
    private boolean next() {
        first += count;
        count = Math.min(maxRows, end - first);
        if (count <= 0) return false;
        x.floats().get(first * columns, block, 0, count * columns);
        return true;
    }

    /** Computes x − max in each row; false if a maximum is not finite. */
    private boolean shift() {
        for (int r = 0; r < count; r++) {
            int from = r * columns;
            int to = from + columns;
            float max = block[from];
            for (int i = from + 1; i < to; i++) max = Math.max(max, block[i]);
            if (!Float.isFinite(max)) return false;
            for (int i = from; i < to; i++) shifted[i] = (double) block[i] - max;
        }
        return true;
    }

    /** Computes eˣ⁻ᵐᵃˣ and its sum in each row. */
    private void exponentiate() {
        exp(shifted, exponentials, count * columns);
        for (int r = 0; r < count; r++) {
            double sum = 0;
            for (int i = r * columns; i < (r + 1) * columns; i++) sum += exponentials[i];
            sums[r] = sum;
        }
    }

    /**
     * eˣ for x ≤ 0, with a relative error of less than 2·10⁻⁸, a third of float precision. It is computed as (eʸ)²⁵⁶ with y = x /
     * 256, for which nine terms of the series are sufficient; eight squarings lose eight of the 53 bits, and a float has 24.
     */
    private static void exp(double[] x, double[] out, int n) {
        for (int i = 0; i < n; i++) {
            double y = Math.max(x[i], MIN_EXPONENT) * (1 / 256.0);
            double p = y * (1 / 362_880.0) + 1 / 40_320.0;
            p = p * y + 1 / 5_040.0;
            p = p * y + 1 / 720.0;
            p = p * y + 1 / 120.0;
            p = p * y + 1 / 24.0;
            p = p * y + 1 / 6.0;
            p = p * y + 1 / 2.0;
            p = p * y + 1;
            p = p * y + 1;
            double p2 = p * p;
            double p4 = p2 * p2;
            double p8 = p4 * p4;
            double p16 = p8 * p8;
            double p32 = p16 * p16;
            double p64 = p32 * p32;
            double p128 = p64 * p64;
            out[i] = p128 * p128;
        }
    }

    void softmax(FloatBuffer out) {
        for (int r = 0; r < count; r++) scale(r, 1 / sums[r]);
        write(exponentials, out);
    }

    private void scale(int row, double factor) {
        for (int i = row * columns; i < (row + 1) * columns; i++) exponentials[i] *= factor;
    }

    void logSoftmax(FloatBuffer out) {
        for (int r = 0; r < count; r++) {
            double log = Math.log(sums[r]);
            for (int i = r * columns; i < (r + 1) * columns; i++) shifted[i] -= log;
        }
        write(shifted, out);
    }

    private void write(double[] values, FloatBuffer out) {
        int n = count * columns;
        for (int i = 0; i < n; i++) block[i] = (float) values[i];
        out.put(first * columns, block, 0, n);
    }

    void crossEntropy(LongBuffer target, FloatBuffer out) {
        for (int r = 0; r < count; r++) {
            int at = r * columns + (int) target.get(first + r);
            out.put(first + r, (float) (Math.log(sums[r]) - shifted[at]));
        }
    }

    void crossEntropyBackward(LongBuffer target, FloatBuffer gradient, FloatBuffer out) {
        for (int r = 0; r < count; r++) {
            double g = gradient.get(first + r);
            scale(r, g / sums[r]);
            exponentials[r * columns + (int) target.get(first + r)] -= g;
        }
        write(exponentials, out);
    }
}
