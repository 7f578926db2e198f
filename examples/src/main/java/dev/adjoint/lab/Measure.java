package dev.adjoint.lab;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.inspect.OpCount;
import java.util.Arrays;
import java.util.List;

/** Measures time, memory and operation counts, and fits lines to points. */
final class Measure {
    private static final int ROUNDS = 9;
    private static final double ROUND_SECONDS = 0.01;
    private static final double WARM_UP_SECONDS = 0.25;
    /** Time for the JIT compiler to finish a layer; before that, vector instructions are very slow. */
    private static final double JIT_WARM_UP_SECONDS = 1;
    /** Work that takes longer is timed only once. */
    private static final double MAX_REPEATED_SECONDS = 0.3;

    private Measure() {}

    /** Returns the best time of several rounds in microseconds, which other load on the machine affects least; long work is timed once. */
    static double micros(Runnable work) {
        double once = warm(work, WARM_UP_SECONDS);
        int repeats = (int) Math.max(1, ROUND_SECONDS / once);
        double[] times = new double[once > MAX_REPEATED_SECONDS ? 1 : ROUNDS];
        for (int round = 0; round < times.length; round++) times[round] = time(work, repeats);
        return Arrays.stream(times).min().orElseThrow();
    }

    /** Returns the ratio of the best times of two tasks, measured in turn. */
    static double ratio(Runnable work, Runnable other) {
        int repeats = (int) Math.max(1, ROUND_SECONDS / warm(work, JIT_WARM_UP_SECONDS));
        int otherRepeats = (int) Math.max(1, ROUND_SECONDS / warm(other, JIT_WARM_UP_SECONDS));
        double best = Double.POSITIVE_INFINITY;
        double otherBest = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 4 * ROUNDS; round++) {
            best = Math.min(best, time(work, repeats));
            otherBest = Math.min(otherBest, time(other, otherRepeats));
        }
        return best / otherBest;
    }

    /** Repeats the work for some time, and returns the mean time in seconds. */
    private static double warm(Runnable work, double seconds) {
        long start = System.nanoTime();
        int runs = 0;
        do {
            work.run();
            runs++;
        } while (System.nanoTime() - start < seconds * 1e9);
        return (System.nanoTime() - start) / 1e9 / runs;
    }

    /** Returns the mean time of a repetition in microseconds. */
    private static double time(Runnable work, int repeats) {
        long begin = System.nanoTime();
        for (int i = 0; i < repeats; i++) work.run();
        return (System.nanoTime() - begin) / 1e3 / repeats;
    }

    /** Returns the peak memory of tensors during the work, in bytes, relative to the memory in use before. */
    static long peak(Runnable work) {
        Scope.resetPeak();
        long before = Scope.peakBytes();
        work.run();
        return Scope.peakBytes() - before;
    }

    static long elements(Runnable work) {
        try (OpCount count = OpCount.open()) {
            work.run();
            return count.elements();
        }
    }

    static long multiplyAdds(Runnable work) {
        try (OpCount count = OpCount.open()) {
            work.run();
            return count.multiplyAdds();
        }
    }

    /** Fits a line to points on log-log axes by least squares and returns its slope: the exponent p if y grows as xᵖ. */
    static double slope(List<double[]> points, double from) {
        return slope(points, from, Double.POSITIVE_INFINITY);
    }

    /** Same as {@link #slope(List, double)}, for points with x in [from, until]. */
    static double slope(List<double[]> points, double from, double until) {
        double n = 0;
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double sxy = 0;
        for (double[] point : points) {
            if (point[0] < from || point[0] > until || !(point[1] > 0)) continue;
            double x = Math.log(point[0]);
            double y = Math.log(point[1]);
            n++;
            sx += x;
            sy += y;
            sxx += x * x;
            sxy += x * y;
        }
        return (n * sxy - sx * sy) / (n * sxx - sx * sx);
    }

    /** Returns the x at which curve a crosses above curve b, interpolated on log-log axes; NaN if it does not. */
    static double crossing(List<double[]> a, List<double[]> b) {
        for (int i = 1; i < a.size(); i++) {
            double before = Math.log(a.get(i - 1)[1] / b.get(i - 1)[1]);
            double after = Math.log(a.get(i)[1] / b.get(i)[1]);
            if (before > 0 || after <= 0) continue;
            double x0 = Math.log(a.get(i - 1)[0]);
            double x1 = Math.log(a.get(i)[0]);
            return Math.exp(x0 + (x1 - x0) * before / (before - after));
        }
        return a.get(0)[1] > b.get(0)[1] ? a.get(0)[0] : Double.NaN;
    }
}
