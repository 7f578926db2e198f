package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.nio.FloatBuffer;

/**
 * A dataset of labelled grey or colour images, stored as bytes. A batch of inputs is float32 [n, channels·height·width], scaled from
 * 0 … 255 to [0, 1], or normalised with a mean and standard deviation, see {@link #standardised}. Targets are int64 [n].
 */
public final class ImageDataset implements Dataset {
    private static final int LEVELS = 256;

    private final byte[] pixels;
    private final byte[] labels;
    private final int channels;
    private final int height;
    private final int width;
    private final int classes;
    /** The float value of each byte value. */
    private final float[] scaled;

    private ImageDataset(
            byte[] pixels, byte[] labels, int channels, int height, int width, int classes, double mean, double std) {
        this.pixels = pixels;
        this.labels = labels;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.classes = classes;
        this.scaled = new float[LEVELS];
        for (int level = 0; level < LEVELS; level++) scaled[level] = (float) ((level / (LEVELS - 1.0) - mean) / std);
    }

    /** Makes a dataset from bytes [n, channels, height, width] and a label for each image. */
    static ImageDataset of(byte[] pixels, byte[] labels, int channels, int height, int width, int classes) {
        return new ImageDataset(pixels, labels, channels, height, width, classes, 0, 1);
    }

    /** Makes a dataset from an image file and a label file; throws if they do not belong together. */
    static ImageDataset of(Idx images, Idx labels, int classes) {
        int count = images.shape()[0];
        if (labels.shape()[0] != count) {
            throw new DataException(images.name() + " has " + count + " images, " + labels.name() + " has "
                    + labels.shape()[0] + " labels: they do not belong together; get both from one place");
        }
        if (count == 0 || images.shape()[1] == 0 || images.shape()[2] == 0) {
            throw new DataException(images.name() + ": holds no images (" + count + " of " + images.shape()[1] + " × "
                    + images.shape()[2] + "); get it again");
        }
        for (int i = 0; i < count; i++) {
            int label = labels.bytes()[i] & 0xff;
            if (label >= classes) {
                throw new DataException(labels.name() + ": label " + i + " is " + label + ": expected 0 to "
                        + (classes - 1) + "; the file is damaged or of another dataset");
            }
        }
        return of(images.bytes(), labels.bytes(), 1, images.shape()[1], images.shape()[2], classes);
    }

    /**
     * Returns the same images normalised to (x − mean) / std, with x in [0, 1].
     *
     * @param mean the mean to subtract, usually {@link #mean} of the training set
     * @param std the standard deviation to divide by, usually {@link #std} of the training set
     * @return a dataset that shares the memory of this one
     * @throws IllegalArgumentException if std is not positive
     */
    public ImageDataset standardised(double mean, double std) {
        if (!(std > 0)) throw new IllegalArgumentException("standardised: std " + std + ": expected more than 0");
        return new ImageDataset(pixels, labels, channels, height, width, classes, mean, std);
    }

    /** The same grey images with rows and columns transposed. */
    ImageDataset transposed() {
        byte[] turned = new byte[pixels.length];
        int size = height * width;
        for (int i = 0; i < pixels.length; i++) {
            int at = i % size;
            turned[i - at + at % width * height + at / width] = pixels[i];
        }
        return of(turned, labels, channels, width, height, classes);
    }

    /**
     * The mean of all pixels, each in [0, 1].
     *
     * @return the mean
     */
    public double mean() {
        return sum(1) / pixels.length;
    }

    /**
     * The standard deviation of all pixels, each in [0, 1].
     *
     * @return the standard deviation
     */
    public double std() {
        double mean = mean();
        return Math.sqrt(sum(2) / pixels.length - mean * mean);
    }

    private double sum(int power) {
        double sum = 0;
        for (byte pixel : pixels) sum += Math.pow((pixel & 0xff) / (LEVELS - 1.0), power);
        return sum;
    }

    @Override
    public int size() {
        return labels.length;
    }

    /**
     * The number of channels of an image.
     *
     * @return 1 for grey, 3 for red, green and blue
     */
    public int channels() {
        return channels;
    }

    /**
     * The height of an image.
     *
     * @return the height in pixels
     */
    public int height() {
        return height;
    }

    /**
     * The width of an image.
     *
     * @return the width in pixels
     */
    public int width() {
        return width;
    }

    /**
     * The number of classes.
     *
     * @return the number of classes; labels are 0 … classes − 1
     */
    public int classes() {
        return classes;
    }

    /**
     * The label of one image.
     *
     * @param index the index of the image
     * @return its class
     */
    public int label(int index) {
        return labels[index] & 0xff;
    }

    @Override
    public Tensor inputs(int... indices) {
        int size = channels * height * width;
        return Tensor.writtenBy((image, i) -> scale(indices[i] * size, image), indices.length, size);
    }

    private void scale(int from, FloatBuffer image) {
        byte[] source = pixels;
        float[] table = scaled;
        int size = image.capacity();
        for (int k = 0; k < size; k++) image.put(k, table[source[from + k] & 0xff]);
        image.position(size);
    }

    @Override
    public Tensor targets(int... indices) {
        int[] values = new int[indices.length];
        for (int i = 0; i < values.length; i++) values[i] = label(indices[i]);
        return Tensor.of(values);
    }
}
