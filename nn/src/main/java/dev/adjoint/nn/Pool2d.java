package dev.adjoint.nn;

/**
 * The base class of {@link MaxPool2d} and {@link AvgPool2d}: window size, stride and padding.
 *
 * <p>Input [N, C, H, W], output [N, C, H', W'] with H' = ⌊(H + 2·padding − kernel)/stride⌋ + 1.
 */
public abstract sealed class Pool2d extends Module permits MaxPool2d, AvgPool2d {
    final int kernel;
    int stride;
    int padding;

    Pool2d(int kernel, int stride, int padding) {
        this.kernel = kernel;
        set("", stride, padding);
    }

    final void set(String setting, int steps, int border) {
        checkNotApplied(setting);
        if (kernel < 1 || steps < 1 || border < 0 || border > kernel / 2) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": kernel " + kernel + ", stride " + steps
                    + ", padding " + border
                    + ": expected at least 1, 1 and 0, and a padding of at most half the kernel");
        }
        stride = steps;
        padding = border;
    }

    /**
     * The height and width of the window.
     *
     * @return the kernel size in pixels
     */
    public int kernel() {
        return kernel;
    }

    /**
     * The stride of the window.
     *
     * @return the stride in pixels
     */
    public int stride() {
        return stride;
    }

    /**
     * The padding on each side of an image.
     *
     * @return the padding in pixels
     */
    public int padding() {
        return padding;
    }

    @Override
    protected final String describe() {
        return "kernel " + kernel + ", stride " + stride + ", padding " + padding;
    }
}
