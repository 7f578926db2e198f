package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/**
 * Data augmentation for images: each image of a batch [N, …, H, W] is shifted, rotated, cropped or flipped by a random amount of its
 * own. Pixels from outside the image are 0.
 *
 * <pre>{@code
 * DataLoader.shuffled(train, 128, rng)
 *         .mapInputs(Transform.reshape(1, 28, 28).then(ImageTransforms.randomShift(2)).then(ImageTransforms.randomRotation(10)))
 * }</pre>
 */
public final class ImageTransforms {
    private ImageTransforms() {}

    /**
     * Shifts each image by a random number of whole pixels in each direction.
     *
     * @param pixels the maximum shift, at least 0
     * @return the transform
     * @throws IllegalArgumentException if it is negative
     */
    public static Transform randomShift(int pixels) {
        if (pixels < 0) throw new IllegalArgumentException("randomShift: " + pixels + " pixels: expected at least 0");
        return (x, rng) -> resample("randomShift", x, 0, rng, (height, width) -> {
            int down = rng.nextInt(2 * pixels + 1) - pixels;
            int right = rng.nextInt(2 * pixels + 1) - pixels;
            return new Source(1, 0, -down, -right);
        });
    }

    /**
     * Rotates each image about its centre by a random angle in ±degrees, with bilinear interpolation.
     *
     * @param degrees the maximum angle in degrees, at least 0
     * @return the transform
     * @throws IllegalArgumentException if it is negative
     */
    public static Transform randomRotation(double degrees) {
        if (!(degrees >= 0)) {
            throw new IllegalArgumentException("randomRotation: " + degrees + " degrees: expected at least 0");
        }
        return (x, rng) -> resample("randomRotation", x, 0, rng, (height, width) -> {
            double angle = Math.toRadians(degrees * (2 * rng.nextDouble() - 1));
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            double y = (height - 1) / 2.0;
            double z = (width - 1) / 2.0;
            // The centre is the fixed point of the rotation.
            return new Source(cos, sin, y - cos * y + sin * z, z - sin * y - cos * z);
        });
    }

    /**
     * Crops a square window at a random position from each image.
     *
     * @param size the height and width of the window
     * @param margin the zero padding that is added on each side of the image first
     * @return the transform; it throws if an image with its padding is smaller than the window
     * @throws IllegalArgumentException if the size is below 1 or the margin negative
     */
    public static Transform randomCrop(int size, int margin) {
        if (size < 1 || margin < 0) {
            throw new IllegalArgumentException("randomCrop: size " + size + ", margin " + margin
                    + ": expected a size of at least 1 and a margin of at least 0");
        }
        return (x, rng) -> resample("randomCrop", x, size, rng, (height, width) -> {
            int top = cropOffset("height", height, size, margin, rng);
            int left = cropOffset("width", width, size, margin, rng);
            return new Source(1, 0, top, left);
        });
    }

    private static int cropOffset(String side, int length, int size, int margin, Rng rng) {
        int room = length + 2 * margin - size;
        if (room < 0) {
            throw new IllegalArgumentException("randomCrop: " + side + " " + length + " with a margin of " + margin
                    + ": expected at least the window's " + size + "; choose a smaller window");
        }
        return rng.nextInt(room + 1) - margin;
    }

    /**
     * Flips each image horizontally with probability ½.
     *
     * @return the transform
     */
    public static Transform randomFlip() {
        return (x, rng) -> resample("randomFlip", x, 0, rng, (height, width) -> {
            return rng.nextBoolean() ? new Source(1, 0, 0, 0) : new Source(1, 0, 0, width - 1, -1);
        });
    }

    /**
     * Maps a pixel (y, x) of the result to its source position in the image: row cos·y − sin·x + top, column mirror·(sin·y + cos·x) + left.
     */
    private record Source(double cos, double sin, double top, double left, int mirror) {
        Source(double cos, double sin, double top, double left) {
            this(cos, sin, top, left, 1);
        }

        double row(int y, int x) {
            return cos * y - sin * x + top;
        }

        double column(int y, int x) {
            return mirror * (sin * y + cos * x) + left;
        }
    }

    /** Draws a random source mapping for an image of a given size. */
    @FunctionalInterface
    private interface MapSampler {
        Source source(int height, int width);
    }

    /** Resamples each image with a random source mapping, which is the same for all its channels; size 0 keeps the image size. */
    private static Tensor resample(String name, Tensor x, int size, Rng rng, MapSampler draw) {
        if (x.rank() < 3) {
            throw new IllegalArgumentException(name + ": " + Arrays.toString(x.shape())
                    + ": expected images [N, H, W] or [N, C, H, W]; put Transform.reshape before it");
        }
        long[] shape = x.shape();
        int height = (int) shape[shape.length - 2];
        int width = (int) shape[shape.length - 1];
        int newHeight = size == 0 ? height : size;
        int newWidth = size == 0 ? width : size;
        shape[shape.length - 2] = newHeight;
        shape[shape.length - 1] = newWidth;
        int images = (int) shape[0];
        int channels = (int) (x.length() / Math.max(1, (long) images * height * width));
        double[] old = x.toDoubles();
        double[] result = new double[images * channels * newHeight * newWidth];
        int at = 0;
        for (int n = 0; n < images; n++) {
            Source source = draw.source(height, width);
            for (int c = 0; c < channels; c++) {
                int plane = (n * channels + c) * height * width;
                for (int row = 0; row < newHeight; row++) {
                    for (int column = 0; column < newWidth; column++) {
                        result[at++] = interpolate(
                                old, plane, height, width, source.row(row, column), source.column(row, column));
                    }
                }
            }
        }
        return Tensor.of(result, shape).to(x.dtype());
    }

    /** Bilinear interpolation between the four neighbouring pixels. */
    private static double interpolate(double[] from, int plane, int height, int width, double row, double column) {
        int y = (int) Math.floor(row);
        int x = (int) Math.floor(column);
        double v = row - y;
        double u = column - x;
        double sum = 0;
        for (int dy = 0; dy <= 1; dy++) {
            for (int dx = 0; dx <= 1; dx++) {
                double weight = (dy == 0 ? 1 - v : v) * (dx == 0 ? 1 - u : u);
                if (weight == 0 || y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
                sum += weight * from[plane + (y + dy) * width + x + dx];
            }
        }
        return sum;
    }
}
