package dev.adjoint.autograd.check;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.array.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Diagnoses a wrong gradient: each common mistake leaves a pattern that relates the computed gradient a to the numeric Jacobian J,
 * which for the cotangent u gives the right gradient n = uᵀJ.
 */
final class GradDiagnoser {
    /** The tolerance when two patterns are compared, relative to the largest element. */
    private static final double PATTERN_TOLERANCE = 1e-4;
    /** A relative error below this without a pattern is attributed to precision. */
    private static final double SMALL_ERROR = 1e-3;

    /** The largest rank at which all permutations of the axes are tried. */
    private static final int MAX_RANK = 4;

    /** A diagnosis and its details. */
    record Finding(Diagnosis diagnosis, String explanation) {
        static Finding of(Diagnosis diagnosis, String detail) {
            return new Finding(diagnosis, detail.isEmpty() ? diagnosis.toString() : diagnosis + ": " + detail);
        }
    }

    private final long[] shape;
    private final long[] resultShape;
    private final double[] u;
    /** The computed gradient, or its sampled entries. */
    private final double[] a;

    private final double[] n;
    private final boolean allEntries;
    private final NumericalJacobian jacobian;
    private final double[] previousGradient;
    private final double precision;

    GradDiagnoser(
            Tensor leaf,
            Tensor y,
            Tensor u,
            double[] analytic,
            NumericalJacobian jacobian,
            double[] previousGradient,
            GradCheck settings) {
        this.shape = leaf.shape();
        this.resultShape = y.shape();
        this.u = u.toDoubles();
        this.jacobian = jacobian;
        this.n = jacobian.numeric();
        this.allEntries = n.length == analytic.length;
        this.a = pick(analytic, jacobian.entries());
        this.previousGradient = previousGradient;
        this.precision = Math.max(PATTERN_TOLERANCE, settings.tolerance());
    }

    private static double[] pick(double[] values, int... entries) {
        return Arrays.stream(entries).mapToDouble(k -> values[k]).toArray();
    }

    /**
     * Diagnoses the gradient.
     *
     * @param transparent the contribution of each use of the leaf, with custom ops differentiated by their forward functions
     */
    Finding diagnose(Supplier<List<double[]>> transparent) {
        if (Arrays.stream(a).anyMatch(value -> !Double.isFinite(value))) return Finding.of(Diagnosis.NOT_FINITE, "");
        if (previousGradient != null) {
            String where = matches(previousGradient)
                    ? "it is the gradient at the point of the previous call"
                    : "it was right at" + " the first point and is wrong at the second";
            return Finding.of(Diagnosis.STALE_VALUE, where);
        }
        if (allZero(a)) return Finding.of(Diagnosis.ZERO, "everywhere");
        if (largest(difference(a, n)) < SMALL_ERROR * largest(n) && !isProportional(a, n)) {
            return Finding.of(Diagnosis.PRECISION_ONLY, "rounding in an intermediate step, such as in float32");
        }
        Finding weights = wrongWeights();
        if (weights != null) return weights;
        if (isProportional(a, n)) return proportion(a, n, shape, resultShape);
        Finding order = wrongOrder();
        if (order != null) return order;
        Finding slice = slice();
        if (slice != null) return slice;
        Finding uses = uses(transparent.get());
        if (uses != null) return uses;
        Finding zeros = someZeros();
        return zeros != null ? zeros : Finding.of(Diagnosis.UNKNOWN, "no common mistake explains the difference");
    }

    // ---- a pattern in the values ----

    private boolean matches(double... pattern) {
        return same(a, pattern, precision);
    }

    static boolean same(double[] a, double[] b, double tolerance) {
        return a.length == b.length && largest(difference(a, b)) <= tolerance * Math.max(largest(a), largest(b));
    }

    private static double[] difference(double[] a, double... b) {
        double[] d = new double[a.length];
        for (int i = 0; i < a.length; i++) d[i] = a[i] - b[i];
        return d;
    }

    private static double largest(double... values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static boolean allZero(double... values) {
        return Arrays.stream(values).allMatch(value -> value == 0);
    }

    /** The c that minimises ‖a − c·n‖. */
    private static double factor(double[] a, double... n) {
        double up = 0;
        double down = 0;
        for (int i = 0; i < a.length; i++) {
            up += a[i] * n[i];
            down += n[i] * n[i];
        }
        return up / down;
    }

    private static boolean isProportional(double[] a, double... n) {
        double c = factor(a, n);
        if (!Double.isFinite(c) || c == 0) return false;
        double[] scaled = Arrays.stream(n).map(value -> c * value).toArray();
        return same(a, scaled, PATTERN_TOLERANCE);
    }

    /** Finds the constant factor between two derivatives, if there is one. */
    static Finding proportion(double[] a, double[] n, long[] shape, long... resultShape) {
        if (allZero(a)) return Finding.of(Diagnosis.ZERO, "everywhere");
        if (!isProportional(a, n)) return Finding.of(Diagnosis.UNKNOWN, "no common mistake explains the difference");
        double c = factor(a, n);
        if (Math.abs(c + 1) < PATTERN_TOLERANCE)
            return Finding.of(Diagnosis.SIGN_FLIPPED, "it is −1 times the correct gradient");
        if (Math.abs(c - 1) < SMALL_ERROR)
            return Finding.of(Diagnosis.PRECISION_ONLY, "rounding in an intermediate step");
        return Finding.of(
                Diagnosis.CONSTANT_FACTOR, "it is " + named(c, shape, resultShape) + " times the correct gradient");
    }

    /** A factor and its possible sources. */
    private static String named(double c, long[] shape, long... resultShape) {
        String number = Math.abs(c - Math.rint(c)) < PATTERN_TOLERANCE
                ? Long.toString(Math.round(c))
                : Math.abs(1 / c - Math.rint(1 / c)) < PATTERN_TOLERANCE
                        ? "1/" + Math.round(1 / c)
                        : String.format(Locale.ROOT, "%.6g", c);
        long size = Math.round(Math.abs(c) < 1 ? 1 / c : c);
        boolean allEntries = number.indexOf('.') < 0 && number.indexOf('e') < 0;
        if (!allEntries || size <= 2) return number;
        List<String> sources = new ArrayList<>();
        if (shape.length > 0 && shape[0] == size) sources.add("the batch size");
        for (int axis = 1; axis < shape.length; axis++)
            if (shape[axis] == size) sources.add("the size of axis " + axis);
        if (Shapes.length(shape) == size) sources.add("the number of elements");
        if (Shapes.length(resultShape) == size) sources.add("the number of results");
        return sources.isEmpty() ? number : number + " (" + String.join(", or ", sources) + ")";
    }

    // ---- a pattern in the cotangent ----

    private Finding wrongWeights() {
        double[] ones = new double[u.length];
        Arrays.fill(ones, 1);
        if (u.length > 1 && matches(jacobian.vjp(ones)) && !same(n, jacobian.vjp(ones), precision)) {
            return Finding.of(Diagnosis.COTANGENT_IGNORED, "it is the gradient of the plain sum of the result");
        }
        return null;
    }

    /** Only one slice of the result contributes: the gradient of a broadcast operand was not summed over that axis. */
    private Finding slice() {
        for (int axis = 0; axis < resultShape.length; axis++) {
            long size = resultShape[axis];
            for (long at : new long[] {0, size - 1}) {
                double[] masked = u.clone();
                for (int i = 0; i < masked.length; i++) if (Shapes.index(i, resultShape)[axis] != at) masked[i] = 0;
                if (size > 1 && matches(jacobian.vjp(masked))) {
                    return Finding.of(
                            Diagnosis.BROADCAST_NOT_SUMMED,
                            "only index " + at + " of axis " + axis + " of the result contributes");
                }
            }
        }
        return null;
    }

    // ---- a pattern in the order of elements ----

    private Finding wrongOrder() {
        if (!allEntries) return null;
        int rank = shape.length;
        if (rank >= 2 && matches(permuted(n, shape, swapped(rank, rank - 2, rank - 1)))) {
            return Finding.of(Diagnosis.TRANSPOSED, "its elements are in the order of the transpose");
        }
        for (int[] order : permutations(rank)) {
            if (matches(permuted(n, shape, order)))
                return axisMixedUp("the axes are in the order " + Arrays.toString(order));
        }
        for (int axis = 0; axis < rank; axis++) {
            if (matches(reordered(n, shape, axis, true))) return axisMixedUp("axis " + axis + " is reversed");
            if (matches(reordered(n, shape, axis, false))) return axisMixedUp("axis " + axis + " is shifted by one");
        }
        return wrongResultOrder();
    }

    /** The cotangent was used with its axes or elements in another order. */
    private Finding wrongResultOrder() {
        for (int[] order : permutations(resultShape.length)) {
            if (matches(jacobian.vjp(permuted(u, resultShape, order)))) {
                return axisMixedUp("the cotangent's axes are used in the order " + Arrays.toString(order));
            }
        }
        for (int axis = 0; axis < resultShape.length; axis++) {
            double[] backwards = jacobian.vjp(reordered(u, resultShape, axis, true));
            if (matches(backwards)) return axisMixedUp("the cotangent is used in reversed order along axis " + axis);
            if (axis < shape.length && matches(reordered(backwards, shape, axis, true))) {
                return axisMixedUp("it accumulates along axis " + axis + " from the wrong end");
            }
        }
        return null;
    }

    private static int[] swapped(int rank, int one, int other) {
        int[] order = IntStream.range(0, rank).toArray();
        order[one] = other;
        order[other] = one;
        return order;
    }

    /** All permutations of up to four axes except the identity. */
    private static List<int[]> permutations(int rank) {
        List<int[]> all = new ArrayList<>(List.of(new int[0]));
        for (int axis = 0; axis < (rank > MAX_RANK ? 0 : rank); axis++) {
            List<int[]> longer = new ArrayList<>();
            for (int[] order : all) {
                for (int at = 0; at <= order.length; at++) {
                    int[] next = Arrays.copyOf(order, order.length + 1);
                    System.arraycopy(order, at, next, at + 1, order.length - at);
                    next[at] = axis;
                    longer.add(next);
                }
            }
            all = longer;
        }
        int[] usual = IntStream.range(0, rank).toArray();
        all.removeIf(order -> order.length != rank || Arrays.equals(order, usual));
        return all;
    }

    private static Finding axisMixedUp(String how) {
        return Finding.of(Diagnosis.AXIS_MIXED_UP, how);
    }

    /** The values with an axis reversed, or shifted by one. */
    private static double[] reordered(double[] values, long[] shape, int axis, boolean flip) {
        long step = Shapes.strides(shape)[axis];
        long size = shape[axis];
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            long at = i / step % size;
            long from = flip ? size - 1 - at : (at + 1) % size;
            result[i] = values[(int) (i + (from - at) * step)];
        }
        return result;
    }

    /** The values with their axes permuted, in the row-major order of the permuted shape. */
    private static double[] permuted(double[] values, long[] shape, int... order) {
        long[] strides = Shapes.strides(shape);
        long[] newShape = new long[shape.length];
        for (int i = 0; i < order.length; i++) newShape[i] = shape[order[i]];
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            long[] index = Shapes.index(i, newShape);
            long from = 0;
            for (int axis = 0; axis < order.length; axis++) from += index[axis] * strides[order[axis]];
            result[i] = values[(int) from];
        }
        return result;
    }

    // ---- a pattern in the contributions of uses ----

    private Finding uses(List<double[]> contributions) {
        double[] sum = new double[n.length];
        for (double[] contribution : contributions) {
            double[] part = pick(contribution, jacobian.entries());
            for (int i = 0; i < sum.length; i++) sum[i] += part[i];
        }
        if (!same(sum, n, precision)) {
            return Finding.of(
                    Diagnosis.DETACHED, "the result also depends on it through detach, a Java number or an array");
        }
        for (int use = 0; contributions.size() > 1 && use < contributions.size(); use++) {
            double[] one = pick(contributions.get(use), jacobian.entries());
            if (matches(one) || matches(difference(n, one))) {
                return Finding.of(
                        Diagnosis.OVERWRITTEN,
                        "it is used " + contributions.size() + " times, and not all contributions are in the sum");
            }
        }
        return null;
    }

    /** Zero at some entries and right at all others. */
    private Finding someZeros() {
        double size = largest(n);
        int zeros = 0;
        for (int i = 0; i < a.length; i++) {
            boolean right = Math.abs(a[i] - n[i]) <= precision * size;
            if (right) continue;
            if (a[i] != 0) return null;
            zeros++;
        }
        return Finding.of(Diagnosis.ZERO, "at " + zeros + " of " + a.length + " entries");
    }
}
