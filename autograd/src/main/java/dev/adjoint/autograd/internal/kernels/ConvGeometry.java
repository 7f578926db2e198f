package dev.adjoint.autograd.internal.kernels;

/**
 * The geometry of a 2-D convolution or pooling: kernel size, stride, padding and dilation.
 *
 * @param height the height of the kernel
 * @param width the width of the kernel
 * @param strideY the vertical stride
 * @param strideX the horizontal stride
 * @param paddingY rows of zeros above and below the image
 * @param paddingX columns of zeros on its left and right
 * @param dilationY the vertical spacing between kernel elements
 * @param dilationX the horizontal spacing between kernel elements
 */
public record ConvGeometry(
        int height, int width, int strideY, int strideX, int paddingY, int paddingX, int dilationY, int dilationX) {
    /**
     * Creates a geometry with the same stride, padding and dilation along both axes.
     *
     * @param height the height of the kernel
     * @param width the width of the kernel
     * @param stride the stride
     * @param padding zeros on all four sides
     * @param dilation the spacing between kernel elements
     * @return the geometry
     * @throws IllegalArgumentException if a setting is out of range
     */
    public static ConvGeometry square(int height, int width, int stride, int padding, int dilation) {
        return new ConvGeometry(height, width, stride, stride, padding, padding, dilation, dilation);
    }

    /** Checks the settings. */
    public ConvGeometry {
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
     * The output height: the number of kernel positions along the height of an image.
     *
     * @param imageHeight the height of an image
     * @return the number, below 1 if the kernel does not fit
     */
    public int rows(long imageHeight) {
        return count(imageHeight, height, strideY, paddingY, dilationY);
    }

    /**
     * The output width: the number of kernel positions along the width of an image.
     *
     * @param imageWidth the width of an image
     * @return the number, below 1 if the kernel does not fit
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
