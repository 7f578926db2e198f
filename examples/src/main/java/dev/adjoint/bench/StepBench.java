package dev.adjoint.bench;

import com.sun.management.ThreadMXBean;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.cli.options.LayerSizes;
import dev.adjoint.cli.options.OptimizerKind;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.train.Json;
import java.lang.management.ManagementFactory;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times a training step. */
@Command(
        name = "step",
        description = "Times a training step (forward, backward, update) on random data, with non-vanishing gradients.",
        mixinStandardHelpOptions = true)
public final class StepBench implements Runnable {
    /** So small that gradients neither vanish nor become denormal during the benchmark. */
    private static final double LEARNING_RATE = 1e-7;

    private static final ThreadMXBean HEAP = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Steps until JIT compilation has finished; the compiler would compete with the measurement for the cores. */
    private static final int WARM_UP = 2000;

    /** Steps after which the memory pools are filled, so that no more memory is allocated. */
    private static final int FIRST_STEPS = 100;

    @Mixin
    private NetOptions net;

    @Option(names = "--optimizer", description = "adam or sgd (default: ${DEFAULT-VALUE}).", defaultValue = "adam")
    private OptimizerKind kind;

    @Option(
            names = "--model",
            description = "mlp, cnn, lstm or attention (default: ${DEFAULT-VALUE}).",
            defaultValue = "mlp")
    private BenchModel network;

    @Option(
            names = "--no-scope",
            description = "Run without a Scope: the garbage collector frees the memory of each step.")
    private boolean noScope;

    @Spec
    private CommandSpec spec;

    /** Makes the command; picocli sets its options. */
    public StepBench() {}

    @Override
    public void run() {
        if (!net.isValid()) {
            throw new ParameterException(spec.commandLine(), "--batch, --steps and --rounds must be at least 1");
        }
        Rng rng = new Rng(0);
        LayerSizes layers = net.layers();
        Tensor x = network.inputs(net.batch(), layers, rng);
        Tensor y = Tensor.of(rng.ints(net.batch(), 0, network.classes(layers)).toArray());
        Module model = network.make(layers, rng);
        Optimizer optimizer = kind.make(model.parameters(), LEARNING_RATE, 0);
        Runnable work = () -> {
            optimizer.zeroGrad();
            Losses.crossEntropy(model.apply(x), y).backward();
            optimizer.step();
        };
        Runnable step = noScope
                ? work
                : () -> {
                    try (Scope scope = Scope.open()) {
                        work.run();
                    }
                };
        spec.commandLine().getOut().println(Json.of(measure(step)));
    }

    private Map<String, Object> measure(Runnable step) {
        // A step of the other networks takes so long that JIT compilation finishes within fewer steps.
        boolean small = network == BenchModel.MLP;
        int first = small ? FIRST_STEPS : 1;
        int warmUp = small ? WARM_UP : Math.min(WARM_UP, 2 * net.steps());
        for (int i = 0; i < first; i++) step.run();
        long memoryBefore = ProcessFacts.residentKilobytes();
        for (int i = first; i < warmUp; i++) step.run();
        long heapBefore = HEAP.getThreadAllocatedBytes(Thread.currentThread().getId());
        double[] micros = Measurement.rounds(net.rounds(), net.steps(), step);
        long heap = HEAP.getThreadAllocatedBytes(Thread.currentThread().getId()) - heapBefore;

        Map<String, Object> line = Measurement.line("adjoint");
        line.put("batch", net.batch());
        if (small) line.put("layers", net.layers().sizes());
        else line.put("model", network.toString());
        line.put("optimizer", kind.toString());
        line.put("min_us", Measurement.tenths(micros[0]));
        line.put("median_us", Measurement.tenths(micros[micros.length / 2]));
        line.put("jdk", Runtime.version().feature());
        line.put("heap_bytes_per_step", heap / ((long) net.rounds() * net.steps()));
        line.put("rss_growth_kb", ProcessFacts.residentKilobytes() - memoryBefore);
        line.put("peak_rss_kb", ProcessFacts.peakResidentKilobytes());
        return line;
    }
}
