package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.load;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.store;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.Groups;
import java.lang.ref.Reference;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Normalises one group of float32 elements, with sums of products in double precision. Factors computed from the sums are floats,
 * which overflow or underflow where the values are very large or very small: {@link #isInRange} tells whether this class can be
 * used.
 */
final class VectorNormalizer {
    /**
     * With {@link #SMALLEST}, the range of variances for which square roots, squares and products with a gradient are within the
     * float range.
     */
    private static final double LARGEST = 1e24;

    private static final double SMALLEST = 1e-30;

    private final Array x;
    private final Groups groups;
    private final int group;
    private final double mean;
    /** The mean rounded to float, which is subtracted from the elements; {@link #centerError} is the mean of the differences. */
    private final float center;

    private final double centerError;
    private final double variance;
    private final double epsilon;
    /** r = 1/√(σ² + ε). */
    private final double scale;

    VectorNormalizer(Array x, Groups groups, int group, double epsilon) {
        this.x = x;
        this.groups = groups;
        this.group = group;
        this.epsilon = epsilon;
        this.center = (float) (total(x) / groups.size());
        double[] moments = moments();
        this.centerError = moments[0] / groups.size();
        this.mean = center + centerError;
        // Rounding may make it negative where all elements are nearly equal.
        this.variance = Math.max(0, moments[1] / groups.size() - centerError * centerError);
        this.scale = 1 / Math.sqrt(variance + epsilon);
    }

    /** Whether the float range is sufficient for this group; false also if an element is NaN or infinite. */
    boolean isInRange() {
        return variance <= LARGEST && (variance >= SMALLEST || epsilon >= SMALLEST);
    }

    double mean() {
        return mean;
    }

    double variance() {
        return variance;
    }

    /** out = γ·r·(x − μ) + β. */
    void normalize(double weight, double bias, Array out) {
        combine(weight * scale, x, 0, bias, out);
    }

    /** out = γ·r·ȳ − γ·r³·mean(ȳ·(x − μ))·(x − μ) − γ·r·mean(ȳ). */
    void backward(double weight, Array gradient, Array out) {
        double sum = total(gradient);
        double meanGradient = sum / groups.size();
        double projection = (centeredDot(gradient) - centerError * sum) / groups.size();
        double factor = weight * scale;
        combine(-factor * scale * scale * projection, gradient, factor, -factor * meanGradient, out);
    }

    /** Σ ȳ·x̂. */
    double dot(Array gradient) {
        return (centeredDot(gradient) - centerError * total(gradient)) * scale;
    }

    private double total(Array a) {
        double sum = 0;
        for (int run = 0; run < groups.runs(); run++) {
            sum += Sums.total(a, groups.at(run, group), groups.length());
        }
        return sum;
    }

    /** Σ (x − center) and Σ (x − center)². */
    private double[] moments() {
        double sum = 0;
        double squares = 0;
        Object memory = VectorAccess.memory(x);
        for (int run = 0; run < groups.runs(); run++) {
            int i = groups.at(run, group);
            int end = i + groups.length();
            DoubleVector ones = DoubleVector.zero(DoubleVector.SPECIES_PREFERRED);
            DoubleVector twos = ones;
            for (; i <= end - LANES; i += LANES) {
                FloatVector v = load(memory, i).sub(center);
                DoubleVector low = (DoubleVector) v.convert(VectorOperators.F2D, 0);
                DoubleVector high = (DoubleVector) v.convert(VectorOperators.F2D, 1);
                ones = ones.add(low).add(high);
                twos = low.fma(low, high.fma(high, twos));
            }
            sum += ones.reduceLanes(VectorOperators.ADD);
            squares += twos.reduceLanes(VectorOperators.ADD);
            for (; i < end; i++) {
                double v = x.floats().get(i) - center;
                sum += v;
                squares += v * v;
            }
        }
        Reference.reachabilityFence(x);
        return new double[] {sum, squares};
    }

    /** Σ a·(x − center). */
    private double centeredDot(Array a) {
        double sum = 0;
        Object first = VectorAccess.memory(a);
        Object second = VectorAccess.memory(x);
        for (int run = 0; run < groups.runs(); run++) {
            int i = groups.at(run, group);
            int end = i + groups.length();
            DoubleVector low = DoubleVector.zero(DoubleVector.SPECIES_PREFERRED);
            DoubleVector high = low;
            for (; i <= end - LANES; i += LANES) {
                FloatVector v = load(first, i);
                FloatVector w = load(second, i).sub(center);
                low = low.add(v.convert(VectorOperators.F2D, 0).mul(w.convert(VectorOperators.F2D, 0)));
                high = high.add(v.convert(VectorOperators.F2D, 1).mul(w.convert(VectorOperators.F2D, 1)));
            }
            sum += low.add(high).reduceLanes(VectorOperators.ADD);
            for (; i < end; i++) sum += (double) a.floats().get(i) * (x.floats().get(i) - center);
        }
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(x);
        return sum;
    }

    /** out = p·(x − μ) + q·a + c. */
    private void combine(double p, Array a, double q, double c, Array out) {
        Object first = VectorAccess.memory(x);
        Object second = VectorAccess.memory(a);
        Object to = VectorAccess.memory(out);
        float factorX = (float) p;
        float factor = (float) q;
        float constant = (float) (c - p * centerError);
        for (int run = 0; run < groups.runs(); run++) {
            int i = groups.at(run, group);
            int end = i + groups.length();
            for (; i <= end - LANES; i += LANES) {
                FloatVector v = load(second, i).mul(factor).add(constant);
                store(load(first, i).sub(center).mul(factorX).add(v), to, i);
            }
            for (; i < end; i++) {
                float v = a.floats().get(i) * factor + constant;
                out.floats().put(i, (x.floats().get(i) - center) * factorX + v);
            }
        }
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(out);
    }
}
