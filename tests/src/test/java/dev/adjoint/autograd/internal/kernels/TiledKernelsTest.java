package dev.adjoint.autograd.internal.kernels;

class TiledKernelsTest extends KernelsContract {
    TiledKernelsTest() {
        super(Kernels.named("tiled"));
    }
}
