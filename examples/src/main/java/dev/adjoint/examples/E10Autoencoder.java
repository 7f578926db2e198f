package dev.adjoint.examples;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Dataset;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.nn.BCEWithLogitsLoss;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.Sigmoid;
import dev.adjoint.optim.Adam;
import dev.adjoint.train.ProgressReport;
import dev.adjoint.train.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** An autoencoder for digits with a bottleneck of 32 values; writes an image of test digits above their reconstructions. */
public final class E10Autoencoder {
    private static final int EPOCHS = 6;
    private static final int BATCH = 128;
    private static final int CODE = 32;
    private static final int SHOWN_DIGITS = 12;
    private static final int SIDE = 28;
    /** Size of a digit's pixel in the written image, in pixels. */
    private static final int ZOOM = 3;

    private E10Autoencoder() {}

    /** A dataset in which the target of each image is the image itself. */
    private record ReconstructionDataset(ImageDataset images) implements Dataset {
        @Override
        public int size() {
            return images.size();
        }

        @Override
        public Tensor inputs(int... indices) {
            return images.inputs(indices);
        }

        @Override
        public Tensor targets(int... indices) {
            return images.inputs(indices);
        }
    }

    /**
     * Runs the example.
     *
     * @param args the image file to write, by default runs/autoencoder.png
     * @throws IOException if the image cannot be written
     */
    public static void main(String[] args) throws IOException {
        ImageDataset train = Mnist.load(Mnist.Split.TRAIN);
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        Rng rng = new Rng(0);
        Sequential encoder =
                new Sequential(new Linear(SIDE * SIDE, 128).rng(rng), new ReLU(), new Linear(128, CODE).rng(rng));
        Sequential decoder = new Sequential(
                new ReLU(), new Linear(CODE, 128).rng(rng), new ReLU(), new Linear(128, SIDE * SIDE).rng(rng));
        Sequential model = new Sequential(encoder, decoder);
        new Trainer(model, new BCEWithLogitsLoss(), new Adam(model.parameters(), 2e-3))
                .with(new ProgressReport(System.err, System.out))
                .fit(DataLoader.shuffled(new ReconstructionDataset(train), BATCH, rng), EPOCHS);
        Tensor digits = test.inputs(IntStream.range(0, SHOWN_DIGITS).toArray());
        try (NoGrad off = NoGrad.open()) {
            Tensor back = new Sequential(model, new Sigmoid()).apply(digits);
            System.out.printf(
                    Locale.ROOT,
                    "mean squared error of the first %d test digits: %.4f%n",
                    SHOWN_DIGITS,
                    Losses.mse(back, digits).item());
            write(Path.of(args.length == 0 ? "runs/autoencoder.png" : args[0]), digits, back);
        }
    }

    /** Writes one row of digits for each tensor [N, SIDE·SIDE], dark on light. */
    private static void write(Path file, Tensor... rows) throws IOException {
        int count = (int) rows[0].shape(0);
        BufferedImage picture =
                new BufferedImage(count * SIDE * ZOOM, rows.length * SIDE * ZOOM, BufferedImage.TYPE_BYTE_GRAY);
        for (int row = 0; row < rows.length; row++) {
            float[] values = rows[row].toFloats();
            for (int y = 0; y < SIDE * ZOOM; y++) {
                for (int x = 0; x < count * SIDE * ZOOM; x++) {
                    int digit = x / (SIDE * ZOOM);
                    float dark = values[(digit * SIDE + y / ZOOM) * SIDE + x / ZOOM % SIDE];
                    picture.getRaster().setSample(x, row * SIDE * ZOOM + y, 0, Math.round(255 * (1 - dark)));
                }
            }
        }
        if (file.getParent() != null) Files.createDirectories(file.getParent());
        ImageIO.write(picture, "png", file.toFile());
        System.out.println("test digits above their reconstructions: " + file);
    }
}
