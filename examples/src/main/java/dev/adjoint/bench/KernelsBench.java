package dev.adjoint.bench;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.train.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the fast kernels against the reference kernels. */
@Command(
        name = "kernels",
        description = "Times the kernels in use against the reference kernels; prints a JSON line for each.",
        mixinStandardHelpOptions = true)
public final class KernelsBench implements Runnable {
    private static final int ROUNDS = 9;
    private static final long ROUND_NANOS = 20_000_000;
    /** A time instead of a number of calls: the first calls of a vector kernel take milliseconds, later ones microseconds. */
    private static final long WARM_UP_NANOS = 700_000_000;

    private static final int COLUMNS = 16;

    @Option(names = "--size", description = "Number of elements (default: ${DEFAULT-VALUE}).", defaultValue = "16384")
    private int size;

    @Spec
    private CommandSpec spec;

    /** Makes the command; picocli sets its options. */
    public KernelsBench() {}

    @Override
    public void run() {
        Kernels fast = Kernels.current();
        Kernels reference = Kernels.named("reference");
        kernels().forEach((name, kernel) -> {
            double fastMicros = median(() -> kernel.accept(fast));
            double referenceMicros = median(() -> kernel.accept(reference));
            Map<String, Object> line = Measurement.line("adjoint");
            line.put("kernel", name);
            line.put("size", size);
            line.put("fast_us", Measurement.thousandths(fastMicros));
            line.put("reference_us", Measurement.thousandths(referenceMicros));
            line.put("ratio", Measurement.tenths(referenceMicros / fastMicros));
            line.put("provider", Kernels.facts().get("kernels"));
            line.put("jdk", Runtime.version().feature());
            spec.commandLine().getOut().println(Json.of(line));
            spec.commandLine().getOut().flush();
        });
    }

    private Map<String, Consumer<Kernels>> kernels() {
        Array x = numbers(1);
        Array y = numbers(2);
        Array z = numbers(3);
        Array m = numbers(4);
        Array rows = x.reshape(size / COLUMNS, COLUMNS);
        Array out = z.reshape(size / COLUMNS, COLUMNS);
        Array row = Access.array(Tensor.zeros(COLUMNS));
        Array scalar = Access.array(Tensor.zeros());
        AdamStep step = new AdamStep(1e-7, 0.9, 0.999, 1e-8, 0, 10);
        Map<String, Consumer<Kernels>> all = new LinkedHashMap<>();
        all.put("add", k -> k.add(x, y, z));
        all.put("mul", k -> k.mul(x, y, z));
        all.put("div", k -> k.div(x, y, z));
        all.put("maximum", k -> k.maximum(x, y, z));
        all.put("add a row", k -> k.add(rows, row, out));
        all.put("relu", k -> k.relu(x, z));
        all.put("exp", k -> k.exp(x, z));
        all.put("log", k -> k.log(x, z));
        all.put("tanh", k -> k.tanh(x, z));
        all.put("sigmoid", k -> k.sigmoid(x, z));
        all.put("sin", k -> k.sin(x, z));
        all.put("sum", k -> k.sum(x, new int[] {0}, scalar));
        all.put("sum of columns", k -> k.sum(rows, new int[] {0}, row));
        all.put("softmax", k -> k.softmax(rows, 1, out));
        all.put("logSoftmax", k -> k.logSoftmax(rows, 1, out));
        all.put("adam", k -> k.adam(z, x, y, m, step));
        return all;
    }

    private Array numbers(long seed) {
        return Access.array(Tensor.uniform(new Rng(seed), 0.1, 1, size / COLUMNS * COLUMNS));
    }

    private static double median(Runnable work) {
        long warmUpStart = System.nanoTime();
        while (System.nanoTime() - warmUpStart < WARM_UP_NANOS) work.run();
        int repetitions = 1;
        while (true) {
            long start = System.nanoTime();
            for (int i = 0; i < repetitions; i++) work.run();
            if (System.nanoTime() - start > ROUND_NANOS) break;
            repetitions *= 2;
        }
        return Measurement.rounds(ROUNDS, repetitions, work)[ROUNDS / 2];
    }
}
