package dev.adjoint.cli;

import dev.adjoint.cli.options.LayerSizes;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Benchmarks a whole training, from process start to test accuracy, with the settings of the peers' script. */
@Command(
        name = "mnist",
        description = "Trains 784-128-10 for 5 epochs with Adam and prints accuracy, times and peak memory.",
        mixinStandardHelpOptions = true)
final class MnistBench implements Runnable {
    @Option(names = "--epochs", description = "Epochs (default: ${DEFAULT-VALUE}).", defaultValue = "5")
    private int epochs;

    @Option(names = "--batch", description = "Batch size (default: ${DEFAULT-VALUE}).", defaultValue = "128")
    private int batch;

    @Option(
            names = "--layers",
            description = "Layer sizes (default: ${DEFAULT-VALUE}).",
            defaultValue = "784,128,10",
            converter = LayerSizes.Converter.class)
    private LayerSizes layers;

    @Option(names = "--seed", description = "Seed (default: ${DEFAULT-VALUE}).", defaultValue = "0")
    private long seed;

    @Option(
            names = "--out",
            description = "Folder for metrics and weights (default: ${DEFAULT-VALUE}).",
            defaultValue = "runs/bench")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        MnistCommand.forBenchmark(spec, layers, epochs, batch, seed, out).run();
    }
}
