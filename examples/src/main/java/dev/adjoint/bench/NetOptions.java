package dev.adjoint.bench;

import dev.adjoint.cli.options.LayerSizes;
import picocli.CommandLine.Option;

/** Which net, and how many examples at a time: what the benchmarks of a training step have in common. */
final class NetOptions {
    @Option(names = "--batch", description = "Rows in a batch (default: ${DEFAULT-VALUE}).", defaultValue = "128")
    private int batch;

    @Option(
            names = "--layers",
            description = "Layer sizes (default: ${DEFAULT-VALUE}).",
            defaultValue = "784,128,10",
            converter = LayerSizes.Converter.class)
    private LayerSizes layers;

    @Option(names = "--steps", description = "Steps in a round (default: ${DEFAULT-VALUE}).", defaultValue = "200")
    private int steps;

    @Option(names = "--rounds", description = "Timed rounds (default: ${DEFAULT-VALUE}).", defaultValue = "9")
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

    /** Whether there is anything to time. */
    boolean isValid() {
        return batch >= 1 && steps >= 1 && rounds >= 1;
    }
}
