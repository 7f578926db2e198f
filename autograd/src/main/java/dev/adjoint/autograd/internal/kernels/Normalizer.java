package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.Groups;
import java.util.function.IntConsumer;
import java.util.function.IntToDoubleFunction;

/** Normalises one group of elements, in double precision. */
final class Normalizer {
    private final Array x;
    private final Groups groups;
    private final int group;
    /** The computed mean; {@link #centerError} is its rounding error, so that deviations of equal elements are 0. */
    private final double center;

    private final double centerError;
    private final double variance;
    /** r = 1/√(σ² + ε). */
    private final double scale;

    Normalizer(Array x, Groups groups, int group, double epsilon) {
        this.x = x;
        this.groups = groups;
        this.group = group;
        double middle = total(i -> x.get(i)) / groups.size();
        this.center = middle;
        double rest = total(i -> x.get(i) - middle) / groups.size();
        this.centerError = rest;
        this.variance = total(i -> square(x.get(i) - middle - rest)) / groups.size();
        this.scale = 1 / Math.sqrt(variance + epsilon);
    }

    private static double square(double a) {
        return a * a;
    }

    double mean() {
        return center + centerError;
    }

    double variance() {
        return variance;
    }

    void normalize(double weight, double bias, Array out) {
        each(i -> out.set(i, weight * normalized(i) + bias));
    }

    void backward(double weight, Array gradient, Array out) {
        double meanGradient = total(i -> gradient.get(i)) / groups.size();
        double projection = dot(gradient) / groups.size();
        each(i -> out.set(i, weight * scale * (gradient.get(i) - meanGradient - normalized(i) * projection)));
    }

    double dot(Array gradient) {
        return total(i -> gradient.get(i) * normalized(i));
    }

    private double normalized(int i) {
        return (x.get(i) - center - centerError) * scale;
    }

    private double total(IntToDoubleFunction f) {
        double sum = 0;
        for (int run = 0; run < groups.runs(); run++) {
            int from = groups.at(run, group);
            for (int i = from; i < from + groups.length(); i++) sum += f.applyAsDouble(i);
        }
        return sum;
    }

    private void each(IntConsumer action) {
        for (int run = 0; run < groups.runs(); run++) {
            int from = groups.at(run, group);
            for (int i = from; i < from + groups.length(); i++) action.accept(i);
        }
    }
}
