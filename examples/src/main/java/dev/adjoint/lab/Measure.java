package dev.adjoint.lab;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.inspect.OpCount;
import java.util.Arrays;
import java.util.List;

/** Times, memory, counts, and lines through points. */
final class Measure {
    private static final int ROUNDS = 9;
    private static final double ROUND_SECONDS = 0.01;
    private static final double WARM_SECONDS = 0.25;
    /** After so long the JIT compiler is done with a layer; vector instructions are very slow before. */
    private static final double SETTLED_SECONDS = 1;
    /** What takes longer is done once. */
    private static final double LONG_SECONDS = 0.3;

    private Measure() {}

    /** The best time of some work in microseconds, which a noisy neighbour disturbs least; what takes long is done but once. */
    static double micros(Runnable work) {
        double once = warm(work, WARM_SECONDS);
        int repeats = (int) Math.max(1, ROUND_SECONDS / once);
        double[] times = new double[once > LONG_SECONDS ? 1 : ROUNDS];
        for (int round = 0; round < times.length; round++) times[round] = time(work, repeats);
        return Arrays.stream(times).min().orElseThrow();
    }

    /** How much longer one piece of work takes than another: the best times of both, measured in turn. */
    static double ratio(Runnable work, Runnable other) {
        int repeats = (int) Math.max(1, ROUND_SECONDS / warm(work, SETTLED_SECONDS));
        int otherRepeats = (int) Math.max(1, ROUND_SECONDS / warm(other, SETTLED_SECONDS));
        double best = Double.POSITIVE_INFINITY;
        double otherBest = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 4 * ROUNDS; round++) {
            best = Math.min(best, time(work, repeats));
            otherBest = Math.min(otherBest, time(other, otherRepeats));
        }
        return best / otherBest;
    }

    /** Does some work for a while; returns the seconds it takes once. */
    private static double warm(Runnable work, double seconds) {
        long start = System.nanoTime();
        int runs = 0;
        do {
            work.run();
            runs++;
        } while (System.nanoTime() - start < seconds * 1e9);
        return (System.nanoTime() - start) / 1e9 / runs;
    }

    /** Microseconds for one repetition. */
    private static double time(Runnable work, int repeats) {
        long begin = System.nanoTime();
        for (int i = 0; i < repeats; i++) work.run();
        return (System.nanoTime() - begin) / 1e3 / repeats;
    }

    /** The most memory that tensors took at one time, in bytes, beyond what was taken before. */
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

    /** The slope of the line through points on log-log axes, by least squares: the power of x that y grows with. */
    static double slope(List<double[]> points, double from) {
        return slope(points, from, Double.POSITIVE_INFINITY);
    }

    /** As {@link #slope(List, double)}, of the points up to some x. */
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

    /** Where one curve comes below another, between points on log-log axes; NaN if it does not. */
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
