package dev.adjoint.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import dev.adjoint.train.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks Adjoint and its peers in turn, each in its own process, in one run on one machine. */
@Command(
        name = "compare",
        description =
                "Runs 'bench step' in turn with the same step in PyTorch and JAX (if Python has them) or with another"
                        + " program; prints the ratios peer / adjoint.",
        mixinStandardHelpOptions = true)
public final class CompareBench implements Runnable {
    @Option(
            names = "--peers",
            description = "Folder with step_time.py, a script that prints one JSON line per engine.",
            paramLabel = "FOLDER")
    private Path peers;

    @Option(
            names = "--python",
            description = "Python interpreter to run it (default: ${DEFAULT-VALUE}).",
            defaultValue = "python3")
    private String python;

    @Option(
            names = "--with",
            description =
                    "Another peer: a program that takes the options of 'bench step' and prints one such JSON line.",
            paramLabel = "COMMAND")
    private String with;

    @Option(names = "--batches", description = "Batch sizes.", split = ",", defaultValue = "32,128,512")
    private int[] batches;

    @Option(names = "--optimizers", description = "sgd, adam.", split = ",", defaultValue = "sgd,adam")
    private String[] optimizers;

    @Option(
            names = "--nets",
            description = "Layer sizes of the networks.",
            split = ";",
            defaultValue = "784,128,10;784,256,128,64,10")
    private String[] nets;

    @Option(names = "--engines", description = "Engines that step_time.py should run.", defaultValue = "torch,jax")
    private String engines;

    @Option(names = "--turns", description = "Number of runs of each; the median is reported.", defaultValue = "3")
    private int turns;

    @Spec
    private CommandSpec spec;

    /** Makes the command; picocli sets its options. */
    public CompareBench() {}

    @Override
    public void run() {
        if (turns < 1) throw new ParameterException(spec.commandLine(), "--turns must be at least 1");
        PrintWriter out = spec.commandLine().getOut();
        double logs = 0;
        int cells = 0;
        for (String net : nets) {
            for (String optimizer : optimizers) {
                for (int batch : batches) {
                    double ratio = cell(net, optimizer, batch, out);
                    if (ratio == 0) continue;
                    logs += Math.log(ratio);
                    cells++;
                }
            }
        }
        if (cells > 0)
            out.printf(
                    Locale.ROOT,
                    "geometric mean of the ratios, best peer / adjoint: %.2f over %d cells%n",
                    Math.exp(logs / cells),
                    cells);
        else out.println("no peer was run: specify --peers FOLDER and a --python that has torch, or --with COMMAND");
    }

    /** Prints one line of the table and returns the ratio of the best peer's time to ours, 0 without a peer. */
    private double cell(String net, String optimizer, int batch, PrintWriter out) {
        List<String> settings = List.of("--batch", "" + batch, "--layers", net, "--optimizer", optimizer);
        Map<String, List<Double>> times = new TreeMap<>();
        for (int turn = 0; turn < turns; turn++) {
            for (JsonObject line : lines(adjointCommand(settings))) add(times, line);
            if (peers != null) for (JsonObject line : lines(peerCommand(settings))) add(times, line);
            if (with != null) for (JsonObject line : lines(command(with.split(" +"), settings))) add(times, line);
        }
        JsonObject row = new JsonObject();
        row.addProperty("layers", net);
        row.addProperty("optimizer", optimizer);
        row.addProperty("batch", batch);
        double own = median(times.get("adjoint"));
        double best = 0;
        for (Map.Entry<String, List<Double>> engine : times.entrySet()) {
            double median = median(engine.getValue());
            row.addProperty(engine.getKey() + "_us", Measurement.tenths(median));
            if (!engine.getKey().equals("adjoint")) best = best == 0 ? median : Math.min(best, median);
        }
        if (best > 0) row.addProperty("ratio", Measurement.thousandths(best / own));
        out.println(Json.of(row));
        out.flush();
        return best / own;
    }

    private static void add(Map<String, List<Double>> times, JsonObject line) {
        times.computeIfAbsent(line.get("engine").getAsString(), engine -> new ArrayList<>())
                .add(line.get("median_us").getAsDouble());
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** The command that starts this program again, with the flags of this JVM. */
    private List<String> adjointCommand(List<String> settings) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String program = spec.root().userObject().getClass().getName();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program, "bench", "step"));
        command.addAll(settings);
        return command;
    }

    private List<String> peerCommand(List<String> settings) {
        String[] script = {python, peers.resolve("step_time.py").toString(), "--engines", engines};
        return command(script, settings);
    }

    private static List<String> command(String[] words, List<String> settings) {
        List<String> command = new ArrayList<>(Arrays.asList(words));
        command.addAll(settings);
        return command;
    }

    /** Runs a program and returns the JSON lines that it prints, even if it fails. */
    private static List<JsonObject> lines(List<String> command) {
        try {
            Path output = Files.createTempFile("adjoint", ".txt");
            try {
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                return Files.readAllLines(output, StandardCharsets.UTF_8).stream()
                        .filter(line -> line.startsWith("{"))
                        .map(line -> JsonParser.parseString(line).getAsJsonObject())
                        .toList();
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("bench compare: cannot run " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("bench compare was interrupted", e);
        } catch (JsonSyntaxException e) {
            throw new IllegalStateException(
                    "bench compare: " + Arrays.toString(command.toArray()) + " printed no JSON", e);
        }
    }
}
