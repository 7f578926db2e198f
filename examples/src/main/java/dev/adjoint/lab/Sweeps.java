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

/** What derivatives cost as the number of inputs, of outputs, or of ops grows. */
final class Sweeps {
    private static final int[] SIZES = {1, 4, 16, 64, 256, 1024, 4096, 16384};
    private static final int[] DEPTHS = {16, 64, 256, 1024, 4096};
    private static final int DEPTH_ELEMENTS = 4096;
    /** Below this what every pass costs, however short, bends the lines. */
    private static final int ASYMPTOTE = 64;
    /** How near a fitted slope comes to theory's. */
    private static final double NEAR = 0.15;

    private static final String FORWARD = "forward";
    private static final String REVERSE = "reverse";
    private static final String DIFFERENCES = "differences";

    private Sweeps() {}

    // ---- one output of n inputs ----

    /** Σ xᵢ·sin(xᵢ₊₁): three ops for each input, each on a single number. */
    private static Tensor scalar(List<Tensor> x) {
        Tensor sum = x.get(0).mul(x.get(1 % x.size()).sin());
        for (int i = 1; i < x.size(); i++) {
            sum = sum.add(x.get(i).mul(x.get((i + 1) % x.size()).sin()));
        }
        return sum;
    }

    /** The same, giving back what is behind it: forward mode and plain evaluation need none of it again. */
    private static Tensor frugal(List<Tensor> x) {
        Tensor sum = x.get(0).mul(x.get(1 % x.size()).sin());
        for (int i = 1; i < x.size(); i++) {
            try (Scope scope = Scope.open()) {
                sum = scope.keep(sum.add(x.get(i).mul(x.get((i + 1) % x.size()).sin())));
            }
        }
        return sum;
    }

    private static List<Tensor> numbers(int n) {
        Rng rng = new Rng(n);
        List<Tensor> x = new ArrayList<>();
        for (int i = 0; i < n; i++) x.add(Tensor.of(rng.nextDouble()).reshape());
        return x;
    }

    static Finding inputs() {
        Finding finding = new Finding(
                "inputs",
                "One output, n inputs",
                "When many inputs meet one output, reverse mode wins: its one pass back gives all n derivatives.",
                "Passes: forward n, reverse 1, differences n + 1. Work and time: forward and differences n² (n passes over"
                        + " n ops), reverse n. What is stored: reverse grows with n, forward does not.");
        for (int n : SIZES) {
            List<Tensor> x = numbers(n);
            List<Tensor> tangents =
                    new ArrayList<>(Collections.nCopies(n, Tensor.of(0.0).reshape()));
            tangents.set(0, Tensor.of(1.0).reshape());
            Runnable forward = () -> scoped(() -> Transforms.jvp(Sweeps::scalar, x, tangents));
            Runnable reverse = () -> scoped(() -> Transforms.grad(Sweeps::scalar, x));
            Runnable plain = () -> evaluated(() -> scalar(x));
            measure(finding, n, FORWARD, n, forward, () -> Transforms.jvp(Sweeps::frugal, x, tangents));
            measure(finding, n, REVERSE, 1, reverse, reverse);
            measure(finding, n, DIFFERENCES, n + 1, plain, () -> evaluated(() -> frugal(x)));
        }
        judge(finding, "n", FORWARD, REVERSE);
        slopes(finding, "n", "us", "time", ASYMPTOTE, new String[] {FORWARD, DIFFERENCES}, 2);
        slopes(finding, "n", "us", "time", ASYMPTOTE, new String[] {REVERSE}, 1);
        slopes(finding, "n", "elements", "work", ASYMPTOTE, new String[] {FORWARD, DIFFERENCES}, 2);
        slopes(finding, "n", "elements", "work", ASYMPTOTE, new String[] {REVERSE}, 1);
        return finding;
    }

    /** One pass is timed; all passes are alike, so that n of them take n times as long. */
    private static void measure(Finding finding, int n, String mode, int passes, Runnable pass, Runnable frugalPass) {
        finding.point(
                "n",
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
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            work.run();
        }
    }

    /** Which mode wins, from where on, and the pictures. */
    private static void judge(Finding finding, String variable, String loser, String winner) {
        List<Finding.Series> times = all(finding, variable, "us");
        List<double[]> slow = finding.series(loser, "mode", variable, "us").points();
        List<double[]> fast = finding.series(winner, "mode", variable, "us").points();
        double crossover = Measure.crossing(slow, fast);
        double[] last = slow.get(slow.size() - 1);
        double factor = last[1] / fast.get(fast.size() - 1)[1];
        finding.say(
                factor > 10,
                "%s mode is faster from %s = %.1f on; at %s = %,.0f by %,.0f times (%.3g s against %.3g s)",
                winner,
                variable,
                crossover,
                variable,
                last[0],
                factor,
                last[1] / 1e6,
                fast.get(fast.size() - 1)[1] / 1e6);
        finding.plot("time for the whole derivative", variable, "microseconds", times, crossover, "crossover");
        finding.plot("passes", variable, "passes", true, true, all(finding, variable, "passes"));
        finding.plot("elements computed", variable, "elements", true, true, all(finding, variable, "elements"));
        finding.plot("memory of tensors", variable, "bytes", true, true, all(finding, variable, "bytes"));
    }

    private static List<Finding.Series> all(Finding finding, String x, String y) {
        List<Finding.Series> all = new ArrayList<>();
        for (String mode : List.of(FORWARD, REVERSE, DIFFERENCES)) {
            Finding.Series series = finding.series(mode, "mode", x, y);
            if (!series.points().isEmpty()) all.add(series);
        }
        return all;
    }

    private static void slopes(
            Finding finding, String x, String y, String what, double from, String[] modes, double theory) {
        for (String mode : modes) {
            double slope = Measure.slope(finding.series(mode, "mode", x, y).points(), from);
            finding.say(
                    Math.abs(slope - theory) <= NEAR,
                    "%s of %s grows as %s^%.2f, theory says %.1f",
                    what,
                    mode,
                    x,
                    slope,
                    theory);
        }
    }

    // ---- m outputs of one input ----

    /** yᵢ = sin(cᵢ·t), two ops for each output. */
    private static Tensor fan(Tensor t, List<Tensor> constants) {
        Tensor[] outputs = new Tensor[constants.size()];
        for (int i = 0; i < outputs.length; i++)
            outputs[i] = constants.get(i).mul(t).sin();
        return Tensor.stack(0, outputs);
    }

    static Finding outputs() {
        Finding finding = new Finding(
                "outputs",
                "The mirror: m outputs, one input",
                "When one input fans out to many outputs, forward mode wins: its one pass gives all m derivatives.",
                "Passes: forward 1, reverse m. Time: forward m, reverse m² (m passes over m ops).");
        for (int m : SIZES) {
            List<Tensor> constants = numbers(m);
            Tensor t = Tensor.of(0.7).reshape();
            Tensor one = Tensor.of(1.0).reshape();
            Function<Tensor, Tensor> f = x -> fan(x, constants);
            Runnable forward = () -> scoped(() -> Transforms.jvp(f, t, one));
            Tensor last = Tensor.concat(0, Tensor.zeros(DType.FLOAT64, m - 1), Tensor.ones(DType.FLOAT64, 1));
            Runnable reverse = () -> scoped(() -> Transforms.vjp(f, t).apply(last));
            fanned(finding, m, FORWARD, 1, forward);
            fanned(finding, m, REVERSE, m, reverse);
        }
        judge(finding, "m", REVERSE, FORWARD);
        slopes(finding, "m", "us", "time", ASYMPTOTE, new String[] {FORWARD}, 1);
        slopes(finding, "m", "us", "time", ASYMPTOTE, new String[] {REVERSE}, 2);
        return finding;
    }

    private static void fanned(Finding finding, int m, String mode, int passes, Runnable pass) {
        finding.point(
                "m",
                m,
                "mode",
                mode,
                "passes",
                passes,
                "elements",
                passes * Measure.elements(pass),
                "us",
                passes * Measure.micros(pass),
                "bytes",
                Measure.peak(pass));
    }

    // ---- depth ----

    static Finding depth() {
        Finding finding = new Finding(
                "depth",
                "Memory of a chain of T ops",
                "Reverse mode pays with memory: it keeps every value until it comes back. Forward mode keeps none.",
                "Memory: reverse T, forward constant, checkpointing √T at the price of one evaluation more.");
        Tensor x = Tensor.uniform(new Rng(1), DType.FLOAT64, 0, 1, DEPTH_ELEMENTS);
        for (int depth : DEPTHS) {
            List<Function<Tensor, Tensor>> steps = Collections.nCopies(depth, Tensor::sin);
            deep(
                    finding,
                    depth,
                    REVERSE,
                    () -> scoped(() -> Transforms.grad(t -> chain(steps, t).sum(), x)));
            deep(finding, depth, FORWARD, () -> Transforms.jvp(t -> frugalChain(steps, t), x, x));
            deep(
                    finding,
                    depth,
                    "checkpointed",
                    () -> scoped(() ->
                            Transforms.grad(t -> Checkpoint.chain(steps, t).sum(), x)));
        }
        List<Finding.Series> memory = new ArrayList<>();
        List<Finding.Series> times = new ArrayList<>();
        for (String mode : List.of(REVERSE, FORWARD, "checkpointed")) {
            memory.add(finding.series(mode, "mode", "T", "bytes"));
            times.add(finding.series(mode, "mode", "T", "us"));
        }
        double[] theory = {1, 0, 0.5};
        for (int i = 0; i < theory.length; i++) {
            double slope = Measure.slope(memory.get(i).points(), ASYMPTOTE);
            finding.say(
                    Math.abs(slope - theory[i]) <= NEAR,
                    "memory of %s grows as T^%.2f, theory says %.1f",
                    memory.get(i).name(),
                    slope,
                    theory[i]);
        }
        finding.plot("memory of tensors", "T", "bytes", true, true, memory);
        finding.plot("time", "T", "microseconds", true, true, times);
        return finding;
    }

    private static void deep(Finding finding, int depth, String mode, Runnable work) {
        finding.point("T", depth, "mode", mode, "us", Measure.micros(work), "bytes", Measure.peak(work));
    }

    private static Tensor chain(List<Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) y = step.apply(y);
        return y;
    }

    private static Tensor frugalChain(List<Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) {
            try (Scope scope = Scope.open()) {
                y = scope.keep(step.apply(y));
            }
        }
        return y;
    }
}
