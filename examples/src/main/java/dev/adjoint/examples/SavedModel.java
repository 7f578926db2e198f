package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.nn.Sequential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A trained MLP in a file: its weights, and in the file's metadata its layers and how its inputs were scaled. */
record SavedModel(Layers layers, double dropout, double mean, double std, Sequential model) {
    static final String FILE = "model.safetensors";

    void save(OutputFolder folder) {
        Map<String, String> metadata = new java.util.TreeMap<>(Map.of(
                "layers", layers.toString(),
                "dropout", Double.toString(dropout),
                "mean", Double.toString(mean),
                "std", Double.toString(std)));
        folder.write(FILE, out -> new SafeTensors(model.stateDict(), metadata).write(out));
    }

    static SavedModel load(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(folder + ": holds no " + FILE + ": train first (mnist --out " + folder
                    + "), or name another folder with --model");
        }
        try {
            SafeTensors saved = SafeTensors.read(file);
            Layers layers = new Layers.Converter().convert(text(file, saved, "layers"));
            double dropout = Double.parseDouble(text(file, saved, "dropout"));
            Sequential model = layers.mlp(dropout, new Rng(0));
            model.loadStateDict(saved.tensors());
            model.eval();
            double mean = Double.parseDouble(text(file, saved, "mean"));
            return new SavedModel(layers, dropout, mean, Double.parseDouble(text(file, saved, "std")), model);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read (" + e + "); check its permissions", e);
        }
    }

    private static String text(Path file, SafeTensors saved, String name) {
        String text = saved.metadata().get(name);
        if (text == null) {
            throw new IllegalArgumentException(
                    file + ": its metadata does not name the " + name + ": not a model of ours; train again");
        }
        return text;
    }
}
