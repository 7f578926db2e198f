package dev.adjoint.cli;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Converts an image of a digit to the format of the training images: light on dark and, unless it already has their size, cropped to the
 * digit, scaled to 20/28 of the side length and centred by its centre of mass.
 */
final class DigitImage {
    private static final double FOREGROUND_THRESHOLD = 0.2;

    private DigitImage() {}

    /** Reads an image as side × side grey values in [0, 1]. */
    static Tensor read(Path file, int side) {
        double[][] grey = grey(file);
        if (hasLightBackground(grey)) invert(grey);
        double[][] fitted = grey.length == side && grey[0].length == side ? grey : centred(crop(file, grey), side);
        float[] pixels = new float[side * side];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (float) fitted[i / side][i % side];
        return Tensor.of(pixels, 1, (long) side * side);
    }

    private static double[][] grey(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    file + ": no such file: expected a PNG image of a digit, or the index of an image in the test set");
        }
        Picture picture = Picture.read(file);
        double[][] grey = new double[picture.height()][picture.width()];
        for (int y = 0; y < grey.length; y++) {
            for (int x = 0; x < grey[0].length; x++) {
                int i = y * picture.width() + x;
                // Transparent pixels show a white background.
                grey[y][x] = picture.alpha()[i] * picture.grey()[i] + 1 - picture.alpha()[i];
            }
        }
        return grey;
    }

    /** Whether the background, taken from the border pixels, is light. */
    private static boolean hasLightBackground(double[][] grey) {
        double sum = 0;
        int last = grey[0].length - 1;
        for (double[] row : grey) sum += row[0] + row[last];
        for (int x = 0; x <= last; x++) sum += grey[0][x] + grey[grey.length - 1][x];
        return sum / (2 * (grey.length + last + 1)) > 0.5;
    }

    private static void invert(double[][] grey) {
        for (double[] row : grey) for (int x = 0; x < row.length; x++) row[x] = 1 - row[x];
    }

    /** Crops the image to the bounding box of the digit. */
    private static double[][] crop(Path file, double[][] grey) {
        int top = grey.length;
        int bottom = -1;
        int left = grey[0].length;
        int right = -1;
        for (int y = 0; y < grey.length; y++) {
            for (int x = 0; x < grey[0].length; x++) {
                if (grey[y][x] < FOREGROUND_THRESHOLD) continue;
                top = Math.min(top, y);
                bottom = Math.max(bottom, y);
                left = Math.min(left, x);
                right = Math.max(right, x);
            }
        }
        if (bottom < 0)
            throw new IllegalArgumentException(
                    file + ": is blank: expected a digit that contrasts with its background");
        double[][] cut = new double[bottom - top + 1][];
        for (int y = top; y <= bottom; y++) cut[y - top] = Arrays.copyOfRange(grey[y], left, right + 1);
        return cut;
    }

    private static double[][] centred(double[][] cut, int side) {
        double scale = side * 20.0 / 28 / Math.max(cut.length, cut[0].length);
        double[][] small = scaled(cut, Math.max(1, (int) Math.round(cut.length * scale)), Math.max(1, (int)
                Math.round(cut[0].length * scale)));
        double mass = 0;
        double massY = 0;
        double massX = 0;
        for (int y = 0; y < small.length; y++) {
            for (int x = 0; x < small[0].length; x++) {
                mass += small[y][x];
                massY += y * small[y][x];
                massX += x * small[y][x];
            }
        }
        int down = (int) Math.round((side - 1) / 2.0 - massY / mass);
        int across = (int) Math.round((side - 1) / 2.0 - massX / mass);
        double[][] result = new double[side][side];
        for (int y = 0; y < small.length; y++) {
            for (int x = 0; x < small[0].length; x++) {
                boolean inside = y + down >= 0 && y + down < side && x + across >= 0 && x + across < side;
                if (inside) result[y + down][x + across] = small[y][x];
            }
        }
        return result;
    }

    private static double[][] scaled(double[][] from, int height, int width) {
        BufferedImage image = new BufferedImage(from[0].length, from.length, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < from.length; y++) {
            for (int x = 0; x < from[0].length; x++)
                image.getRaster().setSample(x, y, 0, (int) Math.round(255 * from[y][x]));
        }
        // Halved repeatedly before the final scaling, so that thin strokes are not lost between two samples.
        while (image.getHeight() >= 2 * height && image.getWidth() >= 2 * width) {
            image = drawn(image, image.getHeight() / 2, image.getWidth() / 2);
        }
        image = drawn(image, height, width);
        double[][] result = new double[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) result[y][x] = image.getRaster().getSample(x, y, 0) / 255.0;
        }
        return result;
    }

    private static BufferedImage drawn(BufferedImage from, int height, int width) {
        BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D pen = to.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        pen.drawImage(from, 0, 0, width, height, null);
        pen.dispose();
        return to;
    }
}
