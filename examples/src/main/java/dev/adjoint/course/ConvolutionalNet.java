package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/**
 * Assignment 5: a convolutional network. This assignment adds the two missing layers; the grader trains a network of these, the layers and
 * the loss of assignment 3, and Adam of assignment 4 on digits. For speed, compute one matrix product per kernel element, or use loops
 * with {@link Tensor#toDoubles} and {@link Tensor#of(double[], long...)}, converted to x's type by {@link Tensor#to}.
 */
public interface ConvolutionalNet {
    /**
     * y[n, o, i, j] = Σ x[n, c, i + u, j + v]·w[o, c, u, v] over c, u and v; no padding, stride 1.
     *
     * @param x images [n, in, h, w]
     * @param w kernels [out, in, k, k]
     * @return [n, out, h − k + 1, w − k + 1]
     */
    Tensor conv2d(Tensor x, Tensor w);

    /**
     * The gradients of {@link #conv2d}.
     *
     * @param g ∂L/∂y
     * @param x images
     * @param w kernels
     * @return ∂L/∂x, ∂L/∂w
     */
    Tensor[] conv2dBackward(Tensor g, Tensor x, Tensor w);

    /**
     * 2 × 2 max pooling with stride 2.
     *
     * @param x [n, c, h, w], h and w even
     * @return [n, c, h/2, w/2]
     */
    Tensor maxPool(Tensor x);

    /**
     * The gradient of {@link #maxPool}.
     *
     * @param g ∂L/∂y, [n, c, h/2, w/2]
     * @param x [n, c, h, w], with distinct values in each window
     * @return ∂L/∂x
     */
    Tensor maxPoolBackward(Tensor g, Tensor x);
}
