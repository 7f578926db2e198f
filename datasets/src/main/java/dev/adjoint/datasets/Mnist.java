package dev.adjoint.datasets;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * MNIST and the datasets made in its image (Fashion-MNIST, KMNIST, …): 28 × 28 grey images of ten classes, in four idx files.
 * MNIST itself comes with this module; see the package's description for its authors and terms.
 */
public final class Mnist {
    private static final int CLASSES = 10;

    private Mnist() {}

    /** The two parts of the data. */
    public enum Split {
        /** What a model learns from: 60,000 images in MNIST. */
        TRAIN(
                "train",
                "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
                "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203"),
        /** What it is tested with: 10,000 images in MNIST. */
        TEST(
                "t10k",
                "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
                "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b");

        private final String images;
        private final String labels;
        private final String imagesSha256;
        private final String labelsSha256;

        Split(String prefix, String imagesSha256, String labelsSha256) {
            this.images = prefix + "-images-idx3-ubyte";
            this.labels = prefix + "-labels-idx1-ubyte";
            this.imagesSha256 = imagesSha256;
            this.labelsSha256 = labelsSha256;
        }
    }

    /**
     * Loads the embedded digits, checked against their SHA-256.
     *
     * @param split which part
     * @return the images and their labels
     * @throws DataException if a file is damaged
     */
    public static ImageDataset load(Split split) {
        Idx images = embedded(split.images + ".gz", split.imagesSha256, 3);
        return ImageDataset.of(images, embedded(split.labels + ".gz", split.labelsSha256, 1), CLASSES);
    }

    private static Idx embedded(String name, String sha256, int axes) {
        try (InputStream in = Mnist.class.getResourceAsStream("mnist/" + name)) {
            if (in == null)
                throw new DataException("mnist/" + name + ": missing from the datasets module; build it again");
            byte[] file = in.readAllBytes();
            String actual = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(file));
            if (!actual.equals(sha256)) {
                throw new DataException("mnist/" + name + ": SHA-256 " + actual + ": expected " + sha256
                        + "; the file is damaged, build the datasets module again from a fresh clone");
            }
            return Idx.read("mnist/" + name, new ByteArrayInputStream(file), axes);
        } catch (IOException e) {
            throw new DataException("mnist/" + name + ": cannot be read (" + e.getMessage() + ")", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Loads a dataset of the same form from a folder.
     *
     * @param folder holds the part's two files under MNIST's names, compressed (.gz) or not
     * @param split which part
     * @return the images and their labels
     * @throws DataException if a file is missing or damaged, or the two do not belong together
     */
    public static ImageDataset load(Path folder, Split split) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + ": no such folder: name one that holds " + split.images + ".gz and "
                    + split.labels + ".gz");
        }
        Path images = find(folder, split.images);
        Path labels = find(folder, split.labels);
        return ImageDataset.of(Idx.read(images, 3), Idx.read(labels, 1), CLASSES);
    }

    private static Path find(Path folder, String name) {
        for (String candidate : List.of(name + ".gz", name, name.replace("-idx", ".idx"))) {
            if (Files.isRegularFile(folder.resolve(candidate))) return folder.resolve(candidate);
        }
        throw new DataException(folder + ": has no " + name + ".gz and no " + name + ": put the four idx files there");
    }
}
