package dev.adjoint.autograd.internal.kernels;

/**
 * Windows that slide over images, as a convolution or a pooling takes them.
 *
 * @param height of a window
 * @param width of a window
 * @param strideY rows from one window to the next
 * @param strideX columns from one window to the next
 * @param paddingY rows of zeros above and below the image
 * @param paddingX columns of zeros on its left and right
 * @param dilationY rows between neighbours in a window
 * @param dilationX columns between neighbours in a window
 */
public record Windows(
        int height, int width, int strideY, int strideX, int paddingY, int paddingX, int dilationY, int dilationX) {
    /**
     * Windows with the same settings along both axes.
     *
     * @param height of a window
     * @param width of a window
     * @param stride steps between windows
     * @param padding zeros around the image
     * @param dilation steps between neighbours in a window
     * @return the windows
     * @throws IllegalArgumentException if a setting is out of range
     */
    public static Windows square(int height, int width, int stride, int padding, int dilation) {
        return new Windows(height, width, stride, stride, padding, padding, dilation, dilation);
    }

    /** Settings are checked here, images against them in {@link #rows} and {@link #columns}. */
    public Windows {
        if (height < 1 || width < 1 || strideY < 1 || strideX < 1 || dilationY < 1 || dilationX < 1) {
            throw new IllegalArgumentException("windows of " + height + " × " + width + ", stride " + strideY + ", "
                    + strideX + ", dilation " + dilationY + ", " + dilationX + ": expected at least 1 each");
        }
        if (paddingY < 0 || paddingX < 0) {
            throw new IllegalArgumentException(
                    "windows with padding " + paddingY + ", " + paddingX + ": expected at least 0");
        }
    }

    /**
     * How many windows fit below each other.
     *
     * @param imageHeight the height of an image
     * @return the number, below 1 if none fits
     */
    public int rows(long imageHeight) {
        return count(imageHeight, height, strideY, paddingY, dilationY);
    }

    /**
     * How many windows fit beside each other.
     *
     * @param imageWidth the width of an image
     * @return the number, below 1 if none fits
     */
    public int columns(long imageWidth) {
        return count(imageWidth, width, strideX, paddingX, dilationX);
    }

    private static int count(long size, int kernel, int stride, int padding, int dilation) {
        long padded = size + 2L * padding;
        if (padded > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("windows: an image side of " + size + " with padding " + padding
                    + " on both ends: expected at most " + Integer.MAX_VALUE + " in all; take a smaller padding");
        }
        long last = padded - ((long) dilation * (kernel - 1) + 1);
        return last < 0 ? 0 : (int) (last / stride) + 1;
    }
}
