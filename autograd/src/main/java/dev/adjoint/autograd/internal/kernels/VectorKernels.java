package dev.adjoint.autograd.internal.kernels;

/**
 * The kernels in vector instructions. On JDK 22 and later that is all that gain by it. Before, a vector's way to native memory is by a
 * ByteBuffer, with a barrier for the compiler at each access, so that for all but the smallest arrays plain loops over tiles are as fast or
 * faster, and they are compiled in a fraction of the time; so there it is only what the JIT compiler does not turn into vector
 * instructions by itself.
 *
 * <p>The module jdk.incubator.vector must have been added to the JVM, or this class cannot be loaded.
 */
final class VectorKernels implements KernelProvider.Set {
    @Override
    public void addTo(KernelTable table) {
        VectorElementwise.addFunctionsTo(table);
        VectorNormalization.addTo(table);
        if (!KernelProvider.HAS_SEGMENTS) return;
        VectorElementwise.addArithmeticTo(table);
        VectorUpdates.addTo(table);
    }
}
