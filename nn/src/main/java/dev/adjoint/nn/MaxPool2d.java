package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * The largest element of each window; of several, the first gets the gradient, as in PyTorch.
 *
 * <p>Input [N, C, H, W], output [N, C, H', W'] with H' = ⌊(H + 2·padding − kernel)/stride⌋ + 1.
 */
public final class MaxPool2d extends Pool2d {
    /**
     * Windows side by side.
     *
     * @param kernel height and width of a window, and the steps between windows
     */
    public MaxPool2d(int kernel) {
        this(kernel, kernel, 0);
    }

    /**
     * Windows with all settings.
     *
     * @param kernel height and width of a window
     * @param stride steps between windows
     * @param padding border around an image, at most half the kernel
     * @throws IllegalArgumentException if a setting is out of range
     */
    public MaxPool2d(int kernel, int stride, int padding) {
        super(kernel, stride, padding);
    }

    /**
     * Sets the steps between windows.
     *
     * @param steps at least 1; the kernel's size unless set
     * @return this layer
     * @throws IllegalArgumentException if they are out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public MaxPool2d stride(int steps) {
        set("stride", steps, padding);
        return this;
    }

    /**
     * Sets the border around an image.
     *
     * @param border at most half the kernel; none unless set
     * @return this layer
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public MaxPool2d padding(int border) {
        set("padding", stride, border);
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.maxPool2d(kernel, stride, padding);
    }
}
