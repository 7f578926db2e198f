package dev.adjoint.autograd.check;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Gradients;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.check.GradReport.Failure;
import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Backward;
import dev.adjoint.autograd.internal.engine.CustomOpExpansion;
import dev.adjoint.autograd.internal.engine.ForwardLevel;
import dev.adjoint.autograd.internal.engine.NoForwardRuleException;
import dev.adjoint.autograd.internal.engine.Observer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One gradient check of a function with respect to some leaves, which it changes in place and restores. */
final class GradCheckRun {
    /** The steps, relative to the normal one, that are tried for an entry that seems wrong. */
    private static final double[] STEP_FACTORS = {30, 5, 1, 0.2, 0.03};
    /** The largest relative change of an element from the first point to the second, small enough that no sign changes. */
    private static final double SECOND_POINT_SHIFT = 0.1;
    /** An element smaller than this gets the step of an element of this size. */
    private static final double SMALL = 0.01;

    private final GradCheck settings;
    private final String over;
    private final Supplier<Tensor> f;
    private final List<Tensor> leaves;
    private final List<String> names;
    private final Rng rng;
    private final List<String> notes = new ArrayList<>();
    private int checked;
    private int kinks;
    private int incomparable;
    private boolean dependsOnLeaves;

    GradCheckRun(GradCheck settings, String over, Supplier<Tensor> f, List<Tensor> leaves, List<String> names) {
        this.settings = settings;
        this.over = over;
        this.f = f;
        this.leaves = leaves;
        this.names = names;
        this.rng = new Rng(settings.seed() + 2);
    }

    int checked() {
        return checked;
    }

    int kinks() {
        return kinks;
    }

    List<String> notes() {
        return notes;
    }

    /** The number of entries without a finite difference quotient, whose derivative cannot be checked. */
    int incomparable() {
        return incomparable;
    }

    boolean dependsOnLeaves() {
        return dependsOnLeaves;
    }

    /** A random cotangent for a result, the same in every call. */
    static Tensor randomCotangent(Tensor y, long seed) {
        DType dtype = y.dtype().isFloating() ? y.dtype() : DType.FLOAT64;
        return Tensor.uniform(new Rng(seed + 3), dtype, 0.5, 1.5, y.shape());
    }

    /** Checks at the current point of the leaves, then at a second one, where values saved at the first must not be used. */
    List<Failure> run() {
        Tensor y = f.get();
        dependsOnLeaves = y.requiresGrad();
        double[] once = y.toDoubles();
        if (!Arrays.equals(once, f.get().toDoubles())) {
            return List.of(
                    new Failure(
                            "evaluation",
                            "result",
                            new long[0],
                            0,
                            0,
                            Diagnosis.NOT_DETERMINISTIC,
                            Diagnosis.NOT_DETERMINISTIC
                                    + ": two evaluations at the same point differ; set dropout and similar layers to eval mode"));
        }
        List<Failure> failures = new ArrayList<>(compareReverse(List.of()));
        if (failures.isEmpty()) failures.addAll(compareForward());
        if (!failures.isEmpty()) return failures;
        List<double[]> before = leaves.stream().map(Tensor::toDoubles).toList();
        List<double[]> numericalJacobian = new ArrayList<>();
        Tensor u = randomCotangent(y, settings.seed());
        for (Tensor leaf : leaves)
            numericalJacobian.add(numericalJacobian(leaf, u).numeric());
        try {
            for (Tensor leaf : leaves) {
                double[] moved = leaf.toDoubles();
                for (int i = 0; i < moved.length; i++)
                    set(leaf, i, moved[i] * (1 + SECOND_POINT_SHIFT * rng.nextDouble()));
            }
            return compareReverse(numericalJacobian);
        } finally {
            for (int i = 0; i < before.size(); i++) {
                for (int k = 0; k < before.get(i).length; k++) set(leaves.get(i), k, before.get(i)[k]);
            }
        }
    }

    // ---- reverse mode ----

    private List<Failure> compareReverse(List<double[]> gradientsAtFirstPoint) {
        Tensor y = f.get();
        Tensor u = randomCotangent(y, settings.seed());
        Tensor[] gradients = gradients(y, u);
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            Tensor leaf = leaves.get(i);
            double[] analytic = gradients[i].toDoubles();
            int worst = -1;
            double most = 0;
            for (int k : entries(leaf)) {
                int before = incomparable;
                double n = wrong(leaf, k, analytic[k], u);
                if (incomparable == before) checked++;
                double error = Double.isFinite(analytic[k]) ? Math.abs(analytic[k] - n) : Double.MAX_VALUE;
                if (Double.isNaN(n) || worst >= 0 && error <= most) continue;
                worst = k;
                most = error;
            }
            if (worst < 0) continue;
            NumericalJacobian numericalJacobian = numericalJacobian(leaf, u);
            GradDiagnoser doctor = new GradDiagnoser(
                    leaf,
                    y,
                    u,
                    analytic,
                    numericalJacobian,
                    gradientsAtFirstPoint.isEmpty() ? null : gradientsAtFirstPoint.get(i),
                    settings);
            GradDiagnoser.Finding finding = doctor.diagnose(() -> transparent(leaf));
            failures.add(new Failure(
                    "reverse" + over,
                    names.get(i),
                    Shapes.index(worst, leaf.shape()),
                    analytic[worst],
                    refined(leaf, worst, u)[0],
                    finding.diagnosis(),
                    finding.explanation()));
        }
        return failures;
    }

    private Tensor[] gradients(Tensor y, Tensor u) {
        if (!y.requiresGrad()) return leaves.stream().map(Tensor::zerosLike).toArray(Tensor[]::new);
        return Gradients.grad(y, u, false, leaves.toArray(new Tensor[0]));
    }

    /** The contribution of each use of a leaf, with custom ops differentiated by their forward functions instead of their rules. */
    private List<double[]> transparent(Tensor leaf) {
        try (CustomOpExpansion on = CustomOpExpansion.open()) {
            Tensor y = f.get();
            if (!y.requiresGrad()) return List.of();
            return Backward.contributions(Access.node(y), randomCotangent(y, settings.seed()), Access.node(leaf))
                    .stream()
                    .map(g -> ((Tensor) g).toDoubles())
                    .toList();
        }
    }

    /** NaN if the entry is right, lies at a kink or cannot be compared, else the numeric derivative. */
    private double wrong(Tensor leaf, int k, double analytic, Tensor u) {
        double h = step(leaf, k);
        double n = directionalQuotient(leaf, k, h, u);
        double noise = noise(u, h);
        if (close(analytic, n, noise)) return Double.NaN;
        double[] refined = refined(leaf, k, u);
        if (!Double.isFinite(refined[0])) {
            incomparable++;
            return Double.NaN;
        }
        if (close(analytic, refined[0], noise + 3 * refined[1])) return Double.NaN;
        if (!atKink(leaf, k, analytic, u)) return refined[0];
        kinks++;
        return Double.NaN;
    }

    private boolean close(double analytic, double numeric, double noise) {
        double size = Math.max(Math.abs(analytic), Math.abs(numeric));
        return Math.abs(analytic - numeric) <= settings.tolerance() * size + 10 * noise;
    }

    /** An estimate of the rounding error of a difference quotient. */
    private double noise(Tensor u, double h) {
        double[] terms = evaluate();
        double size = 0;
        for (int i = 0; i < terms.length; i++) size += Math.abs(Access.array(u).get(i) * terms[i]);
        return settings.precision() * size / h;
    }

    /** The numeric derivative for the step at which two successive quotients agree best, and the difference of these. */
    private double[] refined(Tensor leaf, int k, Tensor u) {
        double best = Double.NaN;
        double error = Double.POSITIVE_INFINITY;
        double last = Double.NaN;
        for (double factor : STEP_FACTORS) {
            double n = directionalQuotient(leaf, k, step(leaf, k) * factor, u);
            if (Math.abs(n - last) < error) {
                best = n;
                error = Math.abs(n - last);
            }
            last = n;
        }
        return new double[] {best, error};
    }

    /**
     * Whether the function has a kink within the step: a comparison in the forward or backward pass gives different results on the
     * two sides, or, for custom ops without comparisons, the one-sided derivatives differ and the gradient lies between them.
     */
    private boolean atKink(Tensor leaf, int k, double analytic, Tensor u) {
        double x = Access.array(leaf).get(k);
        double h = step(leaf, k);
        int left = decisionsAt(leaf, k, x - h, u);
        int here = decisionsAt(leaf, k, x, u);
        int right = decisionsAt(leaf, k, x + h, u);
        set(leaf, k, x);
        if (left != here || here != right) return true;
        double before = oneSided(leaf, k, -h, u);
        double after = oneSided(leaf, k, h, u);
        double gap = Math.abs(after - before);
        double jump = Math.abs(oneSided(leaf, k, h / 8, u) - oneSided(leaf, k, -h / 8, u));
        boolean smooth =
                gap < 100 * settings.tolerance() * Math.max(Math.abs(before), Math.abs(after)) || jump < gap / 2;
        double slack = settings.tolerance() * Math.max(Math.abs(before), Math.abs(after));
        return !smooth && analytic >= Math.min(before, after) - slack && analytic <= Math.max(before, after) + slack;
    }

    /** A hash of the results of all comparisons and other step functions in a forward and a backward pass. */
    private int decisionsAt(Tensor leaf, int k, double value, Tensor u) {
        set(leaf, k, value);
        int[] hash = {1};
        try (Observer.Observation on = Observer.open((op, x, y) -> {
            if (op.isStep()) hash[0] = 31 * hash[0] + Arrays.hashCode(((Tensor) y).toDoubles());
        })) {
            gradients(f.get(), u);
        }
        return hash[0];
    }

    // ---- forward mode ----

    /** Compares the tangent of the result for a random direction of each leaf with the difference quotient along that direction. */
    private List<Failure> compareForward() {
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            Tensor leaf = leaves.get(i);
            Tensor along = Tensor.uniform(rng, leaf.dtype(), 0.5, 1.5, leaf.shape());
            Tensor tangent;
            try (ForwardLevel level = ForwardLevel.open()) {
                level.attachTangent(leaf, along);
                Tensor y = f.get();
                tangent = level.tangent(y) == null ? Tensor.zerosLike(y) : (Tensor) level.tangent(y);
            } catch (NoForwardRuleException e) {
                notes.add("forward mode was not checked: " + e.getMessage());
                return failures;
            }
            Failure failure = compareTangent(i, leaf, along.toDoubles(), tangent);
            if (failure != null) failures.add(failure);
        }
        return failures;
    }

    private Failure compareTangent(int i, Tensor leaf, double[] along, Tensor tangent) {
        double[] analytic = tangent.toDoubles();
        double[] numeric = quotient(leaf, along, 1);
        double[] finer = quotient(leaf, along, 0.2);
        double[] values = evaluate();
        double h = settings.step() * 0.2 * SMALL;
        int worst = -1;
        for (int k = 0; k < analytic.length; k++) {
            if (!Double.isFinite(numeric[k]) || !Double.isFinite(finer[k])) {
                incomparable++;
                continue;
            }
            checked++;
            double noise = settings.precision() * Math.abs(values[k]) / h;
            double drift = 3 * Math.abs(numeric[k] - finer[k]);
            if (close(analytic[k], numeric[k], noise + drift)) continue;
            double error = Math.abs(analytic[k] - numeric[k]);
            if (worst < 0 || error > Math.abs(analytic[worst] - numeric[worst])) worst = k;
        }
        if (worst < 0) return null;
        // Reverse mode has already been checked entry by entry; if the two modes agree, the quotient crossed a kink.
        double[] byReverse = new double[analytic.length];
        for (int k = 0; k < analytic.length; k++) byReverse[k] = rowTimes(leaf, k, along);
        if (GradDiagnoser.same(analytic, byReverse, settings.tolerance())) {
            kinks++;
            return null;
        }
        GradDiagnoser.Finding finding = GradDiagnoser.proportion(analytic, byReverse, leaf.shape(), tangent.shape());
        return new Failure(
                "forward" + over,
                names.get(i),
                Shapes.index(worst, tangent.shape()),
                analytic[worst],
                byReverse[worst],
                finding.diagnosis(),
                finding.explanation());
    }

    /** (f(x + h·v) − f(x − h·v)) / 2h. */
    private double[] quotient(Tensor leaf, double[] along, double factor) {
        double[] x = leaf.toDoubles();
        double h = settings.step() * factor;
        for (double value : x) h = Math.min(h, settings.step() * factor * Math.max(SMALL, Math.abs(value)));
        for (int k = 0; k < x.length; k++) set(leaf, k, x[k] + h * along[k]);
        double[] above = evaluate();
        for (int k = 0; k < x.length; k++) set(leaf, k, x[k] - h * along[k]);
        double[] below = evaluate();
        for (int k = 0; k < x.length; k++) set(leaf, k, x[k]);
        for (int k = 0; k < above.length; k++) above[k] = (above[k] - below[k]) / (2 * h);
        return above;
    }

    /** The k-th row of the Jacobian, by reverse mode, times a vector. */
    private double rowTimes(Tensor leaf, int k, double[] along) {
        Tensor y = f.get();
        Tensor unit = Tensor.zerosLike(y);
        Access.array(unit).set(k, 1);
        double[] row = gradients(y, unit)[leaves.indexOf(leaf)].toDoubles();
        double product = 0;
        for (int j = 0; j < row.length; j++) product += row[j] * along[j];
        return product;
    }

    // ---- differences ----

    /**
     * Evaluates the function and returns the elements of the result. Recording stays on, because in a second-order check the
     * function itself differentiates. There is no scope around it: a function that keeps tensors of an earlier evaluation is to get
     * a diagnosis, not an exception.
     */
    private double[] evaluate() {
        return f.get().toDoubles();
    }

    private double step(Tensor leaf, int k) {
        return settings.step() * Math.max(SMALL, Math.abs(Access.array(leaf).get(k)));
    }

    /** ⟨u, f(x + h) − f(x − h)⟩ / 2h. */
    private double directionalQuotient(Tensor leaf, int k, double h, Tensor u) {
        return dot(u, difference(leaf, k, h, -h)) / (2 * h);
    }

    private double oneSided(Tensor leaf, int k, double h, Tensor u) {
        return dot(u, difference(leaf, k, h, 0)) / h;
    }

    private static double dot(Tensor u, double[] values) {
        Array randomCotangent = Access.array(u);
        double sum = 0;
        for (int i = 0; i < values.length; i++) sum += randomCotangent.get(i) * values[i];
        return sum;
    }

    private double[] difference(Tensor leaf, int k, double up, double down) {
        double x = Access.array(leaf).get(k);
        set(leaf, k, x + up);
        double[] above = evaluate();
        set(leaf, k, x + down);
        double[] below = evaluate();
        set(leaf, k, x);
        for (int i = 0; i < above.length; i++) above[i] -= below[i];
        return above;
    }

    private static void set(Tensor leaf, int k, double value) {
        Access.array(leaf).set(k, value);
        Access.array(leaf).touch();
    }

    /** The entries to compare: all if there are few, else a random sample. */
    private int[] entries(Tensor leaf) {
        int n = (int) leaf.length();
        if (n <= settings.samples()) return IntStream.range(0, n).toArray();
        return new Rng(settings.seed() + n)
                .ints(0, n)
                .distinct()
                .limit(settings.samples())
                .sorted()
                .toArray();
    }

    private NumericalJacobian numericalJacobian(Tensor leaf, Tensor u) {
        int[] entries = entries(leaf);
        double[][] columns = new double[entries.length][];
        for (int i = 0; i < entries.length; i++) {
            double h = step(leaf, entries[i]);
            columns[i] = difference(leaf, entries[i], h, -h);
            for (int k = 0; k < columns[i].length; k++) columns[i][k] /= 2 * h;
        }
        return new NumericalJacobian(entries, columns, u.toDoubles());
    }
}
