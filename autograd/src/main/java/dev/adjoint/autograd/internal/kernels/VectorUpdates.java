package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.SPECIES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.load;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.store;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.AdamStep;
import dev.adjoint.autograd.internal.kernels.Kernels.SgdStep;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;

/**
 * Updates of float32 parameters with vector instructions. SGD with momentum or weight decay, and Adam for sizes that are not a
 * multiple of the vector length, fall back to the previous kernels of the table.
 */
final class VectorUpdates {
    private VectorUpdates() {}

    static void addTo(KernelTable table) {
        KernelTable.SgdKernel otherwise = table.sgd;
        table.sgd = (w, grad, velocity, s) -> {
            if (velocity == null && s.weightDecay() == 0) sgd(w, grad, s);
            else otherwise.run(w, grad, velocity, s);
        };
        KernelTable.AdamKernel tiled = table.adam;
        table.adam = (w, grad, m, v, s) -> {
            if (w.length() % LANES == 0) adam(w, grad, m, v, s);
            else tiled.run(w, grad, m, v, s);
        };
    }

    private static void sgd(Array w, Array grad, SgdStep s) {
        float minusRate = (float) -s.learningRate();
        int n = (int) w.length();
        if (!ThreadPool.isWorthParallel(n)) sgd(w, grad, minusRate, 0, n);
        else
            ThreadPool.run(
                    k -> sgd(w, grad, minusRate, ThreadPool.begin(k, n, LANES), ThreadPool.begin(k + 1, n, LANES)));
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(grad);
    }

    private static void sgd(Array w, Array grad, float minusRate, int from, int to) {
        FloatVector rate = FloatVector.broadcast(SPECIES, minusRate);
        Object weights = VectorAccess.memory(w);
        Object gradient = VectorAccess.memory(grad);
        int i = from;
        for (; i <= to - LANES; i += LANES) store(load(gradient, i).fma(rate, load(weights, i)), weights, i);
        for (; i < to; i++) {
            w.floats()
                    .put(i, Math.fma(grad.floats().get(i), minusRate, w.floats().get(i)));
        }
    }

    private static void adam(Array w, Array grad, Array m, Array v, AdamStep s) {
        int n = (int) w.length();
        // Looked up outside the loop's method, which would otherwise be too large for the JIT compiler of JDK 17.
        Object weights = VectorAccess.memory(w);
        Object gradient = VectorAccess.memory(grad);
        Object first = VectorAccess.memory(m);
        Object second = VectorAccess.memory(v);
        if (!ThreadPool.isWorthParallel(n)) adam(weights, gradient, first, second, s, 0, n);
        else
            ThreadPool.run(k -> adam(
                    weights,
                    gradient,
                    first,
                    second,
                    s,
                    ThreadPool.begin(k, n, LANES),
                    ThreadPool.begin(k + 1, n, LANES)));
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(grad);
        Reference.reachabilityFence(m);
        Reference.reachabilityFence(v);
    }

    private static void adam(
            Object weights, Object gradient, Object first, Object second, AdamStep s, int from, int to) {
        FloatVector decay = all(s.weightDecay());
        FloatVector fresh1 = all(1 - s.beta1());
        FloatVector beta2 = all(s.beta2());
        FloatVector fresh2 = all(1 - s.beta2());
        FloatVector tinyV = all(TiledUpdates.V_FLOOR);
        FloatVector minusStep = all(-s.stepSize());
        FloatVector scale = all(1 / s.rootCorrection());
        FloatVector epsilon = all(s.epsilon());
        for (int i = from; i < to; i += LANES) {
            FloatVector x = load(weights, i);
            FloatVector g = x.fma(decay, load(gradient, i));
            FloatVector mean = load(first, i);
            mean = g.sub(mean).fma(fresh1, mean);
            mean = mean.add(TiledUpdates.M_FLUSH).sub(TiledUpdates.M_FLUSH);
            FloatVector variance = load(second, i).fma(beta2, tinyV);
            variance = g.mul(g).fma(fresh2, variance);
            store(mean, first, i);
            store(variance, second, i);
            FloatVector denominator = variance.sqrt().fma(scale, epsilon);
            store(mean.div(denominator).fma(minusStep, x), weights, i);
        }
    }

    private static FloatVector all(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }
}
