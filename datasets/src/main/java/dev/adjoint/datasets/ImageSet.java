package dev.adjoint.datasets;

import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.datasets.Mnist.Split;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Image datasets that are downloaded on first use from their publishers or a mirror, verified against the published MD5, and cached in
 * the platform's cache directory ({@code -Dadjoint.cache=FOLDER} sets another). {@code -Dadjoint.mirror=URL} sets a mirror of your
 * own, which is tried first, for {@code URL/fashion-mnist/train-images-idx3-ubyte.gz} and so on.
 */
public enum ImageSet {
    /** Clothes: 60,000 training and 10,000 test images of 28 × 28. Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017. MIT licence. */
    FASHION_MNIST(
            "fashion-mnist",
            List.of(
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot"),
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/") {
        @Override
        ImageDataset read(Split split) {
            return split == Split.TRAIN
                    ? idx("train", "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe")
                    : idx("t10k", "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310");
        }
    },

    /**
     * Cursive Japanese characters: 60,000 training and 10,000 test images of 28 × 28. Clanuwat et al., "Deep Learning for Classical
     * Japanese Literature", 2018. CC BY-SA 4.0.
     */
    KMNIST(
            "kmnist",
            List.of("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/") {
        @Override
        ImageDataset read(Split split) {
            return split == Split.TRAIN
                    ? idx("train", "bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344")
                    : idx("t10k", "5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134");
        }
    },

    /**
     * Handwritten digits of more writers: 240,000 training and 40,000 test images of 28 × 28, transposed to be upright. Cohen et al.,
     * "EMNIST", 2017. The download is 536 MB.
     */
    EMNIST_DIGITS(
            "emnist",
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            "https://biometrics.nist.gov/cs_links/EMNIST/",
            "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/") {
        @Override
        ImageDataset read(Split split) {
            Path file = fetch("gzip.zip", "58c8d27c78d21e728a6bc7b3cc06412e");
            String part = "gzip/emnist-digits-" + (split == Split.TRAIN ? "train" : "test");
            try (ZipFile zip = new ZipFile(file.toFile())) {
                return ImageDataset.of(
                                entry(zip, part + "-images-idx3-ubyte.gz", 3),
                                entry(zip, part + "-labels-idx1-ubyte.gz", 1),
                                classes().size())
                        .transposed();
            } catch (IOException e) {
                throw new DataException(
                        file + ": cannot be read: " + IoErrorMessage.of(e) + "; delete it to download it again", e);
            }
        }
    },

    /**
     * Colour images of ten classes of objects: 50,000 training and 10,000 test images of 32 × 32. Krizhevsky, "Learning Multiple Layers
     * of Features", 2009.
     */
    CIFAR10(
            "cifar-10",
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
            "https://www.cs.toronto.edu/~kriz/",
            "https://cave.cs.toronto.edu/kriz/") {
        @Override
        ImageDataset read(Split split) {
            Path file = fetch("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530");
            return cifar(file, split);
        }
    };

    private static final int CIFAR_SIDE = 32;
    private static final int CIFAR_CHANNELS = 3;
    private static final int CIFAR_PIXELS = CIFAR_CHANNELS * CIFAR_SIDE * CIFAR_SIDE;
    private static final int CIFAR_FILE = 10_000;

    private final String folder;
    private final List<String> classes;
    private final List<String> mirrors;

    ImageSet(String folder, List<String> classes, String... mirrors) {
        this.folder = folder;
        this.classes = classes;
        this.mirrors = List.of(mirrors);
    }

    /**
     * Loads a split, and downloads it first if it is not in the cache.
     *
     * @param split the split
     * @return the images with their classes; colour images as [n, 3·height·width], channel by channel
     * @throws DataException if it cannot be downloaded; the message says which file to put where instead
     */
    public ImageDataset load(Split split) {
        return read(split);
    }

    /**
     * The names of the classes.
     *
     * @return the names, class 0 first
     */
    public List<String> classes() {
        return classes;
    }

    abstract ImageDataset read(Split split);

    ImageDataset idx(String part, String imagesMd5, String labelsMd5) {
        Path images = fetch(part + "-images-idx3-ubyte.gz", imagesMd5);
        Path labels = fetch(part + "-labels-idx1-ubyte.gz", labelsMd5);
        return ImageDataset.of(Idx.read(images, 3), Idx.read(labels, 1), classes.size());
    }

    Path fetch(String name, String md5) {
        return new Download(CacheFolder.find().resolve(folder), name, addresses(name), md5).file();
    }

    /** The addresses of a file: first the mirror of adjoint.mirror, if set, then those of the publishers. */
    List<URI> addresses(String name) {
        String own = System.getProperty("adjoint.mirror");
        if (own != null) checkMirror(own);
        Stream<String> first =
                own == null ? Stream.of() : Stream.of(own + (own.endsWith("/") ? "" : "/") + folder + "/");
        return Stream.concat(first, mirrors.stream())
                .map(mirror -> URI.create(mirror + name))
                .toList();
    }

    private static void checkMirror(String text) {
        try {
            URI mirror = new URI(text);
            boolean isWeb = "http".equalsIgnoreCase(mirror.getScheme()) || "https".equalsIgnoreCase(mirror.getScheme());
            if (isWeb && mirror.getHost() != null) return;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(mirrorProperty(text) + " (" + e.getReason() + ")", e);
        }
        throw new IllegalArgumentException(mirrorProperty(text));
    }

    private static String mirrorProperty(String text) {
        return "system property adjoint.mirror=" + text
                + ": expected an address such as https://mirror.example/datasets/";
    }

    private static Idx entry(ZipFile zip, String name, int axes) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) throw new DataException(zip.getName() + ": contains no " + name);
        try (InputStream in = zip.getInputStream(entry)) {
            return Idx.read(name, in, axes);
        }
    }

    /** Reads the binary version: files of 10,000 records, each a class and the pixels of the three channels. */
    static ImageDataset cifar(Path file, Split split) {
        String wanted = split == Split.TRAIN ? "data_batch_" : "test_batch";
        int count = CIFAR_FILE * (split == Split.TRAIN ? 5 : 1);
        byte[] pixels = new byte[count * CIFAR_PIXELS];
        byte[] labels = new byte[count];
        int read = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GzipCompressorInputStream(new BufferedInputStream(Files.newInputStream(file))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!entry.getName().contains(wanted)) continue;
                for (int i = 0; i < CIFAR_FILE && read < count; i++, read++) {
                    int label = tar.read();
                    int got = tar.readNBytes(pixels, read * CIFAR_PIXELS, CIFAR_PIXELS);
                    if (label < 0 || label >= CIFAR10.classes.size() || got != CIFAR_PIXELS) {
                        throw new DataException(file + ": image " + i + " of " + entry.getName()
                                + " is damaged; delete the file to download it again");
                    }
                    labels[read] = (byte) label;
                }
            }
        } catch (IOException e) {
            throw new DataException(
                    file + ": cannot be read: " + IoErrorMessage.of(e) + "; delete it to download it again", e);
        }
        if (read < count) throw new DataException(file + ": holds " + read + " images, expected " + count);
        return ImageDataset.of(pixels, labels, CIFAR_CHANNELS, CIFAR_SIDE, CIFAR_SIDE, CIFAR10.classes.size());
    }
}
