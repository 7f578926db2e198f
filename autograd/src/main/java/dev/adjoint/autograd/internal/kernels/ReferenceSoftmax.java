package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;

/** Reference softmax and log-softmax along any axis, and cross-entropy, in double precision. */
final class ReferenceSoftmax {
    private ReferenceSoftmax() {}

    static void addTo(KernelTable table) {
        table.softmax = (x, axis, out) -> eachLane(x, axis, (lane, i, at) -> out.set(at, lane.softmax(i)));
        table.softmaxOfRows = table.softmax;
        table.logSoftmax = (x, axis, out) -> eachLane(x, axis, (lane, i, at) -> out.set(at, lane.logSoftmax(i)));
        table.logSoftmaxOfRows = table.logSoftmax;
        table.crossEntropy = ReferenceSoftmax::crossEntropy;
        table.crossEntropyBackward = ReferenceSoftmax::crossEntropyBackward;
    }

    /** An action on element i of a lane, which is element {@code at} of the array. */
    private interface LaneAction {
        void on(Lane lane, long i, long at);
    }

    private static void eachLane(Array x, int axis, LaneAction action) {
        long n = x.shape()[axis];
        long step = Shapes.strides(x.shape())[axis];
        for (long k = 0; k < (n == 0 ? 0 : x.length() / n); k++) {
            long start = k / step * step * n + k % step;
            Lane lane = new Lane(x, start, step, n);
            for (long i = 0; i < n; i++) action.on(lane, i, start + i * step);
        }
    }

    /**
     * The elements along an axis, with their maximum m and Σ eˣ⁻ᵐ as separate values: ln Σ eˣ as one value would lose the sum where
     * m is large.
     */
    private static final class Lane {
        private final Array x;
        private final long start;
        private final long step;
        private final double max;
        private final double sum;

        Lane(Array x, long start, long step, long n) {
            this.x = x;
            this.start = start;
            this.step = step;
            double largest = Double.NEGATIVE_INFINITY;
            for (long i = 0; i < n; i++) largest = Math.max(largest, x.get(start + i * step));
            max = largest;
            double total = 0;
            for (long i = 0; i < n; i++) total += Math.exp(shifted(i));
            sum = total;
        }

        private double shifted(long i) {
            return x.get(start + i * step) - max;
        }

        double softmax(long i) {
            return Math.exp(shifted(i)) / sum;
        }

        double logSoftmax(long i) {
            return shifted(i) - Math.log(sum);
        }
    }

    private static void crossEntropy(Array x, Array target, Array out) {
        long classes = x.shape()[1];
        for (long row = 0; row < out.length(); row++) {
            out.set(
                    row,
                    -new Lane(x, row * classes, 1, classes)
                            .logSoftmax(target.longs().get((int) row)));
        }
    }

    private static void crossEntropyBackward(Array x, Array target, Array gradient, Array out) {
        long classes = x.shape()[1];
        for (long row = 0; row < target.length(); row++) {
            Lane lane = new Lane(x, row * classes, 1, classes);
            for (long i = 0; i < classes; i++) {
                double derivative = lane.softmax(i) - (i == target.longs().get((int) row) ? 1 : 0);
                out.set(row * classes + i, gradient.get(row) * derivative);
            }
        }
    }
}
