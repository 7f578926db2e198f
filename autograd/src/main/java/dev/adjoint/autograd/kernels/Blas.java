package dev.adjoint.autograd.kernels;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** Matrix products by OpenBLAS on the arrays' own memory: nothing is copied, a transpose is a flag. */
final class Blas {
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
        long stepA = (long) size(a, -1) * size(a, -2);
        long stepB = (long) size(b, -1) * size(b, -2);
        long stepC = (long) rows * columns;
        int ta = transA ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        int tb = transB ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        int row = openblas_nolapack.CblasRowMajor;
        // OpenBLAS wants leading dimensions of at least 1, also of a matrix without columns.
        int lda = Math.max(1, size(a, -1));
        int ldb = Math.max(1, size(b, -1));
        for (int i = 0; i < count; i++) {
            switch (c.dtype()) {
                case FLOAT32 ->
                    openblas_nolapack.cblas_sgemm(
                            row,
                            ta,
                            tb,
                            rows,
                            columns,
                            inner,
                            1f,
                            at((FloatPointer) a.pointer(), indexA[i] * stepA),
                            lda,
                            at((FloatPointer) b.pointer(), indexB[i] * stepB),
                            ldb,
                            (float) beta,
                            at((FloatPointer) c.pointer(), i * stepC),
                            columns);
                case FLOAT64 ->
                    openblas_nolapack.cblas_dgemm(
                            row,
                            ta,
                            tb,
                            rows,
                            columns,
                            inner,
                            1d,
                            at((DoublePointer) a.pointer(), indexA[i] * stepA),
                            lda,
                            at((DoublePointer) b.pointer(), indexB[i] * stepB),
                            ldb,
                            beta,
                            at((DoublePointer) c.pointer(), i * stepC),
                            columns);
                case INT64 -> throw new IllegalArgumentException("matmul: int64: expected a floating type");
            }
        }
        Reference.reachabilityFence(a); // a pointer does not keep the memory alive that it points to
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    private static FloatPointer at(FloatPointer base, long offset) {
        return offset == 0 ? base : base.getPointer(offset);
    }

    private static DoublePointer at(DoublePointer base, long offset) {
        return offset == 0 ? base : base.getPointer(offset);
    }

    private static int size(Array x, int axisFromEnd) {
        return Math.toIntExact(x.shape()[x.rank() + axisFromEnd]);
    }
}
