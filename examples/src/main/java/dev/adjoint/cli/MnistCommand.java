package dev.adjoint.cli;

import com.google.gson.GsonBuilder;
import dev.adjoint.autograd.Rng;
import dev.adjoint.bench.ProcessFacts;
import dev.adjoint.cli.options.LayerSizes;
import dev.adjoint.cli.options.OptimizerKind;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.ImageSet;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import dev.adjoint.train.Callback;
import dev.adjoint.train.DivergenceException;
import dev.adjoint.train.History;
import dev.adjoint.train.Json;
import dev.adjoint.train.MetricsLog;
import dev.adjoint.train.ProgressReport;
import dev.adjoint.train.Snapshots;
import dev.adjoint.train.TopK;
import dev.adjoint.train.Trainer;
import dev.adjoint.train.TrainingRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains an MLP on handwritten digits and evaluates it on the test set. */
@Command(
        name = "mnist",
        description = "Trains a digit classifier on the embedded MNIST data and tests it.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class MnistCommand implements Runnable {
    /** Number of snapshots to keep. */
    private static final int KEPT_SNAPSHOTS = 2;
    /** Number of steps between two lines of metrics.jsonl. */
    private static final int LOG_EVERY_STEPS = 50;

    private static final int TEST_BATCH = 500;

    @Option(
            names = "--layers",
            description = "Layer sizes.",
            defaultValue = "784,256,128,10",
            converter = LayerSizes.Converter.class)
    private LayerSizes layers;

    @Option(names = "--epochs", description = "Number of epochs.", defaultValue = "12")
    private int epochs;

    @Option(names = "--batch", description = "Batch size.", defaultValue = "128")
    private int batch;

    @Option(names = "--lr", description = "Initial learning rate.", defaultValue = "0.003")
    private double learningRate;

    @Option(
            names = "--decay",
            description = "Factor by which the learning rate is multiplied after each epoch.",
            defaultValue = "0.75")
    private double decay;

    @Option(names = "--optimizer", description = "adam or sgd.", defaultValue = "adam")
    private OptimizerKind optimizerKind;

    @Option(names = "--momentum", description = "Momentum for sgd.", defaultValue = "0.9")
    private double momentum;

    @Option(names = "--dropout", description = "Dropout probability of the hidden layers.", defaultValue = "0.2")
    private double dropout;

    @Option(
            names = "--standardise",
            description = "Standardise pixels to mean 0 and standard deviation 1 instead of [0, 1].")
    private boolean standardise;

    @Option(names = "--seed", description = "Random seed; the same seed gives the same weights.", defaultValue = "0")
    private long seed;

    @Option(
            names = "--data",
            description = "Folder with four idx files, of MNIST or a similar dataset (default: the embedded digits).",
            paramLabel = "FOLDER",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private Path data;

    @Option(
            names = "--dataset",
            description = "Dataset to download and cache, instead of the embedded digits: ${COMPLETION-CANDIDATES}.",
            paramLabel = "NAME",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private ImageSet dataset;

    @Option(
            names = "--out",
            description = "Folder for the metrics, the report and the weights.",
            paramLabel = "FOLDER",
            defaultValue = "runs/mnist")
    private Path out;

    @Option(
            names = "--resume",
            description = "Resume the interrupted run in --out, with the same settings.",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private boolean resume;

    @Option(
            names = "--snapshot-every",
            description = "Number of steps between snapshots; 0 for a snapshot every ten minutes.",
            paramLabel = "STEPS",
            defaultValue = "500")
    private int snapshotEvery;

    @Option(names = "--no-validation", description = "Evaluate only after the last epoch, not after each.")
    private boolean noValidation;

    @Option(names = "--no-report", description = "Do not write report.html.")
    private boolean noReport;

    @Option(names = "--json", description = "Print one JSON line and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /**
     * The same training as the peers' script, for `bench mnist`, with one line of JSON as output. It is configured in code instead of
     * parsed from arguments, since picocli takes a twentieth of a second to read the annotations of this command.
     */
    static MnistCommand forBenchmark(CommandSpec spec, LayerSizes layers, int epochs, int batch, long seed, Path out) {
        MnistCommand job = new MnistCommand();
        job.spec = spec;
        job.layers = layers;
        job.epochs = epochs;
        job.batch = batch;
        job.seed = seed;
        job.out = out;
        job.learningRate = 0.001;
        job.decay = 1;
        job.optimizerKind = OptimizerKind.ADAM;
        job.noValidation = true;
        job.noReport = true;
        job.json = true;
        return job;
    }

    /** Training and test images, standardised with the mean and standard deviation of the training pixels. */
    private record Data(ImageDataset train, ImageDataset test, double mean, double std) {}

    @Override
    public void run() {
        checkOptions();
        Data digits = loadData();
        Rng rng = new Rng(seed);
        Sequential model = layers.mlp(dropout, rng);
        Optimizer optimizer = optimizerKind.make(model.parameters(), learningRate, momentum);
        OutputFolder folder = OutputFolder.open(out);
        say(
                "training %s (%,d parameters) on %,d images with %s%n",
                layers, model.parameterCount(), digits.train.size(), optimizerKind);
        Snapshots snapshots = new Snapshots(out.resolve("snapshots"), KEPT_SNAPSHOTS);

        long start = System.nanoTime();
        DataLoader batches = DataLoader.shuffled(digits.train, batch, rng);
        History history = train(trainer(model, optimizer, digits, snapshots), batches, snapshots);
        if (history.isInterrupted()) {
            say("%ninterrupted and saved; use --resume to continue%n");
            return;
        }
        Evaluation evaluation = Evaluation.of(model, digits.test);
        double trainSeconds = seconds(start);

        if (!json) Report.print(spec.commandLine().getOut(), evaluation, digits.test);
        Map<String, Object> result = result(evaluation, trainSeconds);
        String metrics = metrics(result, history, digits.train.size(), evaluation);
        new SavedModel(layers, dropout, digits.train.height(), digits.train.width(), digits.mean, digits.std, model)
                .save(folder);
        folder.write("metrics.json", metrics);
        if (!noReport) report(model, history, evaluation, digits, trainSeconds);
        snapshots.clear();
        say(
                "%ntest accuracy %.2f %% after %d epochs, %.1f s of training; weights, metrics and the report are in %s%n",
                100 * evaluation.confusion().accuracy(), epochs, trainSeconds, out);
        if (json) spec.commandLine().getOut().println(Json.of(result));
    }

    private void checkOptions() {
        check(epochs >= 1, "--epochs " + epochs + ": expected at least 1");
        check(batch >= 1, "--batch " + batch + ": expected at least 1");
        check(snapshotEvery >= 0, "--snapshot-every " + snapshotEvery + ": expected at least 0");
        check(decay > 0 && decay <= 1, "--decay " + decay + ": expected more than 0 and at most 1");
        check(data == null || dataset == null, "--data and --dataset: expected only one of them");
        check(dataset != ImageSet.CIFAR10, "--dataset CIFAR10: expected a dataset of grey images");
    }

    private Data loadData() {
        ImageDataset train = load(Mnist.Split.TRAIN);
        ImageDataset test = load(Mnist.Split.TEST);
        check(
                test.height() == train.height() && test.width() == train.width(),
                "the test images are " + test.height() + " × " + test.width() + " pixels, the training images "
                        + train.height() + " × " + train.width() + ": use files of one dataset");
        int pixels = train.height() * train.width();
        check(
                layers.inputs() == pixels && layers.outputs() == train.classes(),
                "--layers " + layers + ": expected " + pixels + " inputs (pixels) first and " + train.classes()
                        + " outputs (classes) last");
        double mean = standardise ? train.mean() : 0;
        double std = standardise ? train.std() : 1;
        return new Data(train.standardised(mean, std), test.standardised(mean, std), mean, std);
    }

    private Trainer trainer(Module model, Optimizer optimizer, Data digits, Snapshots snapshots) {
        Trainer trainer = new Trainer(model, new CrossEntropyLoss(), optimizer)
                .scheduleEachEpoch(new Scheduler(optimizer, Schedule.exponential(decay)))
                .with(new ProgressReport(json ? null : System.err, null))
                .with(new EpochLines(digits.train.size()))
                .with(new MetricsLog(out.resolve("metrics.jsonl"), LOG_EVERY_STEPS))
                .saveTo(snapshots)
                .saveEverySteps(snapshotEvery);
        if (!noValidation) {
            trainer.validate(DataLoader.inOrder(digits.test, TEST_BATCH)).measureValidation(TopK.accuracy());
        }
        settings().forEach(trainer::setting);
        return trainer;
    }

    private ImageDataset load(Mnist.Split split) {
        if (data != null) return Mnist.load(data, split);
        return dataset == null ? Mnist.load(split) : dataset.load(split);
    }

    private void report(
            Sequential model, List<Callback.Epoch> history, Evaluation evaluation, Data digits, double trainSeconds) {
        Sequential copy = layers.mlp(dropout, new Rng(seed));
        new MnistReport(model)
                .settings(settings())
                .history(history)
                .evaluation(evaluation, digits.test)
                .internals(digits.train)
                .timings(
                        trainSeconds,
                        copy,
                        optimizerKind.make(copy.parameters(), learningRate, momentum),
                        digits.train,
                        batch)
                .write(out.resolve("report.html"));
    }

    private History train(Trainer trainer, DataLoader data, Snapshots snapshots) {
        boolean left = snapshots.latest().isPresent();
        check(
                left || !resume,
                "--resume: " + out
                        + " contains no snapshot of a run; start without --resume, or specify another folder with --out");
        if (left && !resume) {
            say("discarding the interrupted run in %s; --resume would continue it%n", out);
            snapshots.clear();
        }
        try {
            return resume ? trainer.resume(data, epochs) : trainer.fit(data, epochs);
        } catch (DivergenceException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    e.getMessage().lines().findFirst().orElse("") + "; lower --lr " + learningRate,
                    e);
        }
    }

    /** Prints a line after each epoch, and the step at which a run is resumed. */
    private final class EpochLines implements Callback {
        private final int images;

        EpochLines(int images) {
            this.images = images;
        }

        @Override
        public void fitBegan(TrainingRun run, Plan plan) {
            if (plan.step() > 0) say("resuming after %,d steps%n", plan.step());
        }

        @Override
        public void epochEnded(TrainingRun run, Epoch epoch) {
            Double accuracy = epoch.values().get("val_accuracy");
            say(
                    "epoch %2d/%d  train loss %.4f%s  %.1f s  %,d images/s%n",
                    epoch.number(),
                    epochs,
                    epoch.values().get("loss"),
                    accuracy == null ? "" : String.format(Locale.ROOT, "  test accuracy %.2f %%", 100 * accuracy),
                    epoch.seconds(),
                    Math.round(images / epoch.seconds()));
        }
    }

    private Map<String, Object> result(Evaluation evaluation, double trainSeconds) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("engine", "adjoint");
        result.put("epochs", epochs);
        result.put("test_accuracy", evaluation.confusion().accuracy());
        result.put("train_s", hundredths(trainSeconds));
        result.put("total_s", hundredths(ProcessFacts.secondsSinceStart()));
        result.put("peak_rss_kb", ProcessFacts.peakResidentKilobytes());
        return result;
    }

    private String metrics(
            Map<String, Object> result, List<Callback.Epoch> history, int images, Evaluation evaluation) {
        Map<String, Object> all = new LinkedHashMap<>(result);
        all.put("settings", settings());
        all.put("history", history.stream().map(epoch -> line(epoch, images)).toList());
        all.put("confusion", evaluation.confusion().counts());
        return new GsonBuilder().setPrettyPrinting().create().toJson(all) + "\n";
    }

    private static Map<String, Object> line(Callback.Epoch epoch, int images) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("epoch", epoch.number());
        line.put("train_loss", epoch.values().get("loss"));
        line.put("test_loss", epoch.values().get("val_loss"));
        line.put("test_accuracy", epoch.values().get("val_accuracy"));
        line.put("seconds", epoch.seconds());
        line.put("images_per_second", Math.round(images / epoch.seconds()));
        return line;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("layers", layers.sizes());
        settings.put("batch", batch);
        settings.put("lr", learningRate);
        settings.put("decay", decay);
        settings.put("optimizer", optimizerKind.toString());
        if (optimizerKind == OptimizerKind.SGD) settings.put("momentum", momentum);
        settings.put("dropout", dropout);
        settings.put("standardise", standardise);
        settings.put("seed", seed);
        String fetched = dataset == null ? "embedded MNIST" : dataset.toString();
        settings.put("data", data == null ? fetched : data.toString());
        return settings;
    }

    private void say(String format, Object... args) {
        if (json) return;
        PrintWriter console = spec.commandLine().getOut();
        console.printf(Locale.ROOT, format, args);
        console.flush();
    }

    private void check(boolean holds, String message) {
        if (!holds) throw new ParameterException(spec.commandLine(), message);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static double hundredths(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
