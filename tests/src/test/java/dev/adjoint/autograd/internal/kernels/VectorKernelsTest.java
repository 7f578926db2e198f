package dev.adjoint.autograd.internal.kernels;

import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.adjoint.autograd.internal.kernels.KernelProvider#hasVectorModule")
class VectorKernelsTest extends KernelsContract {
    VectorKernelsTest() {
        super(Kernels.named("vector"));
    }
}
