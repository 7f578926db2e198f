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

/** Matrix products by OpenBLAS on the arrays' own memory: nothing is copied, a transpose is a flag. */
final class Blas {
    /** Blocks begin at multiples of this many rows or columns, which suits OpenBLAS's own blocks. */
    private static final int BLOCK = 16;

    private Blas() {}

    /**
     * C[i] = op(A[i])·op(B[i]) + beta·C[i] for a stack of row-major matrices that lie one behind the other.
     *
     * @param indexA which matrix of {@code a} the i-th product takes; likewise {@code indexB}
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
        // OpenBLAS wants strides of at least 1, also of a matrix without columns.
        int strideA = Math.max(1, size(a, -1));
        int strideB = Math.max(1, size(b, -1));
        IntFunction<Product> products = i -> new Product(
                new Matrix(a, indexA[i] * stepA, strideA, transA),
                new Matrix(b, indexB[i] * stepB, strideB, transB),
                new Matrix(c, i * stepC, columns, false),
                inner,
                beta);
        double each = operations(rows, columns, inner);
        boolean isWorthSharing = ThreadPool.isWorthSharing(each * count);
        if (isWorthSharing && count >= ThreadPool.SIZE && !ThreadPool.isWorthSharing(each)) {
            ThreadPool.run(k -> {
                int end = ThreadPool.begin(k + 1, count, 1);
                for (int i = ThreadPool.begin(k, count, 1); i < end; i++)
                    products.apply(i).compute(0, rows, 0, columns);
            });
        } else {
            // Of a layer, x·Wᵀ is cut by columns and the gradient ȳᵀ·x by rows: then the same rows of W stay with
            // the same core, whose cache they are in, through the product, the gradient and the update.
            boolean byRows = transA || !transB && rows >= columns;
            for (int i = 0; i < count; i++) share(isWorthSharing, rows, columns, byRows, products.apply(i)::compute);
        }
        Reference.reachabilityFence(a); // a pointer does not keep the memory alive that it points to
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    /** C = X·Wᵀ + b for float32: the rows start as copies of b, each core's part by itself, to which the product is added. */
    static void affine(Array x, Array weight, Array bias, Array out) {
        int rows = size(out, -2);
        int columns = size(out, -1);
        int inner = size(x, -1);
        NativeLibraries.startOpenBlas();
        Product product = new Product(
                new Matrix(x, 0, inner), new Matrix(weight, 0, inner, true), new Matrix(out, 0, columns), inner, 1);
        FloatBuffer to = out.floats();
        FloatBuffer from = bias.floats();
        boolean isWorthSharing = ThreadPool.isWorthSharing(operations(rows, columns, inner));
        share(isWorthSharing, rows, columns, false, (row, rowEnd, column, columnEnd) -> {
            for (int i = row; i < rowEnd; i++) to.put(i * columns + column, from, column, columnEnd - column);
            product.compute(row, rowEnd, column, columnEnd);
        });
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(weight);
        Reference.reachabilityFence(bias);
        Reference.reachabilityFence(out);
    }

    /** What a product costs, see {@link ThreadPool}. */
    static double operations(double rows, double columns, double inner) {
        return rows * columns * inner / ThreadPool.PRODUCTS_PER_OPERATION;
    }

    /** Computes the rows and columns of a matrix from one (inclusive) to another (exclusive). */
    private interface Block {
        void compute(int row, int rowEnd, int column, int columnEnd);
    }

    /** Computes a matrix: by all cores if that is worth it, each some of the rows or of the columns, else by the caller alone. */
    private static void share(boolean isWorthIt, int rows, int columns, boolean byRows, Block block) {
        if (!isWorthIt) block.compute(0, rows, 0, columns);
        else if (byRows) ThreadPool.run(k -> block.compute(part(k, rows), part(k + 1, rows), 0, columns));
        else ThreadPool.run(k -> block.compute(0, rows, part(k, columns), part(k + 1, columns)));
    }

    private static int part(int k, int n) {
        return ThreadPool.begin(k, n, Math.min(BLOCK, Math.max(1, n / ThreadPool.SIZE)));
    }

    /** C = A·B + beta·C by the thread that calls, for a C of so many rows and columns. */
    static void gemm(Matrix a, Matrix b, Matrix c, int rows, int columns, int inner, double beta) {
        new Product(a, b, c, inner, beta).compute(0, rows, 0, columns);
    }

    /**
     * A matrix inside an array, or the transpose of one.
     *
     * @param from where its first element lies
     * @param stride elements from one row to the next, as they lie
     */
    record Matrix(Array array, long from, int stride, boolean isTransposed) {
        Matrix(Array array, long from, int stride) {
            this(array, from, stride, false);
        }

        Matrix transposed() {
            return new Matrix(array, from, stride, !isTransposed);
        }

        /** Where an element lies. */
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

    /** C = A·B + beta·C, of which a block can be computed by itself; inner is the number of A's columns and B's rows. */
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

    /** A pointer that is set anew for every product: a training step makes dozens, and a pointer is a costly object. */
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
