package dev.adjoint.autograd.internal.kernels;

/**
 * The kernels with vector instructions. On JDK 22 and later, these are all kernels that gain by them. On earlier JDKs, vectors
 * access native memory through a ByteBuffer, with a compiler barrier at each access: except for the smallest arrays, plain loops
 * over tiles are as fast or faster, and they compile in a fraction of the time. There, this set has only kernels that the JIT
 * compiler does not vectorise by itself.
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
