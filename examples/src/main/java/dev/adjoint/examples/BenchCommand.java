package dev.adjoint.examples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measurements. Each prints one JSON line, so that figures of several programs can be laid side by side. */
@Command(
        name = "bench",
        description = "Measures how fast the engine is; prints JSON lines.",
        mixinStandardHelpOptions = true,
        subcommands = {
            StepBench.class,
            FloorBench.class,
            SmallOpsBench.class,
            MnistBench.class,
            DataBench.class,
            KernelsBench.class,
            CompareBench.class
        })
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no benchmark given: expected step, floor, small-ops, mnist, data, kernels or compare");
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
