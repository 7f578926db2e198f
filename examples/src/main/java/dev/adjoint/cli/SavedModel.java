package dev.adjoint.cli;

import dev.adjoint.autograd.Rng;
import dev.adjoint.cli.options.LayerSizes;
import dev.adjoint.datasets.files.SafeTensors;
import dev.adjoint.nn.Sequential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A trained MLP saved in a file: the weights, with the layer sizes and the scaling of the inputs as metadata. */
record SavedModel(LayerSizes layers, double dropout, int height, int width, double mean, double std, Sequential model) {
    static final String FILE = "model.safetensors";

    void save(OutputFolder folder) {
        Map<String, String> metadata = new TreeMap<>(Map.of(
                "layers", layers.toString(),
                "dropout", Double.toString(dropout),
                "height", Integer.toString(height),
                "width", Integer.toString(width),
                "mean", Double.toString(mean),
                "std", Double.toString(std)));
        folder.write(FILE, out -> SafeTensors.write(out, model.stateDict(), metadata));
    }

    static SavedModel load(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(folder + ": contains no " + FILE + ": train first (mnist --out " + folder
                    + "), or specify another folder with --model");
        }
        try {
            return of(SafeTensors.open(file));
        } catch (RuntimeException e) {
            // Whichever exception the parsers throw, the cause is the file.
            throw new IllegalArgumentException(
                    file + ": damaged, or not a model saved by mnist (" + e.getMessage() + "); train again", e);
        }
    }

    private static SavedModel of(SafeTensors saved) {
        LayerSizes layers = new LayerSizes.Converter().convert(text(saved, "layers"));
        double dropout = Double.parseDouble(text(saved, "dropout"));
        int height = Integer.parseInt(text(saved, "height"));
        int width = Integer.parseInt(text(saved, "width"));
        double mean = Double.parseDouble(text(saved, "mean"));
        double std = Double.parseDouble(text(saved, "std"));
        if ((long) height * width != layers.inputs())
            throw new IllegalArgumentException("height and width do not fit the layers");
        checkLayers(saved, layers);
        Sequential model = layers.mlp(dropout, new Rng(0));
        model.loadStateDict(saved.tensors());
        model.eval();
        return new SavedModel(layers, dropout, height, width, mean, std, model);
    }

    /** Checks the layer sizes before the network is created: a small file can declare layers that do not fit in memory. */
    private static void checkLayers(SafeTensors saved, LayerSizes layers) {
        long named = 0;
        for (int i = 1; i < layers.sizes().size(); i++) {
            named += (layers.sizes().get(i - 1) + 1L) * layers.sizes().get(i);
        }
        long there = 0;
        for (long[] shape : saved.shapes().values())
            there += Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        if (named != there) {
            throw new IllegalArgumentException(
                    "its layers " + layers + " have " + named + " parameters, the file holds " + there);
        }
    }

    private static String text(SafeTensors saved, String name) {
        String text = saved.metadata().get(name);
        if (text == null) throw new IllegalArgumentException("its metadata lacks " + name);
        return text;
    }
}
