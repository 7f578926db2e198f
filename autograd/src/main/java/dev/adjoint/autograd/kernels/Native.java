package dev.adjoint.autograd.kernels;

import org.bytedeco.openblas.presets.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts ND4J and OpenBLAS, once, with their threads kept out of each other's way. */
final class Native {
    private static final Logger LOG = LoggerFactory.getLogger(Native.class);

    static {
        Nd4j.getBackend();
        // libnd4j's OpenMP workers and OpenBLAS's workers would fight over the same cores (a step of 2 ms becomes one
        // of 29):
        // the cores go to the matrix products, where the time is.
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        int cores = Runtime.getRuntime().availableProcessors();
        if (System.getenv("OPENBLAS_NUM_THREADS") == null) openblas_nolapack.blas_set_num_threads(cores);
        LOG.debug("threads: OpenBLAS {}, libnd4j 1, of {} cores", openblas_nolapack.blas_get_num_threads(), cores);
    }

    private Native() {}

    /** Makes sure that the native libraries are ready; cheap after the first time. */
    static void load() {
        // The work is done by the class initialiser.
    }
}
