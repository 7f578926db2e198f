package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Float32 sums in double precision, in plain loops that the JIT compiler vectorises. They are compiled after a few steps, where
 * loops of the Vector API take dozens, and the same elements have the same sum on every machine.
 *
 * <p>Converting every float to double would take most of the time. Instead, a few floats are added in single precision, and the
 * rounding errors of the additions, which are floats themselves, are summed separately: Knuth, The Art of Computer Programming 2,
 * section 4.2.2, theorem B. Both are added to the sum in double precision.
 */
final class Sums {
    /** The length of a line: the number of floats that are added to as many others at a time. Two lines fit in the L1 cache. */
    private static final int BLOCK = 512;
    /** The number of floats that are added in single precision, with their rounding errors, before the sum is converted to double. */
    private static final int FLOAT_ADDITIONS = 8;
    /** The shortest line, for few elements: these are split into lines too, so that they are added before any conversion. */
    private static final int MIN_BLOCK = 64;

    private static final ThreadLocal<Sums> OWN = ThreadLocal.withInitial(Sums::new);

    private final float[] sum = new float[BLOCK];
    private final float[] block = new float[BLOCK];
    /** The rounding errors of the additions to {@link #sum}. */
    private final float[] roundingErrors = new float[BLOCK];
    /** The sums of columns, which grows to the largest number requested. */
    private double[] sums = new double[0];

    private Sums() {}

    /** The sum of n contiguous elements. */
    static double total(Array x, int from, int n) {
        Sums own = OWN.get();
        FloatBuffer floats = x.floats();
        double total = 0;
        int most = Math.min(BLOCK, Math.max(MIN_BLOCK, n / FLOAT_ADDITIONS));
        for (int at = 0, width, lines; at < n; at += lines * width) {
            width = Math.min(most, n - at);
            lines = Math.min(FLOAT_ADDITIONS, (n - at) / width);
            own.sumBlocks(floats, from + at, width, lines, width);
            total += own.total(width);
        }
        if (!Double.isFinite(total)) total = inDouble(floats, from, 1, n);
        Reference.reachabilityFence(x); // a buffer does not keep its memory alive
        return total;
    }

    /** The sum in double precision only, if the sum in single precision has overflowed, or an element is NaN or infinite. */
    private static double inDouble(FloatBuffer floats, int from, int step, int n) {
        double total = 0;
        for (int i = 0; i < n; i++) total += floats.get(from + i * step);
        return total;
    }

    /** The sum of each column of a row-major matrix, divided by the divisor before it is rounded. */
    static void ofColumns(Array x, int rows, int columns, double divisor, FloatBuffer out) {
        Sums own = OWN.get();
        FloatBuffer floats = x.floats();
        if (own.sums.length < columns) own.sums = new double[columns];
        double[] sums = own.sums;
        Arrays.fill(sums, 0, columns, 0);
        for (int column = 0; column < columns; column += BLOCK) {
            int width = Math.min(BLOCK, columns - column);
            // Several short rows share a line.
            int most = width < columns ? 1 : BLOCK / columns;
            for (int row = 0, together, lines; row < rows; row += lines * together) {
                together = Math.min(most, rows - row);
                lines = Math.min(FLOAT_ADDITIONS, (rows - row) / together);
                own.sumBlocks(floats, row * columns + column, together * columns, lines, together * width);
                for (int i = 0; i < together; i++) own.addTo(column, i * width, width);
            }
        }
        for (int i = 0; i < columns; i++) {
            double sum = Double.isFinite(sums[i]) ? sums[i] : inDouble(floats, i, columns, rows);
            out.put(i, (float) (sum / divisor));
        }
        Reference.reachabilityFence(x);
    }

    /** Sums lines of a given width with a given stride. */
    private void sumBlocks(FloatBuffer floats, int from, int stride, int lines, int width) {
        floats.get(from, sum, 0, width);
        Arrays.fill(roundingErrors, 0, width, 0);
        for (int k = 1; k < lines; k++) {
            floats.get(from + k * stride, block, 0, width);
            add(block, sum, roundingErrors, width);
        }
    }

    private static void add(float[] x, float[] sum, float[] roundingErrors, int n) {
        for (int i = 0; i < n; i++) {
            float a = sum[i];
            float b = x[i];
            float s = a + b;
            float ofB = s - a;
            roundingErrors[i] += (a - (s - ofB)) + (b - ofB);
            sum[i] = s;
        }
    }

    private void addTo(int at, int from, int n) {
        for (int i = 0; i < n; i++) sums[at + i] += (double) sum[from + i] + roundingErrors[from + i];
    }

    /** Uses four accumulators, since each addition depends on the one before it. */
    private double total(int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            a += (double) sum[i] + roundingErrors[i];
            b += (double) sum[i + 1] + roundingErrors[i + 1];
            c += (double) sum[i + 2] + roundingErrors[i + 2];
            d += (double) sum[i + 3] + roundingErrors[i + 3];
        }
        for (; i < n; i++) a += (double) sum[i] + roundingErrors[i];
        return (a + b) + (c + d);
    }
}
