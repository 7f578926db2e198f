package dev.adjoint.nn;

import dev.adjoint.autograd.Tensor;

/**
 * 2D max pooling: the largest element of each window. If several are equal, the first gets the gradient, as in PyTorch.
 *
 * <p>Input [N, C, H, W], output [N, C, H', W'] with H' = ⌊(H + 2·padding − kernel)/stride⌋ + 1.
 */
public final class MaxPool2d extends Pool2d {
    /**
     * Makes a layer whose stride is the kernel size and that does not pad.
     *
     * @param kernel height and width of the window, and the stride
     */
    public MaxPool2d(int kernel) {
        this(kernel, kernel, 0);
    }

    /**
     * Makes a layer with all settings.
     *
     * @param kernel height and width of the window
     * @param stride the stride of the window
     * @param padding −∞ padding on each side, at most half the kernel size
     * @throws IllegalArgumentException if a setting is out of range
     */
    public MaxPool2d(int kernel, int stride, int padding) {
        super(kernel, stride, padding);
    }

    /**
     * Sets the stride of the window.
     *
     * @param steps the stride, at least 1; by default the kernel size
     * @return this layer
     * @throws IllegalArgumentException if the stride is out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public MaxPool2d stride(int steps) {
        set("stride", steps, padding);
        return this;
    }

    /**
     * Sets the padding on each side of an image.
     *
     * @param border the padding in pixels, at most half the kernel size; 0 by default
     * @return this layer
     * @throws IllegalArgumentException if the padding is out of range
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
