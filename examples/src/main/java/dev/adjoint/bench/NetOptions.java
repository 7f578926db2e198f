package dev.adjoint.bench;

import dev.adjoint.cli.options.LayerSizes;
import picocli.CommandLine.Option;

/** Options shared by the benchmarks of a training step: layer sizes, batch size, steps and rounds. */
final class NetOptions {
    @Option(names = "--batch", description = "Batch size (default: ${DEFAULT-VALUE}).", defaultValue = "128")
    private int batch;

    @Option(
            names = "--layers",
            description = "Layer sizes (default: ${DEFAULT-VALUE}).",
            defaultValue = "784,128,10",
            converter = LayerSizes.Converter.class)
    private LayerSizes layers;

    @Option(names = "--steps", description = "Steps per round (default: ${DEFAULT-VALUE}).", defaultValue = "200")
    private int steps;

    @Option(names = "--rounds", description = "Number of timed rounds (default: ${DEFAULT-VALUE}).", defaultValue = "9")
    private int rounds;

    int batch() {
        return batch;
    }

    LayerSizes layers() {
        return layers;
    }

    int steps() {
        return steps;
    }

    int rounds() {
        return rounds;
    }

    /** Whether batch size, steps and rounds are all at least 1. */
    boolean isValid() {
        return batch >= 1 && steps >= 1 && rounds >= 1;
    }
}
