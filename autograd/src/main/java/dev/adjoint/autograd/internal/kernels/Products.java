package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedIterator;
import java.util.Arrays;

/** Batched matrix products with OpenBLAS. */
final class Products {
    private Products() {}

    static void addTo(KernelTable table) {
        table.affine = Products::affine;
    }

    private static final int[] SINGLE_MATRIX = {0};

    static void matmul(Array a, boolean transA, Array b, boolean transB, double beta, Array out) {
        long[] batch = Arrays.copyOf(out.shape(), out.rank() - 2);
        Blas.gemm(
                a,
                transA,
                matrixIndex(a, batch),
                b,
                transB,
                matrixIndex(b, batch),
                out,
                (int) Shapes.length(batch),
                beta);
    }

    private static void affine(Array x, Array weight, Array bias, Array out) {
        CopyKernels.read(bias, 0, new long[] {0, 1}, out);
        if (x.shape()[1] > 0) matmul(x, false, weight, true, 1, out);
    }

    /** The index of the matrix of x at each position of the broadcast batch. */
    private static int[] matrixIndex(Array x, long[] batch) {
        if (batch.length == 0) return SINGLE_MATRIX;
        long[] own = Arrays.copyOf(x.shape(), x.rank() - 2);
        int[] index = new int[(int) Shapes.length(batch)];
        int i = 0;
        for (StridedIterator r = StridedIterator.over(batch, Shapes.broadcastStrides(own, batch));
                r.hasRun();
                r.next()) {
            for (int k = 0; k < r.length(); k++) index[i++] = r.offset(0) + k * r.step(0);
        }
        return index;
    }
}
