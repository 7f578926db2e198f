package dev.adjoint.bench;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.train.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Times training steps on MNIST with batches from different sources, in turn: the same batch repeatedly, which has no loading cost;
 * shuffled rows of tensors in memory; images stored as bytes, loaded by the training thread or prefetched.
 */
@Command(
        name = "data",
        description =
                "Times training steps on MNIST for different ways of loading the data; prints a JSON line for each.",
        mixinStandardHelpOptions = true)
public final class DataBench implements Runnable {
    @Mixin
    private NetOptions net;

    @Spec
    private CommandSpec spec;

    /** Makes the command; picocli sets its options. */
    public DataBench() {}

    @Override
    public void run() {
        if (!net.isValid()) {
            throw new ParameterException(spec.commandLine(), "--batch, --steps and --rounds must be at least 1");
        }
        ImageDataset images = Mnist.load(Mnist.Split.TRAIN);
        int[] all = IntStream.range(0, images.size()).toArray();
        TensorDataset tensors = new TensorDataset(images.inputs(all), images.targets(all));
        Batch one =
                DataLoader.inOrder(images, net.batch()).prefetch(1).iterator().next();

        Map<String, Iterable<Batch>> sources = new LinkedHashMap<>();
        sources.put(
                "one batch",
                () -> IntStream.generate(() -> 0).mapToObj(i -> one).iterator());
        sources.put("tensors in memory", DataLoader.shuffled(tensors, net.batch(), new Rng(0)));
        DataLoader loader = DataLoader.shuffled(images, net.batch(), new Rng(0));
        sources.put("images", loader);
        for (int workers : new int[] {1, 2, 4}) sources.put("images, " + workers + " ahead", loader.prefetch(workers));

        Module model = net.layers().mlp(0, new Rng(0));
        Optimizer adam = new Adam(model.parameters());
        Map<String, double[]> micros = new LinkedHashMap<>();
        for (int round = -1; round < net.rounds(); round++) {
            for (Map.Entry<String, Iterable<Batch>> source : sources.entrySet()) {
                double time = time(source.getValue(), model, adam);
                if (round >= 0) micros.computeIfAbsent(source.getKey(), name -> new double[net.rounds()])[round] = time;
            }
        }
        micros.forEach(this::print);
    }

    /** The mean time of a step in microseconds. */
    private double time(Iterable<Batch> source, Module model, Optimizer optimizer) {
        int done = 0;
        long start = System.nanoTime();
        while (done < net.steps()) {
            for (Batch batch : source) {
                try (Scope step = Scope.open()) {
                    Tensor error = Losses.crossEntropy(model.apply(batch.inputs()), batch.targets());
                    error.backward();
                    optimizer.step();
                    optimizer.zeroGrad();
                }
                if (++done == net.steps()) break;
            }
        }
        return (System.nanoTime() - start) / 1e3 / done;
    }

    private void print(String source, double... micros) {
        Arrays.sort(micros);
        Map<String, Object> line = Measurement.line("adjoint");
        line.put("source", source);
        line.put("batch", net.batch());
        line.put("layers", net.layers().sizes());
        line.put("min_us", Measurement.tenths(micros[0]));
        line.put("median_us", Measurement.tenths(micros[micros.length / 2]));
        line.put("jdk", Runtime.version().feature());
        spec.commandLine().getOut().println(Json.of(line));
    }
}
