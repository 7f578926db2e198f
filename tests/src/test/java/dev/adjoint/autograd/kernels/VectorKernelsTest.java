package dev.adjoint.autograd.kernels;

import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.adjoint.autograd.kernels.KernelProvider#hasVectorModule")
class VectorKernelsTest extends KernelsContract {
    VectorKernelsTest() {
        super(Kernels.named("vector"));
    }
}
