package dev.adjoint.autograd.kernels;

class TiledKernelsTest extends KernelsContract {
    TiledKernelsTest() {
        super(Kernels.named("tiled"));
    }
}
