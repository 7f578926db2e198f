package dev.adjoint.autograd.kernels;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the kernels when the engine is first used, and says once which. */
final class KernelProvider {
    private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);

    static final Kernels CURRENT = choose(System.getProperty("adjoint.kernels", "tiled"));

    private KernelProvider() {}

    private static Kernels choose(String name) {
        Native.load();
        Kernels kernels = switch (name) {
            case "tiled" -> new TiledKernels();
            case "reference" -> new ReferenceKernels();
            default ->
                throw new IllegalArgumentException(
                        "system property adjoint.kernels=" + name + ": expected tiled or reference");
        };
        LOG.debug("kernels: {}", name);
        return kernels;
    }
}
