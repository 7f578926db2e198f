package dev.adjoint.bench;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.train.Json;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the overhead per op with a chain of elementwise ops on a small tensor. */
@Command(
        name = "small-ops",
        description = "Times a chain of elementwise ops: forward with recording, and forward and backward.",
        mixinStandardHelpOptions = true)
public final class SmallOpsBench implements Runnable {
    private static final int OPS_IN_A_LINK = 4;
    private static final int WARM_UP = 2000;
    private static final int REPETITIONS = 10;
    private static final int ROUNDS = 15;

    @Option(
            names = "--ops",
            description = "Number of ops in the chain (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private int ops;

    @Option(names = "--size", description = "Number of elements (default: ${DEFAULT-VALUE}).", defaultValue = "4")
    private int size;

    @Spec
    private CommandSpec spec;

    /** Makes the command; picocli sets its options. */
    public SmallOpsBench() {}

    @Override
    public void run() {
        Rng rng = new Rng(0);
        Tensor x = Tensor.uniform(rng, 0, 1, size).requiresGrad(true);
        Tensor c = Tensor.uniform(rng, 0, 1, size);
        Map<String, Object> line = Measurement.line("adjoint");
        line.put("ops", ops);
        line.put("size", size);
        line.put("forward_us_per_op", perOp(() -> {
            try (Scope scope = Scope.open()) {
                chain(x, c);
            }
        }));
        line.put("forward_backward_us_per_op", perOp(() -> {
            try (Scope scope = Scope.open()) {
                x.zeroGrad();
                chain(x, c).backward();
            }
        }));
        line.put("jdk", Runtime.version().feature());
        spec.commandLine().getOut().println(Json.of(line));
    }

    private Tensor chain(Tensor x, Tensor c) {
        Tensor y = x;
        for (int i = 0; i < ops / OPS_IN_A_LINK; i++) y = y.mul(c).add(c).sin().maximum(c);
        return y.sum();
    }

    private double perOp(Runnable work) {
        int warmUp = (int) Math.max(30, WARM_UP * 4096L / Math.max(4096, size));
        for (int i = 0; i < warmUp; i++) work.run();
        return Measurement.thousandths(Measurement.rounds(ROUNDS, REPETITIONS, work)[ROUNDS / 2] / ops);
    }
}
