package dev.adjoint.datasets;

import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * An image dataset from a folder with a subfolder for each class: {@code FOLDER/cat/1.png}, {@code FOLDER/dog/7.png}. All images must
 * have the same size; colour images are converted to grey.
 *
 * @param data the images with their classes
 * @param classes the names of the subfolders in alphabetical order, class 0 first
 */
public record ImageFolder(ImageDataset data, List<String> classes) {
    private static final int MAX_CLASSES = 256;
    /**
     * Reads all images (PNG, JPEG, GIF or BMP).
     *
     * @param folder the folder with the subfolders of the classes
     * @return the dataset
     * @throws DataException if an image cannot be read or has another size, or there are no images
     */
    public static ImageFolder load(Path folder) {
        try {
            List<Path> folders =
                    list(folder).stream().filter(Files::isDirectory).toList();
            if (folders.isEmpty() || folders.size() > MAX_CLASSES) {
                throw new DataException(folder + ": holds " + folders.size()
                        + " folders: expected one for each class, at most " + MAX_CLASSES);
            }
            ByteArrayOutputStream pixels = new ByteArrayOutputStream();
            ByteArrayOutputStream labels = new ByteArrayOutputStream();
            int[] size = new int[2];
            for (int label = 0; label < folders.size(); label++) {
                for (Path file : list(folders.get(label))) {
                    add(file, pixels, size);
                    labels.write(label);
                }
            }
            if (labels.size() == 0) throw new DataException(folder + ": holds no images in its folders");
            ImageDataset data =
                    ImageDataset.of(pixels.toByteArray(), labels.toByteArray(), 1, size[0], size[1], folders.size());
            return new ImageFolder(
                    data, folders.stream().map(f -> f.getFileName().toString()).toList());
        } catch (IOException e) {
            throw new DataException(folder + ": cannot be read: " + IoErrorMessage.of(e), e);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static void add(Path file, ByteArrayOutputStream pixels, int... size) {
        Picture picture = Picture.read(file);
        if (size[0] == 0) {
            size[0] = picture.height();
            size[1] = picture.width();
        }
        if (picture.height() != size[0] || picture.width() != size[1]) {
            throw new DataException(file + ": " + picture.height() + " × " + picture.width()
                    + " pixels, the first image " + size[0] + " × " + size[1] + ": resize all images to one size");
        }
        for (float grey : picture.grey()) pixels.write(Math.round(grey * 255));
    }
}
