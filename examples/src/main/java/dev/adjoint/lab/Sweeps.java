package dev.adjoint.lab;

import dev.adjoint.autograd.Checkpoint;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.Transforms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Experiments on the cost of derivatives as the number of inputs, outputs or ops grows. */
final class Sweeps {
    private static final int[] SIZES = {1, 4, 16, 64, 256, 1024, 4096, 16384};
    private static final int[] DEPTHS = {16, 64, 256, 1024, 4096};
    private static final int DEPTH_ELEMENTS = 4096;
    /** Lower limit for fits; below it, the fixed cost of a pass distorts the slope. */
    private static final int MIN_FITTED = 64;
    /** Lower limit for fits of times: from here on, a pass takes longer than its fixed cost. */
    private static final int MIN_TIMED = 16;
    /** Upper limit for fits of times; beyond it, the graph exceeds the caches and every op takes longer. */
    private static final int MAX_TIMED = 4096;
    /** Tolerance for a fitted slope. */
    private static final double SLOPE_TOLERANCE = 0.15;

    private static final Tensor ONE = number(1);
    private static final String FORWARD = "forward";
    private static final String REVERSE = "reverse";
    private static final String DIFFERENCES = "differences";

    private Sweeps() {}

    // ---- one output, n inputs ----

    /** Speelpenning's product 1·x₁·x₂·…·xₙ: n ops on scalars. */
    private static Tensor scalar(List<Tensor> x) {
        Tensor product = ONE;
        for (Tensor factor : x) product = product.mul(factor);
        return product;
    }

    /** Same as scalar, but frees the values of earlier steps, which forward mode and plain evaluation do not need again. */
    private static Tensor scalarFreeingMemory(List<Tensor> x) {
        Tensor product = ONE;
        for (Tensor factor : x) {
            try (Scope scope = Scope.open()) {
                product = scope.keep(product.mul(factor));
            }
        }
        return product;
    }

    private static Tensor number(double value) {
        return Tensor.of((float) value).reshape();
    }

    private static List<Tensor> numbers(int n) {
        Rng rng = new Rng(n);
        List<Tensor> x = new ArrayList<>();
        for (int i = 0; i < n; i++) x.add(number(rng.nextDouble(0.99, 1.01)));
        return x;
    }

    static ExperimentResult inputs() {
        ExperimentResult finding = new ExperimentResult(
                "inputs",
                "One output, n inputs",
                "With many inputs and one output, reverse mode wins: its single backward pass computes all n derivatives.",
                "Passes: forward n, reverse 1, differences n + 1. Work and time: forward and differences n² (n passes over"
                        + " n ops), reverse n. Memory: reverse grows with n, forward does not. (Beyond 4,096 the graph exceeds the"
                        + " caches, and every op takes longer.)");
        // A warm-up run, so that the first points are not measured on a cold JVM.
        manyInputs(new ExperimentResult("", "", "", ""), MIN_FITTED);
        for (int n : SIZES) manyInputs(finding, n);
        reportWinner(finding, "n", FORWARD, REVERSE);
        slopes(finding, "n", "us", "time", MIN_FITTED, new String[] {FORWARD, DIFFERENCES}, 2);
        slopes(finding, "n", "us", "time", MIN_FITTED, new String[] {REVERSE}, 1);
        slopes(finding, "n", "elements", "work", MIN_FITTED, new String[] {FORWARD, DIFFERENCES}, 2);
        slopes(finding, "n", "elements", "work", MIN_FITTED, new String[] {REVERSE}, 1);
        return finding;
    }

    private static void manyInputs(ExperimentResult finding, int n) {
        List<Tensor> x = numbers(n);
        List<Tensor> tangents = new ArrayList<>(Collections.nCopies(n, number(0)));
        tangents.set(0, number(1));
        Runnable forward = () -> scoped(() -> Transforms.jvp(Sweeps::scalar, x, tangents));
        Runnable reverse = () -> scoped(() -> Transforms.grad(Sweeps::scalar, x));
        Runnable plain = () -> evaluated(() -> scalar(x));
        measure(finding, "n", n, FORWARD, n, forward, () -> Transforms.jvp(Sweeps::scalarFreeingMemory, x, tangents));
        measure(finding, "n", n, REVERSE, 1, reverse, reverse);
        measure(finding, "n", n, DIFFERENCES, n + 1, plain, () -> unrecorded(() -> scalarFreeingMemory(x)));
    }

    /** Times one pass; all passes are alike, so n of them take n times as long. */
    private static void measure(
            ExperimentResult finding,
            String variable,
            int n,
            String mode,
            int passes,
            Runnable pass,
            Runnable frugalPass) {
        finding.point(
                variable,
                n,
                "mode",
                mode,
                "passes",
                passes,
                "elements",
                passes * Measure.elements(pass),
                "us",
                passes * Measure.micros(pass),
                "bytes",
                Measure.peak(frugalPass));
    }

    private static void scoped(Runnable work) {
        try (Scope scope = Scope.open()) {
            work.run();
        }
    }

    private static void evaluated(Runnable work) {
        scoped(() -> unrecorded(work));
    }

    private static void unrecorded(Runnable work) {
        try (NoGrad off = NoGrad.open()) {
            work.run();
        }
    }

    /** Reports which mode wins and from which size on, and adds the plots. */
    private static void reportWinner(ExperimentResult finding, String variable, String loser, String winner) {
        List<ExperimentResult.Series> times = all(finding, variable, "us");
        List<double[]> slow = finding.series(loser, "mode", variable, "us").points();
        List<double[]> fast = finding.series(winner, "mode", variable, "us").points();
        double crossover = Measure.crossing(slow, fast);
        double[] last = slow.get(slow.size() - 1);
        double factor = last[1] / fast.get(fast.size() - 1)[1];
        finding.say(
                factor > 10,
                "%s mode is faster from %s = %.1f on; at %s = %,.0f by a factor of %,.0f (%s s against %s s)",
                winner,
                variable,
                crossover,
                variable,
                last[0],
                factor,
                Notation.brief(last[1] / 1e6),
                Notation.brief(fast.get(fast.size() - 1)[1] / 1e6));
        finding.plot("time for the whole derivative", variable, "microseconds", times, crossover, "crossover");
        finding.plot("passes", variable, "passes", true, true, all(finding, variable, "passes"));
        finding.plot("elements computed", variable, "elements", true, true, all(finding, variable, "elements"));
        finding.plot("memory of tensors", variable, "bytes", true, true, all(finding, variable, "bytes"));
    }

    private static List<ExperimentResult.Series> all(ExperimentResult finding, String x, String y) {
        List<ExperimentResult.Series> all = new ArrayList<>();
        for (String mode : List.of(FORWARD, REVERSE, DIFFERENCES)) {
            ExperimentResult.Series series = finding.series(mode, "mode", x, y);
            if (!series.points().isEmpty()) all.add(series);
        }
        return all;
    }

    private static void slopes(
            ExperimentResult finding, String x, String y, String what, double from, String[] modes, double theory) {
        for (String mode : modes) {
            boolean timed = y.equals("us");
            List<double[]> points = finding.series(mode, "mode", x, y).points();
            double slope = timed ? Measure.slope(points, MIN_TIMED, MAX_TIMED) : Measure.slope(points, from);
            finding.say(
                    Math.abs(slope - theory) <= SLOPE_TOLERANCE,
                    "%s of %s grows as %s^%.2f%s, theory says %.1f",
                    what,
                    mode,
                    x,
                    slope,
                    timed ? " (" + x + " from 16 to 4,096)" : "",
                    theory);
        }
    }

    // ---- m outputs, one input ----

    /** yᵢ = cᵢ·t, with one op per output. */
    private static Tensor manyOutputsFunction(Tensor t, List<Tensor> constants) {
        Tensor[] outputs = new Tensor[constants.size()];
        for (int i = 0; i < outputs.length; i++) outputs[i] = constants.get(i).mul(t);
        return Tensor.stack(0, outputs);
    }

    static ExperimentResult outputs() {
        ExperimentResult finding = new ExperimentResult(
                "outputs",
                "The reverse case: m outputs, one input",
                "With one input and many outputs, forward mode wins: its single pass computes all m derivatives.",
                "Passes: forward 1, reverse m. Time: forward m, reverse m² (m passes over m ops).");
        manyOutputs(new ExperimentResult("", "", "", ""), MIN_FITTED);
        for (int m : SIZES) manyOutputs(finding, m);
        reportWinner(finding, "m", REVERSE, FORWARD);
        slopes(finding, "m", "us", "time", MIN_FITTED, new String[] {FORWARD}, 1);
        slopes(finding, "m", "us", "time", MIN_FITTED, new String[] {REVERSE}, 2);
        return finding;
    }

    private static void manyOutputs(ExperimentResult finding, int m) {
        List<Tensor> constants = numbers(m);
        Tensor t = number(0.7);
        Tensor one = number(1);
        Function<Tensor, Tensor> f = x -> manyOutputsFunction(x, constants);
        Runnable forward = () -> scoped(() -> Transforms.jvp(f, t, one));
        Tensor last = Tensor.concat(0, Tensor.zeros(m - 1), Tensor.ones(1));
        Runnable reverse = () -> scoped(() -> Transforms.vjp(f, t).apply(last));
        measure(finding, "m", m, FORWARD, 1, forward, forward);
        measure(finding, "m", m, REVERSE, m, reverse, reverse);
    }

    // ---- depth ----

    static ExperimentResult depth() {
        ExperimentResult finding = new ExperimentResult(
                "depth",
                "Memory of a chain of T ops",
                "Reverse mode needs memory: it keeps every value until the backward pass. Forward mode keeps none.",
                "Memory: reverse T, forward constant, checkpointing √T at the cost of one more evaluation.");
        Tensor x = Tensor.uniform(new Rng(1), DType.FLOAT64, 0, 1, DEPTH_ELEMENTS);
        for (int depth : DEPTHS) {
            List<Function<Tensor, Tensor>> steps = Collections.nCopies(depth, Tensor::sin);
            measureDepth(
                    finding,
                    depth,
                    REVERSE,
                    () -> scoped(
                            () -> Transforms.grad(t -> Chain.apply(steps, t).sum(), x)));
            measureDepth(finding, depth, FORWARD, () -> Transforms.jvp(t -> Chain.applyFreeingMemory(steps, t), x, x));
            measureDepth(
                    finding,
                    depth,
                    "checkpointed",
                    () -> scoped(() ->
                            Transforms.grad(t -> Checkpoint.chain(steps, t).sum(), x)));
        }
        List<ExperimentResult.Series> memory = new ArrayList<>();
        List<ExperimentResult.Series> times = new ArrayList<>();
        for (String mode : List.of(REVERSE, FORWARD, "checkpointed")) {
            memory.add(finding.series(mode, "mode", "T", "bytes"));
            times.add(finding.series(mode, "mode", "T", "us"));
        }
        double[] theory = {1, 0, 0.5};
        for (int i = 0; i < theory.length; i++) {
            double slope = Measure.slope(memory.get(i).points(), MIN_FITTED);
            finding.say(
                    Math.abs(slope - theory[i]) <= SLOPE_TOLERANCE,
                    "memory of %s grows as T^%.2f, theory says %.1f",
                    memory.get(i).name(),
                    slope,
                    theory[i]);
        }
        finding.plot("memory of tensors", "T", "bytes", true, true, memory);
        finding.plot("time", "T", "microseconds", true, true, times);
        return finding;
    }

    private static void measureDepth(ExperimentResult finding, int depth, String mode, Runnable work) {
        finding.point("T", depth, "mode", mode, "us", Measure.micros(work), "bytes", Measure.peak(work));
    }
}
