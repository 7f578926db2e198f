package dev.adjoint.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * MNIST, and datasets in the same format (Fashion-MNIST, KMNIST, …): 28 × 28 grey images of ten classes, in four idx files. MNIST
 * itself is included in this module; see the package description for its authors and licence.
 */
public final class Mnist {
    private static final int CLASSES = 10;

    private Mnist() {}

    /** The two splits of the data. */
    public enum Split {
        /** The training set: 60,000 images in MNIST. */
        TRAIN("train"),
        /** The test set: 10,000 images in MNIST. */
        TEST("t10k");

        private final String images;
        private final String labels;

        Split(String prefix) {
            this.images = prefix + "-images-idx3-ubyte";
            this.labels = prefix + "-labels-idx1-ubyte";
        }
    }

    /**
     * Loads the included MNIST digits, verified by the CRC-32 of their gzip files.
     *
     * @param split the split
     * @return the images and their labels
     * @throws DataException if a file is damaged
     */
    public static ImageDataset load(Split split) {
        return ImageDataset.of(embedded(split.images, 3), embedded(split.labels, 1), CLASSES);
    }

    private static Idx embedded(String name, int axes) {
        String file = "mnist/" + name + ".gz";
        try (InputStream in = Mnist.class.getResourceAsStream(file)) {
            if (in == null) throw new DataException(file + ": missing from the datasets module; build it again");
            return Idx.read(file, in, axes);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /**
     * Loads a dataset in the same format from a folder.
     *
     * @param folder the folder with the two files of the split under MNIST's names, compressed (.gz) or not
     * @param split the split
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
