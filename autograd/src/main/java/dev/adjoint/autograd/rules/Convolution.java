package dev.adjoint.autograd.rules;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.graph.Op;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import dev.adjoint.autograd.kernels.Shapes;
import dev.adjoint.autograd.kernels.Windows;
import dev.adjoint.autograd.kernels.Workspace;

/**
 * Convolutions and poolings over images. The windows are laid out as columns ("im2col", Chellapilla, Puri and Simard, "High
 * Performance Convolutional Neural Networks for Document Processing", 2006); what is done with them is a matrix product or a
 * reduction, so that unfolding is the only op that needs a rule.
 */
public final class Convolution {
    private Convolution() {}

    /**
     * y[(c, i, j), (n, p, q)] = the element (i, j) of window (p, q) in channel c of image n; going back, elements are added up where
     * they came from.
     *
     * @param w the windows
     * @return the op, of images [N, C, H, W]
     */
    public static Op unfold(Windows w) {
        return Op.linear(
                "unfold",
                x -> unfolded(x[0], w),
                (g, x, y) -> fold(w, x[0].shape()).apply(g));
    }

    private static Op fold(Windows w, long... shape) {
        return Op.linear(
                "fold",
                x -> {
                    Array out = Workspace.allocate(x[0].dtype(), shape);
                    Kernels.current().fill(0, out);
                    Kernels.current().fold(x[0], w, out);
                    return out;
                },
                (g, x, y) -> unfold(w).apply(g));
    }

    private static Array unfolded(Array x, Windows w) {
        check("unfold", x, w);
        long[] s = x.shape();
        long places = s[0] * w.rows(s[2]) * w.columns(s[3]);
        Array out = Workspace.allocate(x.dtype(), s[1] * w.height() * w.width(), places);
        Kernels.current().unfold(x, w, out);
        return out;
    }

    private static void check(String op, Array x, Windows w) {
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
     * The convolution (cross-correlation) of images with kernels.
     *
     * @param x [N, C, H, W]
     * @param weight [O, C/groups, kernelHeight, kernelWidth]
     * @param bias [O], or null for none
     * @param stride steps between windows
     * @param padding zeros around the image
     * @param dilation steps between neighbours in a window
     * @param groups into how many parts channels and kernels are divided
     * @return [N, O, outHeight, outWidth]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    public static Tensor conv2d(
            Tensor x, Tensor weight, Tensor bias, int stride, int padding, int dilation, int groups) {
        checkConvolution(x, weight, bias, groups);
        Windows w = Windows.square((int) weight.shape(2), (int) weight.shape(3), stride, padding, dilation);
        check("conv2d", x.array(), w);
        long kernels = weight.shape(0);
        long rows = w.rows(x.shape(2));
        long columns = w.columns(x.shape(3));
        Tensor windows = unfold(w).apply(x);
        Tensor y = groups == 1
                ? weight.reshape(kernels, -1).matmul(windows)
                : weight.reshape(groups, kernels / groups, -1).matmul(windows.reshape(groups, -1, windows.shape(1)));
        Tensor images = y.reshape(kernels, x.shape(0), rows, columns).transpose(0, 1);
        return bias == null ? images : images.add(bias.reshape(kernels, 1, 1));
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

    /** Where the maximum of each window lies; no gradient passes it. */
    private static Op maxOfWindows(Windows w) {
        return Op.of("maxOfWindows", x -> {
            long[] s = x[0].shape();
            Array out = Workspace.allocate(DType.INT64, s[0], s[1], w.rows(s[2]), w.columns(s[3]));
            Kernels.current().maxOfWindows(x[0], w, out);
            return out;
        });
    }

    /**
     * The largest element of each window; of several, the first gets the gradient, as in PyTorch.
     *
     * @param x [N, C, H, W]
     * @param kernel height and width of a window
     * @param stride steps between windows
     * @param padding a border that never wins, at most half the kernel
     * @return [N, C, outHeight, outWidth]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    public static Tensor maxPool2d(Tensor x, int kernel, int stride, int padding) {
        Tensor places =
                maxOfWindows(pooling("maxPool2d", x, kernel, stride, padding)).apply(x);
        return x.flatten().indexSelect(0, places.flatten()).reshape(places.shape());
    }

    /**
     * The mean of each window, with the zeros of the border.
     *
     * @param x [N, C, H, W]
     * @param kernel height and width of a window
     * @param stride steps between windows
     * @param padding zeros around the image, at most half the kernel
     * @return [N, C, outHeight, outWidth]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    public static Tensor avgPool2d(Tensor x, int kernel, int stride, int padding) {
        Windows w = pooling("avgPool2d", x, kernel, stride, padding);
        return perWindow(x, w)
                .mean(1)
                .reshape(x.shape(1), x.shape(0), w.rows(x.shape(2)), w.columns(x.shape(3)))
                .transpose(0, 1);
    }

    private static Windows pooling(String op, Tensor x, int kernel, int stride, int padding) {
        Windows w = Windows.square(kernel, kernel, stride, padding, 1);
        check(op, x.array(), w);
        if (2 * padding > kernel) {
            throw new IllegalArgumentException(op + ": kernel " + kernel + ", padding " + padding
                    + ": expected a padding of at most half the kernel, or windows would lie outside");
        }
        return w;
    }

    /** [C, elements of a window, windows]. */
    private static Tensor perWindow(Tensor x, Windows w) {
        return unfold(w).apply(x).reshape(x.shape(1), w.height() * w.width(), -1);
    }
}
