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

    @Override
    public Tensor forward(Tensor x) {
        return x.maxPool2d(kernel, stride, padding);
    }
}
