package dev.adjoint.cli;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.bench.ProcessFacts;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.lab.Page;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.train.Callback;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The training report: a self-contained page about the training run and the trained network. */
final class MnistReport {
    private static final int SAMPLE = 500;
    private static final int BINS = 40;
    private static final int MISTAKES = 24;
    private static final int UNITS = 64;
    private static final int STEPS = 60;

    private final Map<String, Object> data = new LinkedHashMap<>();
    private final Sequential model;

    MnistReport(Sequential model) {
        this.model = model;
        data.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        data.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores");
        data.put("model", model.toString());
        data.put("parameters", model.parameterCount());
    }

    MnistReport settings(Map<String, Object> settings) {
        data.put("settings", settings);
        return this;
    }

    MnistReport history(List<Callback.Epoch> history) {
        data.put("history", history);
        return this;
    }

    /** Adds the confusion matrix, and misclassified images with the predicted probabilities. */
    MnistReport evaluation(Evaluation evaluation, ImageDataset test) {
        data.put("accuracy", evaluation.confusion().accuracy());
        data.put("confusion", evaluation.confusion().counts());
        data.put("height", test.height());
        data.put("width", test.width());
        List<Map<String, Object>> wrong = new ArrayList<>();
        for (Evaluation.Mistake mistake :
                evaluation.mistakes().stream().limit(MISTAKES).toList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", mistake.index());
            one.put("expected", mistake.expected());
            one.put("predicted", mistake.predicted());
            try (Scope scope = Scope.open();
                    NoGrad off = NoGrad.open()) {
                Tensor image = test.inputs(mistake.index());
                one.put("probabilities", rounded(evaluated(image).softmax(1).toFloats()));
                one.put("pixels", rounded(image.toFloats()));
            }
            wrong.add(one);
        }
        data.put("mistakes", wrong);
        return this;
    }

    private Tensor evaluated(Tensor x) {
        try (Module.Handle mode = model.inEvaluation()) {
            return model.apply(x);
        }
    }

    /** Adds the first layer's weights as images, and histograms of activations and gradients for a sample of training images. */
    MnistReport internals(ImageDataset train) {
        float[] weights = model.parameters().get(0).toFloats();
        int pixels = train.height() * train.width();
        List<float[]> units = new ArrayList<>();
        for (int i = 0; i < Math.min(UNITS, weights.length / pixels); i++) {
            units.add(rounded(Arrays.copyOfRange(weights, i * pixels, (i + 1) * pixels)));
        }
        data.put("weights", units);
        List<Map<String, Object>> activations = new ArrayList<>();
        List<Module.Handle> hooks = new ArrayList<>();
        model.children()
                .forEach((name, layer) -> hooks.add(layer.forwardHook((module, x, y) -> {
                    activations.add(histogram(name + " " + module.getClass().getSimpleName(), y));
                    return null;
                })));
        List<Map<String, Object>> gradients = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            int[] sample = IntStream.range(0, Math.min(SAMPLE, train.size())).toArray();
            Losses.crossEntropy(evaluated(train.inputs(sample)), train.targets(sample))
                    .backward();
            model.namedParameters().forEach((name, parameter) -> gradients.add(histogram(name, parameter.grad())));
            model.zeroGrad();
        } finally {
            hooks.forEach(Module.Handle::close);
        }
        data.put("activations", activations);
        data.put("gradients", gradients);
        return this;
    }

    private static Map<String, Object> histogram(String name, Tensor x) {
        float[] values = x.toFloats();
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        int zeros = 0;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
            if (value == 0) zeros++;
        }
        // Zeros are not counted: those from ReLU and dropout would dwarf all other bins.
        int[] counts = new int[BINS];
        float width = Math.max((high - low) / BINS, Float.MIN_NORMAL);
        for (float value : values) {
            if (value != 0) counts[Math.min(BINS - 1, (int) ((value - low) / width))]++;
        }
        Map<String, Object> histogram = new LinkedHashMap<>();
        histogram.put("name", name);
        histogram.put("low", low);
        histogram.put("high", high);
        histogram.put("zeros", (double) zeros / values.length);
        histogram.put("counts", counts);
        return histogram;
    }

    /** Adds the times of the run and of the phases of a step, measured on an identical network that is trained for at most two epochs. */
    MnistReport timings(double trainSeconds, Module copy, Optimizer optimizer, ImageDataset train, int batch) {
        double[] micros = new double[4];
        int steps = Math.max(1, Math.min(STEPS, train.size() / batch));
        for (int step = 0; step < 2 * steps; step++) {
            int[] some = IntStream.range(0, Math.min(batch, train.size())).toArray();
            try (Scope scope = Scope.open()) {
                long start = System.nanoTime();
                Tensor x = train.inputs(some);
                Tensor y = train.targets(some);
                long loaded = System.nanoTime();
                Tensor loss = Losses.crossEntropy(copy.apply(x), y);
                long forward = System.nanoTime();
                loss.backward();
                long backward = System.nanoTime();
                optimizer.step();
                optimizer.zeroGrad();
                long updated = System.nanoTime();
                if (step < steps) continue;
                micros[0] += (loaded - start) / 1e3 / steps;
                micros[1] += (forward - loaded) / 1e3 / steps;
                micros[2] += (backward - forward) / 1e3 / steps;
                micros[3] += (updated - backward) / 1e3 / steps;
            }
        }
        Map<String, Object> phases = new LinkedHashMap<>();
        phases.put("loading", micros[0]);
        phases.put("forward", micros[1]);
        phases.put("backward", micros[2]);
        phases.put("update", micros[3]);
        data.put("step", phases);
        data.put("trainSeconds", trainSeconds);
        data.put("totalSeconds", ProcessFacts.secondsSinceStart());
        data.put("peakKilobytes", ProcessFacts.peakResidentKilobytes());
        return this;
    }

    void write(Path file) {
        Page.write(file, "report.html", data);
    }

    /** Rounds to three decimals, which are enough for a colour. */
    private static float[] rounded(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) rounded[i] = Math.round(values[i] * 1000) / 1000f;
        return rounded;
    }
}
