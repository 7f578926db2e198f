package dev.adjoint.cli;

import dev.adjoint.bench.CompareBench;
import dev.adjoint.bench.DataBench;
import dev.adjoint.bench.FloorBench;
import dev.adjoint.bench.KernelsBench;
import dev.adjoint.bench.SmallOpsBench;
import dev.adjoint.bench.StepBench;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The benchmark commands. Each prints JSON lines, so that results of several programs can be compared. */
@Command(
        name = "bench",
        description = "Measures the speed of the engine; prints JSON lines.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Runnable, CommandGroup {
    @Spec
    private CommandSpec spec;

    @Override
    public List<Class<?>> commands() {
        return List.of(
                StepBench.class,
                FloorBench.class,
                SmallOpsBench.class,
                MnistBench.class,
                DataBench.class,
                KernelsBench.class,
                CompareBench.class);
    }

    @Override
    public void run() {
        String names = String.join(", ", spec.subcommands().keySet());
        throw new ParameterException(spec.commandLine(), "no benchmark given: expected one of " + names);
    }
}
