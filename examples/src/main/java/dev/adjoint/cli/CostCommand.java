package dev.adjoint.cli;

import dev.adjoint.autograd.Checkpoint;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.JacobianMode;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.Transforms;
import dev.adjoint.autograd.inspect.OpCount;
import dev.adjoint.lab.Chain;
import dev.adjoint.train.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the cost of derivatives, which is the reason for reverse mode. */
@Command(
        name = "cost",
        description =
                "Measures the cost of derivatives: a gradient relative to its function, a Jacobian in either mode,"
                        + " the memory of reverse mode, forward mode and checkpointing.",
        mixinStandardHelpOptions = true)
final class CostCommand implements Runnable {
    private static final int[] INPUTS = {1, 10, 100, 1_000, 10_000};
    private static final int[] SIZES = {2, 8, 32, 128};
    private static final int SMALL_DIMENSION = 4;
    private static final int[] CHAINS = {16, 64, 256, 1024};
    private static final int CHAIN_ELEMENTS = 10_000;
    private static final int KILOBYTE = 1024;

    @Option(names = "--json", description = "Print one JSON line for each measurement.")
    private boolean json;

    @Option(names = "--rounds", description = "Number of timed rounds (default: ${DEFAULT-VALUE}).", defaultValue = "9")
    private int rounds;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        gradients();
        jacobians();
        memory();
    }

    // ---- gradient relative to its function ----

    private void gradients() {
        title("gradient of a scalar function of n inputs, relative to the function (at most 5 in theory)");
        for (int n : INPUTS) {
            Tensor x = Tensor.uniform(new Rng(n), DType.FLOAT64, 0.5, 1.5, n);
            Runnable value = () -> {
                try (Scope scope = Scope.open();
                        NoGrad off = NoGrad.open()) {
                    scalar(x);
                }
            };
            Runnable gradient = () -> {
                try (Scope scope = Scope.open()) {
                    Transforms.grad(CostCommand::scalar, x);
                }
            };
            double[] micros = times(value, gradient);
            long[] work = count(value);
            long[] more = count(gradient);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("n", n);
            line.put("ops", work[0]);
            line.put("ops_ratio", hundredths((double) more[0] / work[0]));
            line.put("elements_ratio", hundredths((double) more[1] / work[1]));
            line.put("function_us", hundredths(micros[0]));
            line.put("gradient_us", hundredths(micros[1]));
            line.put("time_ratio", hundredths(micros[1] / micros[0]));
            print("gradient", line);
        }
    }

    /** A test function of common ops: Σ xᵢ·sin xᵢ + ln(Σ eˣ) + Σ tanh(xᵢ)²/(1 + xᵢ²). */
    private static Tensor scalar(Tensor x) {
        Tensor waves = x.mul(x.sin()).sum();
        Tensor bumps = x.tanh().square().div(x.square().add(1)).sum();
        return waves.add(x.logsumexp()).add(bumps);
    }

    private static long[] count(Runnable work) {
        try (OpCount count = OpCount.open()) {
            work.run();
            return new long[] {count.ops(), count.elements()};
        }
    }

    // ---- Jacobian in either mode ----

    private void jacobians() {
        title("Jacobian of tanh(W·x), [m x n]: the cost of forward mode grows with n, of reverse mode with m");
        for (int size : SIZES) jacobian(size, SMALL_DIMENSION);
        for (int size : SIZES) jacobian(SMALL_DIMENSION, size);
    }

    private void jacobian(int n, int m) {
        Tensor w = Tensor.uniform(new Rng(n), DType.FLOAT64, -1, 1, m, n);
        Tensor x = Tensor.uniform(new Rng(m), DType.FLOAT64, -1, 1, n);
        Function<Tensor, Tensor> f = t -> w.matmul(t).tanh();
        double[] micros = times(
                () -> scoped(() -> Transforms.jacobian(f, x, JacobianMode.FORWARD)),
                () -> scoped(() -> Transforms.jacobian(f, x, JacobianMode.REVERSE)));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("n", n);
        line.put("m", m);
        line.put("forward_us", hundredths(micros[0]));
        line.put("reverse_us", hundredths(micros[1]));
        line.put("auto", JacobianMode.AUTO.choose(n, m).mode().toString());
        print("jacobian", line);
    }

    private static void scoped(Runnable work) {
        try (Scope scope = Scope.open()) {
            work.run();
        }
    }

    // ---- memory ----

    private void memory() {
        title("memory for the derivative of a chain of T ops on " + CHAIN_ELEMENTS + " elements");
        Tensor x = Tensor.uniform(new Rng(1), DType.FLOAT64, 0, 1, CHAIN_ELEMENTS);
        for (int length : CHAINS) {
            List<Function<Tensor, Tensor>> steps = Collections.nCopies(length, Tensor::sin);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("T", length);
            line.put(
                    "reverse_kb",
                    peak(() -> scoped(
                            () -> Transforms.grad(t -> Chain.apply(steps, t).sum(), x))));
            line.put("forward_kb", peak(() -> Transforms.jvp(t -> Chain.applyFreeingMemory(steps, t), x, x)));
            line.put(
                    "checkpoint_kb",
                    peak(() -> scoped(() ->
                            Transforms.grad(t -> Checkpoint.chain(steps, t).sum(), x))));
            print("memory", line);
        }
    }

    private static long peak(Runnable work) {
        Scope.resetPeak();
        work.run();
        return Scope.peakBytes() / KILOBYTE;
    }

    // ---- timing and printing ----

    /** The median time of each task. The tasks alternate, so that other load on the machine affects all of them equally. */
    private double[] times(Runnable... work) {
        int[] repeats = new int[work.length];
        for (int i = 0; i < work.length; i++) repeats[i] = repeats(work[i]);
        List<double[]> micros = new ArrayList<>();
        for (int i = 0; i < work.length; i++) micros.add(new double[rounds]);
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < work.length; i++) micros.get(i)[round] = time(work[i], repeats[i]);
        }
        return micros.stream()
                .mapToDouble(times -> {
                    Arrays.sort(times);
                    return times[rounds / 2];
                })
                .toArray();
    }

    /** Warms up, and returns the number of repetitions for a round of about 30 ms. */
    private static int repeats(Runnable work) {
        long start = System.nanoTime();
        int runs = 0;
        while (System.nanoTime() - start < 300_000_000L) {
            work.run();
            runs++;
        }
        return Math.max(1, runs / 10);
    }

    private static double time(Runnable work, int repeats) {
        long start = System.nanoTime();
        for (int i = 0; i < repeats; i++) work.run();
        return (System.nanoTime() - start) / 1e3 / repeats;
    }

    private void title(String text) {
        if (!json) spec.commandLine().getOut().println(text);
    }

    private void print(String what, Map<String, Object> fields) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("engine", "adjoint");
            line.put("cost", what);
            line.putAll(fields);
            line.put("jdk", Runtime.version().feature());
            out.println(Json.of(line));
            return;
        }
        StringBuilder text = new StringBuilder(" ");
        fields.forEach(
                (name, value) -> text.append(String.format(Locale.ROOT, " %s %-9s", name.replace('_', ' '), value)));
        out.println(text);
        out.flush();
    }

    private static double hundredths(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
