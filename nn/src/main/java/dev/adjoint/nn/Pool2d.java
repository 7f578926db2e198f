package dev.adjoint.nn;

/**
 * What {@link MaxPool2d} and {@link AvgPool2d} share: the windows.
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
        checkUnused(setting);
        if (kernel < 1 || steps < 1 || border < 0 || border > kernel / 2) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": kernel " + kernel + ", stride " + steps
                    + ", padding " + border
                    + ": expected at least 1, 1 and 0, and a padding of at most half the kernel");
        }
        stride = steps;
        padding = border;
    }

    /**
     * The window's height and width.
     *
     * @return pixels
     */
    public int kernel() {
        return kernel;
    }

    /**
     * How far the window moves from one output to the next.
     *
     * @return pixels
     */
    public int stride() {
        return stride;
    }

    /**
     * The margin on each side.
     *
     * @return pixels
     */
    public int padding() {
        return padding;
    }

    @Override
    protected final String describe() {
        return "kernel " + kernel + ", stride " + stride + ", padding " + padding;
    }
}
