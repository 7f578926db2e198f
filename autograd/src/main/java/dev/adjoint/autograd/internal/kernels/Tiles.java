package dev.adjoint.autograd.internal.kernels;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Tiles: float32 arrays on the heap, where the JIT compiler vectorises plain loops, small enough to stay in the L1 cache. Each
 * thread has four.
 */
final class Tiles {
    /** Elements in a tile: four tiles of floats are 16 KB, half of a common L1 data cache. */
    static final int SIZE = 1024;

    /** The number of elements up to which a loop over a buffer takes less time than the checks before a bulk transfer. */
    private static final int BULK_THRESHOLD = 16;

    private static final ThreadLocal<float[][]> OWN = ThreadLocal.withInitial(() -> new float[4][SIZE]);

    private Tiles() {}

    static float[][] own() {
        return OWN.get();
    }

    static void load(FloatBuffer x, int offset, int step, float[] tile, int n) {
        if (step == 1 && n > BULK_THRESHOLD) x.get(offset, tile, 0, n);
        else if (step == 0) Arrays.fill(tile, 0, n, x.get(offset));
        else for (int i = 0; i < n; i++) tile[i] = x.get(offset + i * step);
    }

    static void store(float[] tile, FloatBuffer x, int offset, int n) {
        if (n > BULK_THRESHOLD) x.put(offset, tile, 0, n);
        else for (int i = 0; i < n; i++) x.put(offset + i, tile[i]);
    }
}
