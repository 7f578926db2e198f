package dev.adjoint.examples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measurements. Each prints one JSON line, so that figures of several programs can be laid side by side. */
@Command(
        name = "bench",
        description = "Measures how fast the engine is; prints JSON lines.",
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

    /** The fields that every line begins with. */
    static Map<String, Object> line(String engine) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", engine);
        return line;
    }

    /** The times of some rounds of work, in microseconds for one repetition, sorted. */
    static double[] rounds(int rounds, int repetitions, Runnable work) {
        double[] micros = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < repetitions; i++) work.run();
            micros[round] = (System.nanoTime() - start) / 1e3 / repetitions;
        }
        Arrays.sort(micros);
        return micros;
    }

    static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }

    static double thousandths(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
