package dev.adjoint.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Helpers for benchmarks: timing of repeated work, and the JSON line to print. */
final class Measurement {
    private Measurement() {}

    /** Creates a line with the engine's name, which is the first field of every line. */
    static Map<String, Object> line(String engine) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", engine);
        return line;
    }

    /** Returns the time per repetition of each round, in microseconds, sorted. */
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
