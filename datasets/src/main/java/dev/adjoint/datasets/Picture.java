package dev.adjoint.datasets;

import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * An image as grey values with alpha. For grey images, the raw samples are used: Java's colour conversion would apply a gamma curve, so
 * that a grey image would differ from the same image in RGB.
 *
 * @param height in pixels
 * @param width in pixels
 * @param grey the luminance of each pixel by ITU-R BT.601, row by row, from 0 (black) to 1 (white)
 * @param alpha the opacity of each pixel, from 0 to 1
 */
public record Picture(int height, int width, float[] grey, float[] alpha) {
    private static final String LIMIT = "adjoint.maxPixels";
    /** 4096 × 4096: a small file can claim an image a thousand times as large. */
    private static final long DEFAULT_LIMIT = 1L << 24;

    private static final double RED = 0.299;
    private static final double GREEN = 0.587;
    private static final double BLUE = 0.114;

    /**
     * Reads an image (PNG, JPEG, GIF or BMP).
     *
     * @param file the file
     * @return the image
     * @throws DataException if the file cannot be read, is not an image, or has more pixels than the limit, 2²⁴ or the system property
     *     {@code adjoint.maxPixels}
     */
    public static Picture read(Path file) {
        if (!Files.exists(file)) throw new DataException(file + ": no such file; check the name");
        BufferedImage image = image(file);
        ColorModel colors = image.getColorModel();
        boolean isGrey =
                colors instanceof ComponentColorModel && colors.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        int n = image.getWidth() * image.getHeight();
        Picture picture = new Picture(image.getHeight(), image.getWidth(), new float[n], new float[n]);
        for (int i = 0; i < n; i++) {
            int x = i % picture.width;
            int y = i / picture.width;
            if (isGrey) picture.setSamples(i, image.getRaster(), colors, x, y);
            else picture.setColor(i, image.getRGB(x, y));
        }
        return picture;
    }

    private static BufferedImage image(Path file) {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
            if (readers == null || !readers.hasNext()) {
                throw new DataException(file + ": not a readable image; expected PNG, JPEG, GIF or BMP");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long width = reader.getWidth(0);
                long height = reader.getHeight(0);
                long limit = Long.getLong(LIMIT, DEFAULT_LIMIT);
                if (width * height > limit) {
                    throw new DataException(file + ": " + height + " × " + width + " pixels, more than the limit of "
                            + limit + ", which protects the memory: make it smaller, or raise the limit with -D" + LIMIT
                            + "=" + width * height);
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read as an image: " + IoErrorMessage.of(e), e);
        } catch (RuntimeException e) {
            if (e instanceof DataException) throw e;
            // The JDK's readers throw various RuntimeExceptions for damaged images.
            throw new DataException(
                    file + ": the image is damaged (" + IoErrorMessage.excerpt(e.getMessage()) + ")", e);
        }
    }

    private void setSamples(int i, Raster raster, ColorModel colors, int x, int y) {
        grey[i] = raster.getSample(x, y, 0) / (float) ((1 << colors.getComponentSize(0)) - 1);
        boolean hasAlpha = raster.getNumBands() > 1;
        alpha[i] = hasAlpha ? raster.getSample(x, y, 1) / (float) ((1 << colors.getComponentSize(1)) - 1) : 1;
    }

    private void setColor(int i, int argb) {
        double luminance = RED * (argb >> 16 & 0xff) + GREEN * (argb >> 8 & 0xff) + BLUE * (argb & 0xff);
        grey[i] = (float) (luminance / 255);
        alpha[i] = (argb >>> 24) / 255f;
    }
}
