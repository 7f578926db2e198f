package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Blas.Matrix;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.IntConsumer;

/**
 * Convolution by matrix products ("im2col", Chellapilla, Puri and Simard, "High Performance Convolutional Neural Networks for
 * Document Processing", 2006), one image at a time: the patches of an image become the columns of a matrix that stays in the cache,
 * and the product of kernels and columns is written directly to the output of the image. The images are divided among the threads.
 */
final class Convolver {
    private final ConvGeometry w;
    private final int images;
    private final int channels;
    private final int height;
    private final int width;
    private final int kernels;
    private final int groups;
    private final int rows;
    private final int columns;
    /** The number of output positions of an image. */
    private final int places;
    /** The number of elements of a patch in the channels of one group. */
    private final int window;

    /**
     * Prepares a convolution.
     *
     * @param image shape of the images, [N, C, H, W]
     * @param weight shape of the kernels, [O, C/groups, height, width]
     * @param w the kernel size, stride, padding and dilation
     */
    Convolver(long[] image, long[] weight, ConvGeometry w) {
        this.w = w;
        images = (int) image[0];
        channels = (int) image[1];
        height = (int) image[2];
        width = (int) image[3];
        kernels = (int) weight[0];
        groups = (int) (image[1] / Math.max(1, weight[1]));
        rows = w.rows(height);
        columns = w.columns(width);
        places = rows * columns;
        window = (int) weight[1] * w.height() * w.width();
    }

    /** y = kernels·columns + bias, image by image; no bias if it is null. */
    void convolve(Array x, Array weight, Array bias, Array y) {
        Array scratch = scratch(x);
        eachImage((n, part) -> {
            Array from = isPointwise() ? x : scratch;
            int at = isPointwise() ? n * imageSize() : unfold(x, n, scratch, part * columnsSize());
            if (bias != null) repeat(bias, y, n * kernels * places);
            for (int g = 0; g < groups; g++) {
                Blas.gemm(
                        new Matrix(weight, g * kernelsOfGroup() * window, window),
                        new Matrix(from, at + g * window * places, places),
                        new Matrix(y, (n * kernels + g * kernelsOfGroup()) * places, places),
                        kernelsOfGroup(),
                        places,
                        window,
                        bias == null ? 0 : 1);
            }
        });
        Reference.reachabilityFence(scratch);
    }

    /** x̄ = kernelsᵀ·ȳ, accumulated at the elements that the patches were copied from. */
    void toImages(Array gradient, Array weight, Array x) {
        Array scratch = scratch(x);
        eachImage((n, part) -> {
            Array to = isPointwise() ? x : scratch;
            int at = isPointwise() ? n * imageSize() : part * columnsSize();
            for (int g = 0; g < groups; g++) {
                Blas.gemm(
                        new Matrix(weight, g * kernelsOfGroup() * window, window).transposed(),
                        new Matrix(gradient, (n * kernels + g * kernelsOfGroup()) * places, places),
                        new Matrix(to, at + g * window * places, places),
                        window,
                        places,
                        kernelsOfGroup(),
                        0);
            }
            if (!isPointwise()) fold(scratch, at, x, n);
        });
        Reference.reachabilityFence(scratch);
    }

    /** W̄ = Σ ȳ·columnsᵀ over the images. */
    void toKernels(Array x, Array gradient, Array weight, Kernels arithmetic) {
        Array scratch = scratch(x);
        Array sums = Workspace.allocate(x.dtype(), ThreadPool.SIZE, weight.length());
        arithmetic.fill(0, sums);
        eachImage((n, part) -> {
            Array from = isPointwise() ? x : scratch;
            int at = isPointwise() ? n * imageSize() : unfold(x, n, scratch, part * columnsSize());
            int sum = part * (int) weight.length();
            for (int g = 0; g < groups; g++) {
                Blas.gemm(
                        new Matrix(gradient, (n * kernels + g * kernelsOfGroup()) * places, places),
                        new Matrix(from, at + g * window * places, places).transposed(),
                        new Matrix(sums, sum + g * kernelsOfGroup() * window, window),
                        kernelsOfGroup(),
                        window,
                        places,
                        1);
            }
        });
        arithmetic.sum(sums, new int[] {0}, weight.reshape(weight.length()));
        Reference.reachabilityFence(scratch);
    }

    private int kernelsOfGroup() {
        return kernels / groups;
    }

    private int imageSize() {
        return channels * height * width;
    }

    private int columnsSize() {
        return groups * window * places;
    }

    /** Whether the columns are the image itself: a 1 × 1 kernel with stride 1 and no padding. */
    private boolean isPointwise() {
        return w.equals(ConvGeometry.square(1, 1, 1, 0, 1));
    }

    /** Memory for the columns of each thread. */
    private Array scratch(Array like) {
        return Workspace.allocate(like.dtype(), isPointwise() ? 0 : (long) ThreadPool.SIZE * columnsSize());
    }

    /** The work on an image; each part has its own memory. */
    private interface Work {
        void on(int image, int part);
    }

    /** Processes all images, divided into the same parts with one or several threads, so that sums do not depend on it. */
    private void eachImage(Work work) {
        IntConsumer part = k -> {
            int end = ThreadPool.begin(k + 1, images, 1);
            for (int n = ThreadPool.begin(k, images, 1); n < end; n++) work.on(n, k);
        };
        if (ThreadPool.isWorthParallel(Blas.operations((double) images * kernels, places, window)))
            ThreadPool.run(part);
        else for (int k = 0; k < ThreadPool.SIZE; k++) part.accept(k);
    }

    // ---- im2col and col2im, one row segment at a time ----

    /** im2col: copies the patches of an image to columns; returns the index at which they begin. */
    private int unfold(Array x, int image, Array to, int at) {
        int from = image * imageSize();
        switch (x.dtype()) {
            case FLOAT32 -> eachLine(from, at, (i, o, count, step) -> take(x.floats(), i, to.floats(), o, count, step));
            case FLOAT64 ->
                eachLine(from, at, (i, o, count, step) -> take(x.doubles(), i, to.doubles(), o, count, step));
            case INT64 -> throw new IllegalArgumentException("conv2d: int64: expected a floating type");
        }
        return at;
    }

    /** col2im: accumulates columns in an image. */
    private void fold(Array from, int at, Array x, int image) {
        int to = image * imageSize();
        switch (x.dtype()) {
            case FLOAT32 -> {
                FloatBuffer pixels = x.floats();
                for (int i = to; i < to + imageSize(); i++) pixels.put(i, 0);
                eachLine(to, at, (i, o, count, step) -> give(from.floats(), o, pixels, i, count, step));
            }
            case FLOAT64 -> {
                DoubleBuffer pixels = x.doubles();
                for (int i = to; i < to + imageSize(); i++) pixels.put(i, 0);
                eachLine(to, at, (i, o, count, step) -> give(from.doubles(), o, pixels, i, count, step));
            }
            case INT64 -> throw new IllegalArgumentException("conv2d: int64: expected a floating type");
        }
    }

    private static void take(FloatBuffer image, int i, FloatBuffer column, int o, int count, int step) {
        if (i < 0) for (int k = 0; k < count; k++) column.put(o + k, 0);
        else for (int k = 0; k < count; k++) column.put(o + k, image.get(i + k * step));
    }

    private static void take(DoubleBuffer image, int i, DoubleBuffer column, int o, int count, int step) {
        if (i < 0) for (int k = 0; k < count; k++) column.put(o + k, 0);
        else for (int k = 0; k < count; k++) column.put(o + k, image.get(i + k * step));
    }

    private static void give(FloatBuffer column, int o, FloatBuffer image, int i, int count, int step) {
        if (i < 0) return;
        for (int k = 0; k < count; k++) image.put(i + k * step, image.get(i + k * step) + column.get(o + k));
    }

    private static void give(DoubleBuffer column, int o, DoubleBuffer image, int i, int count, int step) {
        if (i < 0) return;
        for (int k = 0; k < count; k++) image.put(i + k * step, image.get(i + k * step) + column.get(o + k));
    }

    /** Fills the output of an image with the bias. */
    private void repeat(Array bias, Array y, int at) {
        for (int o = 0; o < kernels; o++) {
            int from = at + o * places;
            if (y.floats() != null) {
                float b = bias.floats().get(o);
                for (int p = 0; p < places; p++) y.floats().put(from + p, b);
            } else {
                double b = bias.doubles().get(o);
                for (int p = 0; p < places; p++) y.doubles().put(from + p, b);
            }
        }
    }

    /**
     * Receives a row segment: its index in the image (negative: outside, all zeros) and in the columns, its length, and its step in
     * the image.
     */
    private interface Line {
        void at(int image, int column, int count, int step);
    }

    private void eachLine(int image, int column, Line line) {
        int to = column;
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < w.height(); i++) {
                for (int j = 0; j < w.width(); j++) {
                    int shift = j * w.dilationX() - w.paddingX();
                    // Kernel positions from `first` to `last` (exclusive) have this element inside the image's width.
                    int first = Math.min(columns, Math.max(0, -Math.floorDiv(shift, w.strideX())));
                    int last = Math.max(first, Math.min(columns, Math.floorDiv(width - 1 - shift, w.strideX()) + 1));
                    for (int p = 0; p < rows; p++, to += columns) {
                        int y = p * w.strideY() + i * w.dilationY() - w.paddingY();
                        if (y < 0 || y >= height) {
                            line.at(-1, to, columns, 0);
                            continue;
                        }
                        int from = image + (c * height + y) * width + first * w.strideX() + shift;
                        if (first > 0) line.at(-1, to, first, 0);
                        line.at(from, to + first, last - first, w.strideX());
                        if (last < columns) line.at(-1, to + last, columns - last, 0);
                    }
                }
            }
        }
    }
}
