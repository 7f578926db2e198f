package dev.adjoint.lab;

import dev.adjoint.autograd.OpCount;
import dev.adjoint.autograd.Scope;
import java.util.Arrays;
import java.util.List;

/** Times, memory, counts, and lines through points. */
final class Measure {
    private static final int ROUNDS = 5;
    private static final double ROUND_SECONDS = 0.01;
    private static final double WARM_SECONDS = 0.05;

    private Measure() {}

    /** The median time of some work in microseconds; what takes long is done but a few times. */
    static double micros(Runnable work) {
        return micros(work, WARM_SECONDS);
    }

    static double micros(Runnable work, double warmSeconds) {
        long start = System.nanoTime();
        int runs = 0;
        do {
            work.run();
            runs++;
        } while (System.nanoTime() - start < warmSeconds * 1e9);
        double once = (System.nanoTime() - start) / 1e9 / runs;
        int repeats = (int) Math.max(1, ROUND_SECONDS / once);
        int rounds = once > 0.3 ? 1 : ROUNDS;
        double[] times = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < repeats; i++) work.run();
            times[round] = (System.nanoTime() - begin) / 1e3 / repeats;
        }
        Arrays.sort(times);
        return times[rounds / 2];
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
        double n = 0;
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double sxy = 0;
        for (double[] point : points) {
            if (point[0] < from || !(point[1] > 0)) continue;
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
