package dev.adjoint.autograd.internal.kernels;

/** Scalar functions in double precision, exact at their limits, that several kernel sets use. */
public final class Functions {
    private Functions() {}

    /** d·p, or 0 where d is 0. */
    static double zeroSafeMul(double d, double p) {
        return d == 0 ? 0 : d * p;
    }

    /** 1/(1 + e⁻ˣ) without intermediate overflow. */
    public static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    /** aᵇ. Java's pow is NaN for 1 to the power of ±∞ or NaN and for −1 to the power of ±∞, where IEEE 754 specifies 1. */
    static double pow(double a, double b) {
        if (a == 1 || a == -1 && Double.isInfinite(b)) return 1;
        return Math.pow(a, b);
    }
}
