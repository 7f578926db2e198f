package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.ConvGeometry;
import dev.adjoint.autograd.internal.kernels.Kernels;

/**
 * 2-D convolution and pooling. Convolution is bilinear in images and kernels; so are its two gradients, whose derivatives are again
 * among these three ops.
 */
final class Convolution {
    private Convolution() {}

    /** y = W ∗ x + b, for images x [N, C, H, W], kernels W and an optional bias b. */
    private static Primitive conv2d(ConvGeometry w) {
        return Primitive.of(
                        "conv2d",
                        x -> convolved(x, w),
                        (g, x, y) -> conv2dInputBackward(w, x[0].shape()).apply(g, x[1]),
                        (g, x, y) -> conv2dWeightBackward(w, x[1].shape()).apply(x[0], g),
                        (g, x, y) -> g.sum(0, 2, 3))
                .forwardRules(
                        (t, x, y) -> conv2d(w).apply(t, x[1]),
                        (t, x, y) -> conv2d(w).apply(x[0], t),
                        (t, x, y) -> t.reshape(-1, 1, 1))
                .as(Gate.SWITCHER)
                .contributes(
                        "conv({0}, {1}, {2})",
                        "{g} ∗ {1}, rotated by 180°", "{0} ∗ {g}", "Σ {g} over images and positions")
                .costs((x, y) -> y.length() * window(x[1]));
    }

    /** The input gradient x̄, from ȳ and W. */
    private static Primitive conv2dInputBackward(ConvGeometry w, long... images) {
        return Primitive.of(
                        "conv2dInputBackward",
                        x -> {
                            Array out = Workspace.allocate(x[0].dtype(), images);
                            Kernels.current().conv2dInputBackward(x[0], x[1], w, out);
                            return out;
                        },
                        (d, x, y) -> conv2d(w).apply(d, x[1]),
                        (d, x, y) -> conv2dWeightBackward(w, x[1].shape()).apply(d, x[0]))
                .forwardRules(
                        (t, x, y) -> conv2dInputBackward(w, images).apply(t, x[1]),
                        (t, x, y) -> conv2dInputBackward(w, images).apply(x[0], t))
                .as(Gate.SWITCHER)
                .costs((x, y) -> x[0].length() * window(x[1]));
    }

    /** The weight gradient W̄, from x and ȳ. */
    private static Primitive conv2dWeightBackward(ConvGeometry w, long... kernels) {
        return Primitive.of(
                        "conv2dWeightBackward",
                        x -> {
                            Array out = Workspace.allocate(x[0].dtype(), kernels);
                            Kernels.current().conv2dWeightBackward(x[0], x[1], w, out);
                            return out;
                        },
                        (d, x, y) -> conv2dInputBackward(w, x[0].shape()).apply(x[1], d),
                        (d, x, y) -> conv2d(w).apply(x[0], d))
                .forwardRules(
                        (t, x, y) -> conv2dWeightBackward(w, kernels).apply(t, x[1]),
                        (t, x, y) -> conv2dWeightBackward(w, kernels).apply(x[0], t))
                .as(Gate.SWITCHER)
                .costs((x, y) -> x[1].length() * window(y));
    }

    /** The number of multiply-adds for one output element of a convolution. */
    private static long window(Array kernels) {
        return kernels.shape()[0] == 0 ? 0 : kernels.length() / kernels.shape()[0];
    }

    private static Array convolved(Array[] x, ConvGeometry w) {
        long[] images = x[0].shape();
        long kernels = x[1].shape()[0];
        Array out = Workspace.allocate(x[0].dtype(), images[0], kernels, w.rows(images[2]), w.columns(images[3]));
        Kernels.current().conv2d(x[0], x[1], x.length == 3 ? x[2] : null, w, out);
        return out;
    }

    private static void check(String op, Array x, ConvGeometry w) {
        Check.floating(op, "x", x);
        if (x.rank() != 4) {
            throw new IllegalArgumentException(
                    op + ": x " + Shapes.str(x.shape()) + ": expected images [N, C, H, W]; unsqueeze a single one");
        }
        if (w.rows(x.shape()[2]) < 1 || w.columns(x.shape()[3]) < 1) {
            throw new IllegalArgumentException(
                    op + ": x " + Shapes.str(x.shape()) + ": a window of " + w.height() + " × "
                            + w.width() + " with dilation " + w.dilationY() + " and padding " + w.paddingY()
                            + " does not fit; pad more, or take a smaller kernel");
        }
    }

    /**
     * 2-D convolution (cross-correlation) of images with kernels.
     *
     * @param x [N, C, H, W]
     * @param weight [O, C/groups, kernelHeight, kernelWidth]
     * @param bias [O], or null for none
     * @param stride the stride of the kernel
     * @param padding zeros added on all four sides
     * @param dilation the spacing between kernel elements
     * @param groups the number of groups that channels and kernels are divided into
     * @return [N, O, outHeight, outWidth]
     * @throws IllegalArgumentException if the shapes do not match
     */
    static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, int stride, int padding, int dilation, int groups) {
        checkConvolution(x, weight, bias, groups);
        ConvGeometry w = ConvGeometry.square((int) weight.shape(2), (int) weight.shape(3), stride, padding, dilation);
        check("conv2d", x.array(), w);
        return bias == null ? conv2d(w).apply(x, weight) : conv2d(w).apply(x, weight, bias);
    }

    private static void checkConvolution(Tensor x, Tensor weight, Tensor bias, int groups) {
        String operands = "conv2d: x " + Shapes.str(x.shape()) + ", weight " + Shapes.str(weight.shape())
                + (bias == null ? "" : ", bias " + Shapes.str(bias.shape())) + ", groups " + groups;
        if (x.rank() != 4 || weight.rank() != 4) {
            throw new IllegalArgumentException(
                    operands + ": expected images [N, C, H, W] and kernels [O, C/groups, height, width]");
        }
        Check.sameType("conv2d", "x", x.array(), "weight", weight.array());
        long channels = x.shape(1);
        if (groups < 1 || channels % groups != 0 || weight.shape(0) % groups != 0) {
            throw new IllegalArgumentException(operands + ": the " + channels + " channels and the " + weight.shape(0)
                    + " kernels must be divisible by the groups");
        }
        if (weight.shape(1) != channels / groups) {
            throw new IllegalArgumentException(operands + ": the kernels have " + weight.shape(1)
                    + " channels, expected " + channels / groups + " (channels / groups)");
        }
        if (bias != null && (bias.rank() != 1 || bias.length() != weight.shape(0))) {
            throw new IllegalArgumentException(operands + ": bias must be [" + weight.shape(0) + "]");
        }
    }

    /** The index of the maximum of each window; no gradient passes through it. */
    private static Primitive maxPoolIndices(ConvGeometry w) {
        return Primitive.of("maxPoolIndices", x -> {
            long[] s = x[0].shape();
            Array out = Workspace.allocate(ElementType.INT64, s[0], s[1], w.rows(s[2]), w.columns(s[3]));
            Kernels.current().maxPoolIndices(x[0], w, out);
            return out;
        });
    }

    /**
     * 2-D max pooling; if a window has several maxima, the first one gets the gradient, as in PyTorch.
     *
     * @param x [N, C, H, W]
     * @param kernel height and width of the window
     * @param stride the stride of the window
     * @param padding padding on all four sides, which is never the maximum; at most half the kernel
     * @return [N, C, outHeight, outWidth]
     * @throws IllegalArgumentException if the shapes do not match
     */
    static Tensor maxPool2d(Tensor x, int kernel, int stride, int padding) {
        Tensor places =
                maxPoolIndices(pooling("maxPool2d", x, kernel, stride, padding)).apply(x);
        return x.flatten().indexSelect(0, places.flatten()).reshape(places.shape());
    }

    /**
     * 2-D average pooling, padding zeros included.
     *
     * @param x [N, C, H, W]
     * @param kernel height and width of the window
     * @param stride the stride of the window
     * @param padding zeros added on all four sides; at most half the kernel
     * @return [N, C, outHeight, outWidth]
     * @throws IllegalArgumentException if the shapes do not match
     */
    static Tensor avgPool2d(Tensor x, int kernel, int stride, int padding) {
        ConvGeometry w = pooling("avgPool2d", x, kernel, stride, padding);
        long channels = x.shape(1);
        Tensor even = Tensor.full(x.dtype(), 1.0 / kernel / kernel, channels, 1, kernel, kernel);
        return conv2d(w).apply(x, even);
    }

    private static ConvGeometry pooling(String op, Tensor x, int kernel, int stride, int padding) {
        if (padding > kernel / 2) {
            throw new IllegalArgumentException(op + ": kernel " + kernel + ", padding " + padding
                    + ": expected a padding of at most half the kernel, or windows would lie outside");
        }
        ConvGeometry w = ConvGeometry.square(kernel, kernel, stride, padding, 1);
        check(op, x.array(), w);
        return w;
    }
}
