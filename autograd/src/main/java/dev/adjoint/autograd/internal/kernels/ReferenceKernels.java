package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.IndexIterator;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedCopy;
import dev.adjoint.autograd.internal.array.StridedIterator;
import dev.adjoint.autograd.internal.array.Workspace;
import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Kernels that are obviously right, for both floating types: ND4J's ops for many elements where they can be
 * trusted, plain loops in double precision for few elements and where they cannot (see the comments). Matrix products go to OpenBLAS.
 */
class ReferenceKernels implements Kernels {
    /** Elements from which ND4J's op is worth the 20 µs or so that it takes to make its arrays and to call it. */
    private static final int WORTH_ND4J = 4096;

    // ---- elementwise, one operand ----

    @Override
    public void neg(Array x, Array out) {
        run(Negative::new, a -> -a, x, out);
    }

    @Override
    public void exp(Array x, Array out) {
        map(Math::exp, x, out);
    }

    @Override
    public void log(Array x, Array out) {
        map(Math::log, x, out);
    }

    @Override
    public void sqrt(Array x, Array out) {
        run(Sqrt::new, Math::sqrt, x, out);
    }

    @Override
    public void square(Array x, Array out) {
        run(Square::new, a -> a * a, x, out);
    }

    @Override
    public void reciprocal(Array x, Array out) {
        run(Reciprocal::new, a -> 1 / a, x, out);
    }

    @Override
    public void abs(Array x, Array out) {
        run(Abs::new, Math::abs, x, out);
    }

    /** Not ND4J's sign, which calls NaN 0. */
    @Override
    public void sign(Array x, Array out) {
        map(Math::signum, x, out);
    }

    @Override
    public void sin(Array x, Array out) {
        map(Math::sin, x, out);
    }

    @Override
    public void cos(Array x, Array out) {
        map(Math::cos, x, out);
    }

    /** Not ND4J's tanh, which is off by a tenth at 10⁻¹⁶ and 0 below; nor its other functions, whose last digits nobody states. */
    @Override
    public void tanh(Array x, Array out) {
        map(Math::tanh, x, out);
    }

    @Override
    public void sigmoid(Array x, Array out) {
        map(Functions::sigmoid, x, out);
    }

    @Override
    public void relu(Array x, Array out) {
        map(a -> Math.max(a, 0), x, out);
    }

    @Override
    public void clamp(Array x, double min, double max, Array out) {
        for (long i = 0; i < out.length(); i++) out.set(i, Math.min(Math.max(x.get(i), min), max));
    }

    @Override
    public void map(DoubleUnaryOperator f, Array x, Array out) {
        if (x.dtype() != ElementType.FLOAT64 || out.dtype() != ElementType.FLOAT64) {
            for (long i = 0; i < out.length(); i++) out.set(i, f.applyAsDouble(x.get(i)));
            return;
        }
        DoubleBuffer from = x.doubles();
        DoubleBuffer to = out.doubles();
        for (int i = 0; i < to.limit(); i++) to.put(i, f.applyAsDouble(from.get(i)));
        Reference.reachabilityFence(x); // a buffer does not keep the memory alive that it shows
        Reference.reachabilityFence(out);
    }

    /** By ND4J or, of few elements, by a loop. The op is made when its arrays are there, and so ND4J has started. */
    private void run(BiFunction<INDArray, INDArray, Op> op, DoubleUnaryOperator f, Array x, Array out) {
        if (out.length() < WORTH_ND4J) map(f, x, out);
        else Nd4j.exec(op.apply(x.nd(), out.nd()));
    }

    // ---- elementwise, two or three operands ----

    @Override
    public void add(Array a, Array b, Array out) {
        broadcast(a, b, out, (x, y) -> x.add(y, out.nd()), (x, y) -> x + y);
    }

    @Override
    public void sub(Array a, Array b, Array out) {
        broadcast(a, b, out, (x, y) -> x.sub(y, out.nd()), (x, y) -> x - y);
    }

    @Override
    public void mul(Array a, Array b, Array out) {
        broadcast(a, b, out, (x, y) -> x.mul(y, out.nd()), (x, y) -> x * y);
    }

    @Override
    public void div(Array a, Array b, Array out) {
        broadcast(a, b, out, (x, y) -> x.div(y, out.nd()), (x, y) -> x / y);
    }

    @Override
    public void pow(Array a, Array b, Array out) {
        map(Functions::pow, a, b, out);
    }

    /** Not ND4J's maximum and minimum, which lose a NaN. */
    @Override
    public void maximum(Array a, Array b, Array out) {
        map(Math::max, a, b, out);
    }

    @Override
    public void minimum(Array a, Array b, Array out) {
        map(Math::min, a, b, out);
    }

    @Override
    public void eq(Array a, Array b, Array out) {
        broadcast(a, b, out, (x, y) -> out.nd().assign(x.eq(y).castTo(out.nd().dataType())), (x, y) -> x == y ? 1 : 0);
    }

    @Override
    public void gt(Array a, Array b, Array out) {
        broadcast(a, b, out, (x, y) -> out.nd().assign(x.gt(y).castTo(out.nd().dataType())), (x, y) -> x > y ? 1 : 0);
    }

    @Override
    public void ge(Array a, Array b, Array out) {
        Array equal = Workspace.allocate(out.dtype(), out.shape());
        eq(a, b, equal);
        gt(a, b, out);
        add(out, equal, out);
    }

    @Override
    public void chain(Array d, Array p, Array out) {
        map(Functions::chain, d, p, out);
    }

    @Override
    public void chainQuotient(Array d, Array p, Array out) {
        map((x, y) -> x == 0 ? 0 : x / y, d, p, out);
    }

    @Override
    public void gate(Array a, Array b, Array out) {
        map((x, y) -> y > 0 ? x : 0, a, b, out);
    }

    /** ND4J cannot broadcast every pair of shapes: operands are written out in full first, then the shapes are the same. */
    private void broadcast(Array a, Array b, Array out, BinaryOperator<INDArray> op, DoubleBinaryOperator f) {
        // Whole numbers are compared as such: as doubles they would be rounded.
        boolean byLoop = out.length() < WORTH_ND4J && a.dtype().isFloating();
        if (byLoop) map(f, a, b, out);
        else if (out.length() > 0)
            op.apply(expanded(a, out.shape()).nd(), expanded(b, out.shape()).nd());
    }

    @Override
    public void map(DoubleBinaryOperator f, Array a, Array b, Array out) {
        Array x = expanded(a, out.shape());
        Array y = expanded(b, out.shape());
        if (x.dtype() != ElementType.FLOAT64
                || y.dtype() != ElementType.FLOAT64
                || out.dtype() != ElementType.FLOAT64) {
            for (long i = 0; i < out.length(); i++) out.set(i, f.applyAsDouble(x.get(i), y.get(i)));
            return;
        }
        DoubleBuffer first = x.doubles();
        DoubleBuffer second = y.doubles();
        DoubleBuffer to = out.doubles();
        for (int i = 0; i < to.limit(); i++) to.put(i, f.applyAsDouble(first.get(i), second.get(i)));
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
        Reference.reachabilityFence(out);
    }

    private Array expanded(Array x, long[] shape) {
        if (Shapes.length(shape) == x.length()) return x.reshape(shape);
        Array full = Workspace.allocate(x.dtype(), shape);
        read(x, 0, Shapes.broadcastStrides(x.shape(), shape), full);
        return full;
    }

    /** Not Nd4j.where, which takes its operands the other way round and costs more. */
    @Override
    public void where(Array condition, Array a, Array b, Array out) {
        Array c = expanded(condition, out.shape());
        Array x = expanded(a, out.shape());
        Array y = expanded(b, out.shape());
        for (long i = 0; i < out.length(); i++) out.set(i, c.get(i) != 0 ? x.get(i) : y.get(i));
    }

    // ---- reductions ----

    /** In double precision, since ND4J's own sum of floats drifts by whole percents over a million elements. */
    @Override
    public void sum(Array x, int[] axes, double divisor, Array out) {
        if (x.length() == 0 || axes.length == 0) {
            if (x.length() == 0) fill(0 / divisor, out);
            else map(a -> a / divisor, x, out);
            return;
        }
        if (x.length() < WORTH_ND4J) {
            sumByLoop(x, axes, divisor, out);
            return;
        }
        INDArray sums = x.nd().castTo(DataType.DOUBLE).sum(axes);
        if (divisor != 1) sums = sums.div(divisor);
        out.nd().assign(sums.castTo(out.nd().dataType()).reshape('c', out.shape()));
    }

    private void sumByLoop(Array x, int[] axes, double divisor, Array out) {
        Array lanes = lanesLast(x, axes);
        long n = x.length() / out.length();
        for (long lane = 0; lane < out.length(); lane++) {
            double sum = 0;
            for (long i = 0; i < n; i++) sum += lanes.get(lane * n + i);
            out.set(lane, sum / divisor);
        }
    }

    @Override
    public void amax(Array x, int[] axes, Array out) {
        fold(x, axes, out, Math::max);
    }

    @Override
    public void amin(Array x, int[] axes, Array out) {
        fold(x, axes, out, Math::min);
    }

    /** Not ND4J's max and min, which skip NaN: a NaN must show. */
    private void fold(Array x, int[] axes, Array out, DoubleBinaryOperator f) {
        Array lanes = lanesLast(x, axes);
        long n = out.length() == 0 ? 0 : x.length() / out.length();
        for (long lane = 0; lane < out.length(); lane++) {
            double result = lanes.get(lane * n);
            for (long i = 1; i < n; i++) result = f.applyAsDouble(result, lanes.get(lane * n + i));
            out.set(lane, result);
        }
    }

    /** The array with the given axes moved to the end, so that what is reduced together lies together. */
    private Array lanesLast(Array x, int[] axes) {
        long[] rest = Shapes.drop(x.shape(), axes);
        long[] own = Shapes.strides(x.shape());
        long[] shape = new long[x.rank()];
        long[] strides = new long[x.rank()];
        System.arraycopy(rest, 0, shape, 0, rest.length);
        System.arraycopy(Shapes.drop(own, axes), 0, strides, 0, rest.length);
        for (int i = 0; i < axes.length; i++) {
            shape[rest.length + i] = x.shape()[axes[i]];
            strides[rest.length + i] = own[axes[i]];
        }
        Array moved = Workspace.allocate(x.dtype(), shape);
        read(x, 0, strides, moved);
        return moved;
    }

    /** Not ND4J's argMax, which calls 0 the place of a NaN. */
    @Override
    public void argmax(Array x, int axis, Array out) {
        Array lanes = lanesLast(x, new int[] {axis});
        long n = x.shape()[axis];
        for (long lane = 0; lane < out.length(); lane++) {
            long best = 0;
            for (long i = 1; i < n; i++) {
                if (isAbove(lanes.get(lane * n + i), lanes.get(lane * n + best))) best = i;
            }
            out.set(lane, best);
        }
    }

    /** Whether a is greater, or is the first NaN: as in the maximum, a NaN is above everything. Double.compare puts 0 above −0. */
    private static boolean isAbove(double a, double b) {
        return a > b || Double.isNaN(a) && !Double.isNaN(b);
    }

    @Override
    public void cumsum(Array x, int axis, Array out) {
        long n = x.shape()[axis];
        long step = Shapes.strides(x.shape())[axis];
        for (long lane = 0; lane < (n == 0 ? 0 : x.length() / n); lane++) {
            long start = lane / step * step * n + lane % step;
            double sum = 0;
            for (long i = 0; i < n; i++) out.set(start + i * step, sum += x.get(start + i * step));
        }
    }

    @Override
    public void softmax(Array x, int axis, Array out) {
        eachLane(x, axis, (lane, i, at) -> out.set(at, lane.softmax(i)));
    }

    @Override
    public void logSoftmax(Array x, int axis, Array out) {
        eachLane(x, axis, (lane, i, at) -> out.set(at, lane.logSoftmax(i)));
    }

    /** What is done with element i of a lane, which lies at a place of the array. */
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
     * Numbers along an axis, with their maximum m and Σ eˣ⁻ᵐ kept apart: ln Σ eˣ in one number would lose the sum where m is large.
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

    @Override
    public void crossEntropy(Array x, Array target, Array out) {
        long classes = x.shape()[1];
        for (long row = 0; row < out.length(); row++) {
            out.set(row, -new Lane(x, row * classes, 1, classes).logSoftmax(index(target, row)));
        }
    }

    @Override
    public void crossEntropyBackward(Array x, Array target, Array gradient, Array out) {
        long classes = x.shape()[1];
        for (long row = 0; row < target.length(); row++) {
            Lane lane = new Lane(x, row * classes, 1, classes);
            for (long i = 0; i < classes; i++) {
                double derivative = lane.softmax(i) - (i == index(target, row) ? 1 : 0);
                out.set(row * classes + i, gradient.get(row) * derivative);
            }
        }
    }

    // ---- matrices ----

    @Override
    public void matmul(Array a, boolean transA, Array b, boolean transB, double beta, Array out) {
        long[] batch = Arrays.copyOf(out.shape(), out.rank() - 2);
        Blas.gemm(
                a,
                transA,
                matrixIndex(a, batch),
                b,
                transB,
                matrixIndex(b, batch),
                out,
                (int) Shapes.length(batch),
                beta);
    }

    @Override
    public void affine(Array x, Array weight, Array bias, Array out) {
        read(bias, 0, new long[] {0, 1}, out);
        if (x.shape()[1] > 0) matmul(x, false, weight, true, 1, out);
    }

    private static final int[] THE_ONLY = {0};

    /** Which of x's matrices stands at each place of the broadcast stack. */
    private static int[] matrixIndex(Array x, long[] batch) {
        if (batch.length == 0) return THE_ONLY;
        long[] own = Arrays.copyOf(x.shape(), x.rank() - 2);
        int[] index = new int[(int) Shapes.length(batch)];
        int i = 0;
        for (StridedIterator r = StridedIterator.over(batch, Shapes.broadcastStrides(own, batch));
                r.hasRun();
                r.next()) {
            for (int k = 0; k < r.length(); k++) index[i++] = r.offset(0) + k * r.step(0);
        }
        return index;
    }

    // ---- movement and indexing ----

    @Override
    public void fill(double value, Array out) {
        for (long i = 0; i < out.length(); i++) out.set(i, value);
    }

    @Override
    public void copy(Array x, Array out) {
        if (x.dtype() == out.dtype()) {
            StridedCopy.copy(StridedIterator.over(new long[] {x.length()}, new long[] {1}, new long[] {1}), x, out);
            return;
        }
        for (long i = 0; i < out.length(); i++) out.set(i, x.get(i));
    }

    @Override
    public void read(Array x, long offset, long[] strides, Array out) {
        StridedCopy.copy(
                StridedIterator.over(out.shape(), strides, Shapes.strides(out.shape()))
                        .from(0, offset),
                x,
                out);
    }

    @Override
    public void write(Array x, long offset, long[] strides, Array out) {
        StridedCopy.copy(
                StridedIterator.over(x.shape(), Shapes.strides(x.shape()), strides)
                        .from(1, offset),
                x,
                out);
    }

    @Override
    public void addAt(Array x, long offset, long[] strides, Array out) {
        StridedIterator r = StridedIterator.over(x.shape(), Shapes.strides(x.shape()), strides)
                .from(1, offset);
        for (; r.hasRun(); r.next()) {
            for (int i = 0; i < r.length(); i++) {
                int at = r.offset(1) + i * r.step(1);
                out.set(at, out.get(at) + x.get(r.offset(0) + i));
            }
        }
    }

    @Override
    public void indexSelect(Array x, int axis, Array index, Array out) {
        long inner = Shapes.strides(x.shape())[axis];
        long n = x.shape()[axis];
        long picks = index.length();
        for (long i = 0; i < out.length(); i++) {
            long outer = i / (inner * picks);
            x.copyElement((outer * n + index(index, i / inner % picks)) * inner + i % inner, out, i);
        }
    }

    @Override
    public void indexAdd(Array x, int axis, Array index, Array out) {
        long inner = Shapes.strides(out.shape())[axis];
        long n = out.shape()[axis];
        long picks = index.length();
        for (long i = 0; i < x.length(); i++) {
            long outer = i / (inner * picks);
            long to = (outer * n + index(index, i / inner % picks)) * inner + i % inner;
            out.set(to, out.get(to) + x.get(i));
        }
    }

    @Override
    public void gather(Array x, int axis, Array index, Array out) {
        long[] place = Shapes.strides(x.shape());
        for (IndexIterator w = new IndexIterator(index.shape()); w.hasNext(); w.next()) {
            x.copyElement(w.offset(place, axis, index(index, w.flat())), out, w.flat());
        }
    }

    @Override
    public void scatterAdd(Array x, int axis, Array index, Array out) {
        long[] place = Shapes.strides(out.shape());
        for (IndexIterator w = new IndexIterator(index.shape()); w.hasNext(); w.next()) {
            long to = w.offset(place, axis, index(index, w.flat()));
            out.set(to, out.get(to) + x.get(w.flat()));
        }
    }

    private static long index(Array index, long i) {
        return index.longs().get((int) i);
    }

    // ---- windows over images ----

    @Override
    public void conv2d(Array x, Array weight, Array bias, Windows w, Array out) {
        new Convolver(x.shape(), weight.shape(), w).convolve(x, weight, bias, out);
    }

    @Override
    public void conv2dInputBackward(Array gradient, Array weight, Windows w, Array out) {
        new Convolver(out.shape(), weight.shape(), w).toImages(gradient, weight, out);
    }

    @Override
    public void conv2dWeightBackward(Array x, Array gradient, Windows w, Array out) {
        new Convolver(x.shape(), out.shape(), w).toKernels(x, gradient, out, this);
    }

    @Override
    public void maxPoolIndices(Array x, Windows w, Array out) {
        long[] shape = x.shape();
        int height = (int) shape[2];
        int width = (int) shape[3];
        int next = 0;
        for (int plane = 0; plane < shape[0] * shape[1]; plane++) {
            for (int p = 0; p < w.rows(height); p++) {
                int top = p * w.strideY() - w.paddingY();
                for (int q = 0; q < w.columns(width); q++) {
                    int left = q * w.strideX() - w.paddingX();
                    int best = -1;
                    for (int y = Math.max(0, top); y < Math.min(height, top + w.height()); y++) {
                        for (int z = Math.max(0, left); z < Math.min(width, left + w.width()); z++) {
                            int at = (plane * height + y) * width + z;
                            if (best < 0 || isAbove(x.get(at), x.get(best))) best = at;
                        }
                    }
                    out.longs().put(next++, best);
                }
            }
        }
    }

    // ---- normalisation ----

    @Override
    public void moments(Array x, Groups groups, Array out) {
        for (int g = 0; g < groups.count(); g++) {
            Normalizer group = new Normalizer(x, groups, g, 0);
            out.set(g, group.mean());
            out.set(groups.count() + g, group.variance());
        }
    }

    @Override
    public void normalize(Array x, Array weight, Array bias, Groups groups, double epsilon, Array out) {
        for (int g = 0; g < groups.count(); g++) {
            new Normalizer(x, groups, g, epsilon)
                    .normalize(weight == null ? 1 : weight.get(g), bias == null ? 0 : bias.get(g), out);
        }
    }

    @Override
    public void normalizeBackward(Array x, Array weight, Array gradient, Groups groups, double epsilon, Array out) {
        for (int g = 0; g < groups.count(); g++) {
            new Normalizer(x, groups, g, epsilon).backward(weight == null ? 1 : weight.get(g), gradient, out);
        }
    }

    @Override
    public void normalizeWeightBackward(Array x, Array gradient, Groups groups, double epsilon, Array out) {
        for (int g = 0; g < groups.count(); g++) out.set(g, new Normalizer(x, groups, g, epsilon).dot(gradient));
    }

    // ---- optimizer updates ----

    @Override
    public void sgd(Array w, Array grad, Array velocity, SgdStep s) {
        if (w.length() == 0) return;
        INDArray g = decayed(w, grad, s.weightDecay());
        INDArray direction = g;
        if (velocity != null) {
            INDArray v = velocity.nd();
            if (s.first()) v.assign(g);
            else v.muli(s.momentum()).addi(g.mul(1 - s.dampening()));
            direction = s.nesterov() ? g.add(v.mul(s.momentum())) : v;
        }
        w.nd().subi(direction.mul(s.learningRate()));
    }

    private static INDArray decayed(Array w, Array grad, double weightDecay) {
        return weightDecay == 0 ? grad.nd() : grad.nd().add(w.nd().mul(weightDecay)); // 0·∞ is NaN
    }

    @Override
    public void adam(Array w, Array grad, Array m, Array v, AdamStep s) {
        if (w.length() == 0) return;
        INDArray g = decayed(w, grad, s.weightDecay());
        m.nd().addi(g.sub(m.nd()).muli(1 - s.beta1()));
        v.nd().muli(s.beta2()).addi(g.mul(g).muli(1 - s.beta2()));
        Array root = Workspace.allocate(v.dtype(), v.shape());
        sqrt(v, root);
        INDArray denominator = root.nd().divi(s.rootCorrection()).addi(s.epsilon());
        Array change = Workspace.allocate(w.dtype(), w.shape());
        change.nd().assign(m.nd().mul(s.stepSize()).divi(denominator));
        // Without an ε, a weight that never had a gradient would be changed by 0/0.
        map((moment, step) -> moment == 0 ? 0 : step, m, change, change);
        w.nd().subi(change.nd());
    }
}
