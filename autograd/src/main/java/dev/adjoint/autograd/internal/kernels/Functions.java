package dev.adjoint.autograd.internal.kernels;

/** Functions of numbers in double precision, exact at their limits, that more than one set of kernels computes. */
public final class Functions {
    private Functions() {}

    /** d·p, and 0 where d is 0. */
    static double chain(double d, double p) {
        return d == 0 ? 0 : d * p;
    }

    /** 1/(1 + e⁻ˣ) without an overflow on the way. */
    public static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    /** aᵇ. Java's is NaN for 1 to the power of ±∞ or NaN and for −1 to the power of ±∞, where IEEE 754 has 1. */
    static double pow(double a, double b) {
        if (a == 1 || a == -1 && Double.isInfinite(b)) return 1;
        return Math.pow(a, b);
    }
}
