package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;

/** Elementwise loops over ranges of float32 memory. */
final class Loops {
    private Loops() {}

    /** z[iz + i] = f(x[ix + i]) for i below n. */
    interface Loop1 {
        void run(Array x, int ix, Array z, int iz, int n);
    }

    /** z[iz + i] = f(x[ix + i·sx], y[iy + i·sy]) for i below n; the steps sx, sy are 0 or 1. */
    interface Loop2 {
        void run(Array x, int ix, int sx, Array y, int iy, int sy, Array z, int iz, int n);
    }
}
