package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;

/** Updates of float32 parameters in one pass over all arrays, a tile at a time. */
final class TiledUpdates {
    /**
     * The moments of dead units decay to denormals, each of which costs some hundred cycles. Adding this constant to m and
     * subtracting it again rounds far smaller values; adding {@link #V_FLOOR} to v keeps it normal. Both are negligible for any step
     * size or ε, and two additions cost less than a minimum that handles NaN.
     */
    static final float M_FLUSH = 1e-29f;

    static final float V_FLOOR = 1e-36f;

    private TiledUpdates() {}

    static void addTo(KernelTable table) {
        table.sgd = TiledUpdates::sgd;
        table.adam = TiledUpdates::adam;
    }

    private static void sgd(Array w, Array grad, Array velocity, SgdStep s) {
        ThreadPool.runParallel(
                w.length(), (int) w.length(), Tiles.SIZE, (from, to) -> sgd(w, grad, velocity, s, from, to));
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(grad);
        Reference.reachabilityFence(velocity);
    }

    private static void sgd(Array w, Array grad, Array velocity, SgdStep s, int from, int to) {
        float[][] tiles = Tiles.own();
        for (int at = from; at < to; at += Tiles.SIZE) {
            int n = Math.min(Tiles.SIZE, to - at);
            w.floats().get(at, tiles[0], 0, n);
            grad.floats().get(at, tiles[1], 0, n);
            if (velocity != null) velocity.floats().get(at, tiles[2], 0, n);
            decay(tiles[0], tiles[1], (float) s.weightDecay(), n);
            if (velocity != null) applyMomentum(tiles[1], tiles[2], s, n);
            descend(tiles[0], tiles[1], (float) s.learningRate(), n);
            w.floats().put(at, tiles[0], 0, n);
            if (velocity != null) velocity.floats().put(at, tiles[2], 0, n);
        }
    }

    private static void decay(float[] w, float[] g, float weightDecay, int n) {
        if (weightDecay == 0) return;
        for (int i = 0; i < n; i++) g[i] += weightDecay * w[i];
    }

    /** Updates the velocity v and replaces the gradient g by the update direction. */
    private static void applyMomentum(float[] g, float[] v, SgdStep s, int n) {
        float old = s.first() ? 0 : (float) s.momentum();
        float gradientFactor = s.first() ? 1 : (float) (1 - s.dampening());
        float ahead = s.nesterov() ? (float) s.momentum() : 1;
        float own = s.nesterov() ? 1 : 0;
        for (int i = 0; i < n; i++) v[i] = (s.first() ? 0 : old * v[i]) + gradientFactor * g[i];
        for (int i = 0; i < n; i++) g[i] = own * g[i] + ahead * v[i];
    }

    private static void descend(float[] w, float[] direction, float learningRate, int n) {
        for (int i = 0; i < n; i++) w[i] -= learningRate * direction[i];
    }

    private static void adam(Array w, Array grad, Array m, Array v, AdamStep s) {
        ThreadPool.runParallel(
                w.length(), (int) w.length(), Tiles.SIZE, (from, to) -> adam(w, grad, m, v, s, from, to));
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(grad);
        Reference.reachabilityFence(m);
        Reference.reachabilityFence(v);
    }

    private static void adam(Array w, Array grad, Array m, Array v, AdamStep s, int from, int to) {
        float[][] tiles = Tiles.own();
        for (int at = from; at < to; at += Tiles.SIZE) {
            int n = Math.min(Tiles.SIZE, to - at);
            w.floats().get(at, tiles[0], 0, n);
            grad.floats().get(at, tiles[1], 0, n);
            m.floats().get(at, tiles[2], 0, n);
            v.floats().get(at, tiles[3], 0, n);
            decay(tiles[0], tiles[1], (float) s.weightDecay(), n);
            adam(tiles[0], tiles[1], tiles[2], tiles[3], s, n);
            w.floats().put(at, tiles[0], 0, n);
            m.floats().put(at, tiles[2], 0, n);
            v.floats().put(at, tiles[3], 0, n);
        }
    }

    private static void adam(float[] w, float[] g, float[] m, float[] v, AdamStep s, int n) {
        float fresh1 = (float) (1 - s.beta1());
        float beta2 = (float) s.beta2();
        float fresh2 = (float) (1 - s.beta2());
        float stepSize = (float) s.stepSize();
        float scale = (float) (1 / s.rootCorrection());
        float epsilon = (float) s.epsilon();
        for (int i = 0; i < n; i++) {
            float first = m[i] + fresh1 * (g[i] - m[i]) + M_FLUSH - M_FLUSH;
            float second = beta2 * v[i] + V_FLOOR + fresh2 * g[i] * g[i];
            m[i] = first;
            v[i] = second;
            // TINY_V keeps the denominator above 0, also without an ε.
            w[i] -= stepSize * first / ((float) Math.sqrt(second) * scale + epsilon);
        }
    }
}
