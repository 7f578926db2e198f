package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.support.NativeLibraries;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** Matrix products with OpenBLAS, directly on the memory of the arrays: nothing is copied, a transpose is a flag. */
final class Blas {
    /** Blocks begin at multiples of this number of rows or columns, which matches OpenBLAS's own blocks. */
    private static final int BLOCK = 16;

    private Blas() {}

    /**
     * Batched product C[i] = op(A[i])·op(B[i]) + beta·C[i] of contiguous row-major matrices.
     *
     * @param indexA the index of the matrix of {@code a} in the i-th product; the same for {@code indexB} and {@code b}
     */
    static void gemm(
            Array a,
            boolean transA,
            int[] indexA,
            Array b,
            boolean transB,
            int[] indexB,
            Array c,
            int count,
            double beta) {
        int rows = size(c, -2);
        int columns = size(c, -1);
        int inner = size(a, transA ? -2 : -1);
        if (rows == 0 || columns == 0 || count == 0) return;
        NativeLibraries.startOpenBlas();
        long stepA = (long) size(a, -1) * size(a, -2);
        long stepB = (long) size(b, -1) * size(b, -2);
        long stepC = (long) rows * columns;
        // OpenBLAS requires strides of at least 1, also for a matrix without columns.
        int strideA = Math.max(1, size(a, -1));
        int strideB = Math.max(1, size(b, -1));
        IntFunction<Product> products = i -> new Product(
                new Matrix(a, indexA[i] * stepA, strideA, transA),
                new Matrix(b, indexB[i] * stepB, strideB, transB),
                new Matrix(c, i * stepC, columns, false),
                inner,
                beta);
        double each = operations(rows, columns, inner);
        boolean isWorthParallel = ThreadPool.isWorthParallel(each * count);
        if (isWorthParallel && count >= ThreadPool.SIZE && !ThreadPool.isWorthParallel(each)) {
            ThreadPool.run(k -> {
                int end = ThreadPool.begin(k + 1, count, 1);
                for (int i = ThreadPool.begin(k, count, 1); i < end; i++)
                    products.apply(i).compute(0, rows, 0, columns);
            });
        } else {
            // In a linear layer, x·Wᵀ is split by columns and the gradient ȳᵀ·x by rows: so the same core, which has
            // the same rows of W in its cache, computes their product, gradient and update.
            boolean byRows = transA || !transB && rows >= columns;
            for (int i = 0; i < count; i++) share(isWorthParallel, rows, columns, byRows, products.apply(i)::compute);
        }
        Reference.reachabilityFence(a); // a pointer does not keep its memory alive
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    /** C = X·Wᵀ + b for float32: each thread fills its part of the rows with b and adds the product. */
    static void affine(Array x, Array weight, Array bias, Array out) {
        int rows = size(out, -2);
        int columns = size(out, -1);
        int inner = size(x, -1);
        NativeLibraries.startOpenBlas();
        Product product = new Product(
                new Matrix(x, 0, inner), new Matrix(weight, 0, inner, true), new Matrix(out, 0, columns), inner, 1);
        FloatBuffer to = out.floats();
        FloatBuffer from = bias.floats();
        boolean isWorthParallel = ThreadPool.isWorthParallel(operations(rows, columns, inner));
        share(isWorthParallel, rows, columns, false, (row, rowEnd, column, columnEnd) -> {
            for (int i = row; i < rowEnd; i++) to.put(i * columns + column, from, column, columnEnd - column);
            product.compute(row, rowEnd, column, columnEnd);
        });
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(weight);
        Reference.reachabilityFence(bias);
        Reference.reachabilityFence(out);
    }

    /** The cost of a product, see {@link ThreadPool}. */
    static double operations(double rows, double columns, double inner) {
        return rows * columns * inner / ThreadPool.PRODUCTS_PER_OPERATION;
    }

    /** Computes a block of a matrix; its end row and end column are exclusive. */
    private interface Block {
        void compute(int row, int rowEnd, int column, int columnEnd);
    }

    /** Computes a matrix: in parallel, by rows or by columns, if that is worth it, else on the calling thread. */
    private static void share(boolean isWorthIt, int rows, int columns, boolean byRows, Block block) {
        if (!isWorthIt) block.compute(0, rows, 0, columns);
        else if (byRows) ThreadPool.run(k -> block.compute(part(k, rows), part(k + 1, rows), 0, columns));
        else ThreadPool.run(k -> block.compute(0, rows, part(k, columns), part(k + 1, columns)));
    }

    private static int part(int k, int n) {
        return ThreadPool.begin(k, n, Math.min(BLOCK, Math.max(1, n / ThreadPool.SIZE)));
    }

    /** C = A·B + beta·C on the calling thread, for a C of the given size. */
    static void gemm(Matrix a, Matrix b, Matrix c, int rows, int columns, int inner, double beta) {
        new Product(a, b, c, inner, beta).compute(0, rows, 0, columns);
    }

    /**
     * A matrix inside an array, or the transpose of one.
     *
     * @param from the index of its first element
     * @param stride elements from one row to the next in memory
     */
    record Matrix(Array array, long from, int stride, boolean isTransposed) {
        Matrix(Array array, long from, int stride) {
            this(array, from, stride, false);
        }

        Matrix transposed() {
            return new Matrix(array, from, stride, !isTransposed);
        }

        /** The index of an element. */
        private long at(int row, int column) {
            return from + (isTransposed ? (long) column * stride + row : (long) row * stride + column);
        }

        private int flag() {
            return isTransposed ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        }

        private DoublePointer doubles(int row, int column) {
            DoublePointer base = (DoublePointer) array.pointer();
            long offset = at(row, column);
            return offset == 0 ? base : base.getPointer(offset);
        }
    }

    /** The product C = A·B + beta·C, which can be computed by blocks; inner is the number of columns of A and rows of B. */
    private record Product(Matrix a, Matrix b, Matrix c, int inner, double beta) {
        void compute(int row, int rowEnd, int column, int columnEnd) {
            if (row == rowEnd || column == columnEnd) return;
            int order = openblas_nolapack.CblasRowMajor;
            int m = rowEnd - row;
            int n = columnEnd - column;
            switch (c.array.dtype()) {
                case FLOAT32 -> {
                    Cursor[] at = Cursor.OWN.get();
                    openblas_nolapack.cblas_sgemm(
                            order,
                            a.flag(),
                            b.flag(),
                            m,
                            n,
                            inner,
                            1f,
                            at[0].to(a, row, 0),
                            a.stride,
                            at[1].to(b, 0, column),
                            b.stride,
                            (float) beta,
                            at[2].to(c, row, column),
                            c.stride);
                }
                case FLOAT64 ->
                    openblas_nolapack.cblas_dgemm(
                            order,
                            a.flag(),
                            b.flag(),
                            m,
                            n,
                            inner,
                            1d,
                            a.doubles(row, 0),
                            a.stride,
                            b.doubles(0, column),
                            b.stride,
                            beta,
                            c.doubles(row, column),
                            c.stride);
                case INT64 -> throw new IllegalArgumentException("matmul: int64: expected a floating type");
            }
        }
    }

    /** A pointer that is reused for all products: a training step computes dozens, and a pointer is expensive to create. */
    private static final class Cursor extends FloatPointer {
        static final ThreadLocal<Cursor[]> OWN =
                ThreadLocal.withInitial(() -> new Cursor[] {new Cursor(), new Cursor(), new Cursor()});

        private Cursor() {
            super((Pointer) null);
        }

        Cursor to(Matrix matrix, int row, int column) {
            Pointer base = matrix.array.pointer();
            address = base.address() + (base.position() + matrix.at(row, column)) * Float.BYTES;
            return this;
        }
    }

    private static int size(Array x, int axisFromEnd) {
        return Math.toIntExact(x.shape()[x.rank() + axisFromEnd]);
    }
}
