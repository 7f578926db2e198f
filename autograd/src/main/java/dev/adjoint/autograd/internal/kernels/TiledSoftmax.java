package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import java.lang.ref.Reference;

/**
 * Float32 softmax, log-softmax and cross-entropy along the last axis; if a row has no finite maximum, they fall back to the
 * previous kernels of the table.
 */
final class TiledSoftmax {
    private TiledSoftmax() {}

    static void addTo(KernelTable table) {
        KernelTable.Along softmax = table.softmaxOfRows;
        table.softmaxOfRows = (x, axis, out) -> {
            if (!SoftmaxRows.each(x, rows -> rows.softmax(out.floats()))) softmax.run(x, axis, out);
            Reference.reachabilityFence(out);
        };
        KernelTable.Along logSoftmax = table.logSoftmaxOfRows;
        table.logSoftmaxOfRows = (x, axis, out) -> {
            if (!SoftmaxRows.each(x, rows -> rows.logSoftmax(out.floats()))) logSoftmax.run(x, axis, out);
            Reference.reachabilityFence(out);
        };
        KernelTable.CrossEntropy crossEntropy = table.crossEntropy;
        table.crossEntropy = (x, target, out) -> {
            boolean done = SoftmaxRows.each(x, rows -> rows.crossEntropy(target.longs(), out.floats()));
            if (!done) crossEntropy.run(x, target, out);
            fence(target, out);
        };
        KernelTable.CrossEntropyBackward backward = table.crossEntropyBackward;
        table.crossEntropyBackward = (x, target, gradient, out) -> {
            boolean done = SoftmaxRows.each(
                    x, rows -> rows.crossEntropyBackward(target.longs(), gradient.floats(), out.floats()));
            if (!done) backward.run(x, target, gradient, out);
            fence(target, out);
            Reference.reachabilityFence(gradient);
        };
    }

    private static void fence(Array target, Array out) {
        Reference.reachabilityFence(target);
        Reference.reachabilityFence(out);
    }
}
