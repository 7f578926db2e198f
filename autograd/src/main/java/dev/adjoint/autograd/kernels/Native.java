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
        // Threads of libnd4j and of OpenBLAS would fight over the same cores with each other and with ours (a step of 2
        // ms
        // becomes one of 29): each is left with one, and what is worth it is cut into parts by the Team.
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        openblas_nolapack.blas_set_num_threads(1);
        LOG.debug("OpenBLAS and libnd4j have one thread each, kernels {}", Team.SIZE);
    }

    private Native() {}

    /** Makes sure that the native libraries are ready; cheap after the first time. */
    static void load() {
        // The work is done by the class initialiser.
    }
}
