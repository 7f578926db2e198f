package dev.adjoint.cli;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Classifies one digit with the weights saved by {@code mnist}. */
@Command(
        name = "predict",
        description = "Classifies a digit with a trained model.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class PredictCommand implements Runnable {
    private static final int TOP_K = 3;

    @Parameters(
            paramLabel = "IMAGE",
            description = "A PNG file of one digit, or the index of an image in the test set.")
    private String image;

    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description = "Folder with the weights saved by mnist.",
            defaultValue = "runs/mnist")
    private Path folder;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Folder with the idx files that an index refers to (default: the embedded digits).",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private Path data;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        SavedModel saved = SavedModel.load(folder);

        boolean isNumber = image.matches("\\d{1,9}");
        if (!isNumber && saved.height() != saved.width()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the model in " + folder + " reads images of " + saved.height() + " × " + saved.width()
                            + " pixels: image files require a model for square images; give the index of a test image");
        }
        Tensor pixels =
                isNumber ? fromTestSet(Integer.parseInt(image)) : DigitImage.read(Path.of(image), saved.height());
        if (pixels.length() != saved.layers().inputs()) {
            throw new ParameterException(
                    spec.commandLine(),
                    image + ": has " + pixels.length() + " pixels, the model in " + folder + " expects "
                            + saved.layers().inputs());
        }
        double[] probabilities = probabilities(saved, pixels);

        PrintWriter out = spec.commandLine().getOut();
        for (String line : Report.draw(pixels, saved.height(), saved.width())) out.println(line.stripTrailing());
        int[] order = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble(c -> -probabilities[c]))
                .mapToInt(Integer::intValue)
                .toArray();
        out.println("prediction: " + order[0]);
        for (int c : Arrays.copyOf(order, Math.min(TOP_K, order.length))) {
            out.printf(Locale.ROOT, "  %d  %6.2f %%%n", c, 100 * probabilities[c]);
        }
    }

    private double[] probabilities(SavedModel saved, Tensor pixels) {
        try (NoGrad off = NoGrad.open()) {
            Tensor input = pixels.sub(saved.mean()).div(saved.std());
            return saved.model().apply(input.reshape(1, -1)).softmax(1).toDoubles();
        }
    }

    private Tensor fromTestSet(int index) {
        ImageDataset test = data == null ? Mnist.load(Mnist.Split.TEST) : Mnist.load(data, Mnist.Split.TEST);
        if (index >= test.size()) {
            throw new ParameterException(
                    spec.commandLine(), "image " + index + ": the test set has the images 0 to " + (test.size() - 1));
        }
        spec.commandLine().getOut().println("test image " + index + ", labelled " + test.label(index));
        return test.inputs(index);
    }
}
