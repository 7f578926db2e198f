package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedIterator;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Kernels for float32 in plain Java: native memory is brought to the heap a tile at a time, where the JIT compiler turns the
 * loops into vector instructions, and small enough to stay in the L1 cache. Everything else is left to the reference.
 */
class TiledKernels extends ReferenceKernels {
    /** Elements in a tile: four tiles of floats are 16 KB, half of a common L1 data cache. */
    private static final int TILE = 1024;

    /** Elements up to which a loop over a buffer takes less time than the checks before a bulk transfer. */
    private static final int FEW = 16;

    private static final ThreadLocal<float[][]> TILES = ThreadLocal.withInitial(() -> new float[4][TILE]);

    /**
     * The moments of units that died decay into denormals, each of which costs some hundred cycles. Added to m and taken away again,
     * this rounds what is far smaller; added to v, the next keeps it normal. No step size or ε would notice either, and two additions
     * cost less than a minimum that knows NaN.
     */
    static final float TINY_M = 1e-29f;

    static final float TINY_V = 1e-36f;

    /** z = f(x) for the first n elements of a tile. */
    private interface Map1 {
        void apply(float[] x, float[] z, int n);
    }

    /** z = f(x, y) for the first n elements of a tile. */
    private interface Map2 {
        void apply(float[] x, float[] y, float[] z, int n);
    }

    // ---- elementwise, one operand ----

    @Override
    public void neg(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = -a[i];
        })) super.neg(x, out);
    }

    @Override
    public void exp(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.exp(a[i]);
        })) super.exp(x, out);
    }

    @Override
    public void log(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.log(a[i]);
        })) super.log(x, out);
    }

    @Override
    public void sqrt(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.sqrt(a[i]);
        })) super.sqrt(x, out);
    }

    @Override
    public void square(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = a[i] * a[i];
        })) super.square(x, out);
    }

    @Override
    public void reciprocal(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = 1 / a[i];
        })) super.reciprocal(x, out);
    }

    @Override
    public void abs(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.abs(a[i]);
        })) super.abs(x, out);
    }

    @Override
    public void sign(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.signum(a[i]);
        })) super.sign(x, out);
    }

    @Override
    public void sin(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.sin(a[i]);
        })) super.sin(x, out);
    }

    @Override
    public void cos(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.cos(a[i]);
        })) super.cos(x, out);
    }

    @Override
    public void tanh(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.tanh(a[i]);
        })) super.tanh(x, out);
    }

    @Override
    public void sigmoid(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Functions.sigmoid(a[i]);
        })) super.sigmoid(x, out);
    }

    @Override
    public void relu(Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.max(a[i], 0f);
        })) super.relu(x, out);
    }

    @Override
    public void clamp(Array x, double min, double max, Array out) {
        float low = (float) min;
        float high = (float) max;
        Map1 f = (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.min(Math.max(a[i], low), high);
        };
        if (!map(x, out, f)) super.clamp(x, min, max, out);
    }

    @Override
    public void map(DoubleUnaryOperator f, Array x, Array out) {
        if (!map(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) f.applyAsDouble(a[i]);
        })) super.map(f, x, out);
    }

    // ---- elementwise, two operands ----

    @Override
    public void map(DoubleBinaryOperator f, Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) f.applyAsDouble(x[i], y[i]);
        })) super.map(f, a, b, out);
    }

    @Override
    public void add(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] + y[i];
        })) super.add(a, b, out);
    }

    @Override
    public void sub(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] - y[i];
        })) super.sub(a, b, out);
    }

    @Override
    public void mul(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] * y[i];
        })) super.mul(a, b, out);
    }

    @Override
    public void div(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] / y[i];
        })) super.div(a, b, out);
    }

    @Override
    public void pow(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Functions.pow(x[i], y[i]);
        })) super.pow(a, b, out);
    }

    @Override
    public void maximum(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.max(x[i], y[i]);
        })) super.maximum(a, b, out);
    }

    @Override
    public void minimum(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.min(x[i], y[i]);
        })) super.minimum(a, b, out);
    }

    @Override
    public void eq(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = flag(x[i] == y[i]);
        })) super.eq(a, b, out);
    }

    @Override
    public void gt(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = flag(x[i] > y[i]);
        })) super.gt(a, b, out);
    }

    @Override
    public void ge(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = flag(x[i] >= y[i]);
        })) super.ge(a, b, out);
    }

    @Override
    public void chain(Array d, Array p, Array out) {
        if (!map(d, p, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] == 0 ? 0 : x[i] * y[i];
        })) super.chain(d, p, out);
    }

    @Override
    public void chainQuotient(Array d, Array p, Array out) {
        if (!map(d, p, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] == 0 ? 0 : x[i] / y[i];
        })) super.chainQuotient(d, p, out);
    }

    @Override
    public void gate(Array a, Array b, Array out) {
        if (!map(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = y[i] > 0 ? x[i] : 0;
        })) super.gate(a, b, out);
    }

    @Override
    public void where(Array condition, Array a, Array b, Array out) {
        if (!isFloat32(condition, a, b, out)) {
            super.where(condition, a, b, out);
            return;
        }
        long[] shape = out.shape();
        StridedIterator r = StridedIterator.over(
                shape,
                Shapes.broadcastStrides(condition.shape(), shape),
                Shapes.broadcastStrides(a.shape(), shape),
                Shapes.broadcastStrides(b.shape(), shape),
                Shapes.strides(shape));
        float[][] tiles = TILES.get();
        for (; r.hasRun(); r.next()) {
            for (int i = 0; i < r.length(); i += TILE) {
                int n = Math.min(TILE, r.length() - i);
                load(condition.floats(), r.offset(0) + i * r.step(0), r.step(0), tiles[0], n);
                load(a.floats(), r.offset(1) + i * r.step(1), r.step(1), tiles[1], n);
                load(b.floats(), r.offset(2) + i * r.step(2), r.step(2), tiles[2], n);
                for (int k = 0; k < n; k++) tiles[3][k] = tiles[0][k] != 0 ? tiles[1][k] : tiles[2][k];
                store(tiles[3], out.floats(), r.offset(3) + i, n);
            }
        }
        Reference.reachabilityFence(condition);
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(out);
    }

    /** By way of an int, which the JIT compiler moves conditionally; a choice of floats would be a branch that cannot be foreseen. */
    private static int flag(boolean holds) {
        return holds ? 1 : 0;
    }

    // ---- reductions ----

    /** Of rows, of columns, or of runs that lie together, each in its way; of anything else by tiles. */
    @Override
    public void sum(Array x, int[] axes, double divisor, Array out) {
        if (!isFloat32(x, out) || x.length() == 0) {
            super.sum(x, axes, divisor, out);
            return;
        }
        int sums = (int) out.length();
        int each = (int) (x.length() / sums);
        FloatBuffer z = out.floats();
        if (axes.length > 0 && axes[0] == x.rank() - axes.length) {
            for (int i = 0; i < sums; i++) z.put(i, (float) (Sums.total(x, i * each, each) / divisor));
        } else if (axes.length > 0 && axes[axes.length - 1] == axes.length - 1) {
            Sums.ofColumns(x, each, sums, divisor, z);
        } else {
            sumOfRuns(x, axes, divisor, z, new double[sums]);
        }
        Reference.reachabilityFence(out);
    }

    private static void sumOfRuns(Array x, int[] axes, double divisor, FloatBuffer out, double[] sums) {
        float[] tile = TILES.get()[0];
        long[] toSums = Shapes.broadcastStrides(Shapes.keepDims(x.shape(), axes), x.shape());
        for (StridedIterator r = StridedIterator.over(x.shape(), Shapes.strides(x.shape()), toSums);
                r.hasRun();
                r.next()) {
            if (r.step(0) == 1 && r.step(1) == 0) {
                sums[r.offset(1)] += Sums.total(x, r.offset(0), r.length());
                continue;
            }
            for (int from = 0; from < r.length(); from += TILE) {
                int n = Math.min(TILE, r.length() - from);
                load(x.floats(), r.offset(0) + from * r.step(0), r.step(0), tile, n);
                int at = r.offset(1) + from * r.step(1);
                for (int i = 0; i < n; i++) sums[at + i * r.step(1)] += tile[i];
            }
        }
        Reference.reachabilityFence(x);
        for (int i = 0; i < sums.length; i++) out.put(i, (float) (sums[i] / divisor));
    }

    // ---- the softmax family, along the last axis ----

    @Override
    public void softmax(Array x, int axis, Array out) {
        boolean done = isOfRows(x, axis, out) && SoftmaxRows.each(x, rows -> rows.softmax(out.floats()));
        if (!done) super.softmax(x, axis, out);
        Reference.reachabilityFence(out);
    }

    @Override
    public void logSoftmax(Array x, int axis, Array out) {
        boolean done = isOfRows(x, axis, out) && SoftmaxRows.each(x, rows -> rows.logSoftmax(out.floats()));
        if (!done) super.logSoftmax(x, axis, out);
        Reference.reachabilityFence(out);
    }

    @Override
    public void crossEntropy(Array x, Array target, Array out) {
        boolean done =
                isOfRows(x, 1, out) && SoftmaxRows.each(x, rows -> rows.crossEntropy(target.longs(), out.floats()));
        if (!done) super.crossEntropy(x, target, out);
        Reference.reachabilityFence(target);
        Reference.reachabilityFence(out);
    }

    @Override
    public void crossEntropyBackward(Array x, Array target, Array gradient, Array out) {
        boolean done = isOfRows(x, 1, out)
                && SoftmaxRows.each(
                        x, rows -> rows.crossEntropyBackward(target.longs(), gradient.floats(), out.floats()));
        if (!done) super.crossEntropyBackward(x, target, gradient, out);
        Reference.reachabilityFence(target);
        Reference.reachabilityFence(gradient);
        Reference.reachabilityFence(out);
    }

    /** Whether this is not a case for the reference: another type, or another axis than the last. */
    private static boolean isOfRows(Array x, int axis, Array out) {
        return isFloat32(x, out) && axis == x.rank() - 1 && x.length() > 0;
    }

    // ---- matrices ----

    @Override
    public void affine(Array x, Array weight, Array bias, Array out) {
        if (isFloat32(x) && x.shape()[1] > 0) Blas.affine(x, weight, bias, out);
        else super.affine(x, weight, bias, out);
    }

    // ---- movement ----

    @Override
    public void fill(double value, Array out) {
        if (!isFloat32(out)) {
            super.fill(value, out);
            return;
        }
        float[] tile = TILES.get()[0];
        Arrays.fill(tile, 0, (int) Math.min(TILE, out.length()), (float) value);
        FloatBuffer z = out.floats();
        for (int from = 0; from < out.length(); from += TILE) z.put(from, tile, 0, tileSize(out, from));
    }

    // ---- windows over images ----

    @Override
    public void maxPoolIndices(Array x, Windows w, Array out) {
        if (!isFloat32(x)) {
            super.maxPoolIndices(x, w, out);
            return;
        }
        int height = (int) x.shape()[2];
        int width = (int) x.shape()[3];
        int planes = (int) (x.shape()[0] * x.shape()[1]);
        int places = w.rows(height) * w.columns(width);
        ThreadPool.share(x.length() >= ThreadPool.WORTH_SHARING, planes, 1, (from, to) -> {
            float[] plane = new float[height * width];
            for (int n = from; n < to; n++) {
                x.floats().get(n * plane.length, plane);
                maxPoolIndices(plane, height, width, w, n * plane.length, out.longs(), n * places);
            }
        });
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(out);
    }

    private static void maxPoolIndices(
            float[] plane, int height, int width, Windows w, int base, LongBuffer out, int to) {
        int next = to;
        int columns = w.columns(width);
        for (int p = 0; p < w.rows(height); p++) {
            int top = Math.max(0, p * w.strideY() - w.paddingY());
            int bottom = Math.min(height, p * w.strideY() - w.paddingY() + w.height());
            for (int q = 0; q < columns; q++) {
                int left = Math.max(0, q * w.strideX() - w.paddingX());
                int right = Math.min(width, q * w.strideX() - w.paddingX() + w.width());
                int best = top * width + left;
                float most = plane[best];
                for (int y = top; y < bottom; y++) {
                    for (int at = y * width + left; at < y * width + right; at++) {
                        float value = plane[at];
                        // The second test, for what is not greater but no number, is made for those alone.
                        if (value > most || value != value && most == most) {
                            most = value;
                            best = at;
                        }
                    }
                }
                out.put(next++, base + best);
            }
        }
    }

    // ---- indexing ----

    @Override
    public void indexSelect(Array x, int axis, Array index, Array out) {
        if (!isFloat32(x)) {
            super.indexSelect(x, axis, index, out);
            return;
        }
        FloatBuffer from = x.floats();
        FloatBuffer to = out.floats();
        // What lies behind the axis is picked as a whole.
        eachPick(x, axis, index, (place, pick, inner) -> {
            if (inner == 1) to.put(pick, from.get(place));
            else to.put(pick, from, place, inner);
        });
    }

    @Override
    public void indexAdd(Array x, int axis, Array index, Array out) {
        if (!isFloat32(x)) {
            super.indexAdd(x, axis, index, out);
            return;
        }
        FloatBuffer from = x.floats();
        FloatBuffer to = out.floats();
        eachPick(out, axis, index, (place, pick, inner) -> {
            for (int i = 0; i < inner; i++) to.put(place + i, to.get(place + i) + from.get(pick + i));
        });
    }

    /** Where a block of numbers lies in the whole and among the picked ones. */
    private interface Block {
        void at(int place, int pick, int inner);
    }

    private static void eachPick(Array whole, int axis, Array index, Block block) {
        int inner = (int) Shapes.strides(whole.shape())[axis];
        int n = (int) whole.shape()[axis];
        LongBuffer at = index.longs();
        int picks = (int) index.length();
        int outer = (int) (whole.length() / Math.max(1, (long) inner * n));
        for (int i = 0; i < outer; i++) {
            for (int k = 0; k < picks; k++) block.at((i * n + (int) at.get(k)) * inner, (i * picks + k) * inner, inner);
        }
        Reference.reachabilityFence(index);
    }

    @Override
    public void addAt(Array x, long offset, long[] strides, Array out) {
        if (!isFloat32(x, out)) {
            super.addAt(x, offset, strides, out);
            return;
        }
        FloatBuffer from = x.floats();
        FloatBuffer to = out.floats();
        StridedIterator r = StridedIterator.over(x.shape(), Shapes.strides(x.shape()), strides)
                .from(1, offset);
        for (int n = r.length(), step = r.step(1); r.hasRun(); r.next()) {
            for (int i = 0; i < n; i++) {
                int at = r.offset(1) + i * step;
                to.put(at, to.get(at) + from.get(r.offset(0) + i));
            }
        }
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(out);
    }

    // ---- optimizer updates: one pass over all arrays ----

    @Override
    public void sgd(Array w, Array grad, Array velocity, SgdStep s) {
        if (!isFloat32(w)) {
            super.sgd(w, grad, velocity, s);
            return;
        }
        share((int) w.length(), (from, to) -> sgd(w, grad, velocity, s, from, to));
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(grad);
        Reference.reachabilityFence(velocity);
    }

    private static void sgd(Array w, Array grad, Array velocity, SgdStep s, int from, int to) {
        float[][] tiles = TILES.get();
        for (int at = from; at < to; at += TILE) {
            int n = Math.min(TILE, to - at);
            w.floats().get(at, tiles[0], 0, n);
            grad.floats().get(at, tiles[1], 0, n);
            if (velocity != null) velocity.floats().get(at, tiles[2], 0, n);
            decay(tiles[0], tiles[1], (float) s.weightDecay(), n);
            if (velocity != null) accelerate(tiles[1], tiles[2], s, n);
            descend(tiles[0], tiles[1], (float) s.learningRate(), n);
            w.floats().put(at, tiles[0], 0, n);
            if (velocity != null) velocity.floats().put(at, tiles[2], 0, n);
        }
    }

    private static void decay(float[] w, float[] g, float weightDecay, int n) {
        if (weightDecay == 0) return;
        for (int i = 0; i < n; i++) g[i] += weightDecay * w[i];
    }

    /** Updates the velocity v and turns the gradient g into the direction of descent. */
    private static void accelerate(float[] g, float[] v, SgdStep s, int n) {
        float old = s.first() ? 0 : (float) s.momentum();
        float fresh = s.first() ? 1 : (float) (1 - s.dampening());
        float ahead = s.nesterov() ? (float) s.momentum() : 1;
        float own = s.nesterov() ? 1 : 0;
        for (int i = 0; i < n; i++) v[i] = (s.first() ? 0 : old * v[i]) + fresh * g[i];
        for (int i = 0; i < n; i++) g[i] = own * g[i] + ahead * v[i];
    }

    private static void descend(float[] w, float[] direction, float learningRate, int n) {
        for (int i = 0; i < n; i++) w[i] -= learningRate * direction[i];
    }

    @Override
    public void adam(Array w, Array grad, Array m, Array v, AdamStep s) {
        if (!isFloat32(w)) {
            super.adam(w, grad, m, v, s);
            return;
        }
        share((int) w.length(), (from, to) -> adam(w, grad, m, v, s, from, to));
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(grad);
        Reference.reachabilityFence(m);
        Reference.reachabilityFence(v);
    }

    private static void adam(Array w, Array grad, Array m, Array v, AdamStep s, int from, int to) {
        float[][] tiles = TILES.get();
        for (int at = from; at < to; at += TILE) {
            int n = Math.min(TILE, to - at);
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
            float first = m[i] + fresh1 * (g[i] - m[i]) + TINY_M - TINY_M;
            float second = beta2 * v[i] + TINY_V + fresh2 * g[i] * g[i];
            m[i] = first;
            v[i] = second;
            // TINY_V keeps the denominator above 0, also without an ε.
            w[i] -= stepSize * first / ((float) Math.sqrt(second) * scale + epsilon);
        }
    }

    // ---- tiles ----

    /** Does work on n elements, of many by all cores. */
    private static void share(int n, ThreadPool.Span work) {
        ThreadPool.share(n >= ThreadPool.WORTH_SHARING, n, TILE, work);
    }

    /** Whether kernels for float32 may be used. */
    static boolean isFloat32(Array... operands) {
        for (Array x : operands) if (x.dtype() != ElementType.FLOAT32) return false;
        return true;
    }

    private static boolean map(Array x, Array out, Map1 f) {
        if (!isFloat32(x, out)) return false;
        share((int) out.length(), (from, to) -> {
            float[][] tiles = TILES.get();
            for (int i = from; i < to; i += TILE) {
                int n = Math.min(TILE, to - i);
                load(x.floats(), i, 1, tiles[0], n);
                f.apply(tiles[0], tiles[1], n);
                store(tiles[1], out.floats(), i, n);
            }
        });
        Reference.reachabilityFence(x); // a buffer does not keep the memory alive that it shows
        return true;
    }

    private static boolean map(Array a, Array b, Array out, Map2 f) {
        if (!isFloat32(a, b, out)) return false;
        long[] shape = out.shape();
        StridedIterator r = StridedIterator.over(
                shape,
                Shapes.broadcastStrides(a.shape(), shape),
                Shapes.broadcastStrides(b.shape(), shape),
                Shapes.strides(shape));
        for (; r.hasRun(); r.next()) {
            // Not by share(): a row may be one of thousands, and would have an object of its own.
            if (r.length() < ThreadPool.WORTH_SHARING) map(a, b, out, f, r, 0, r.length());
            else ThreadPool.share(true, r.length(), TILE, (from, to) -> map(a, b, out, f, r, from, to));
        }
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        return true;
    }

    /** The elements of a run from one (inclusive) to another (exclusive). */
    private static void map(Array a, Array b, Array out, Map2 f, StridedIterator r, int from, int to) {
        float[][] tiles = TILES.get();
        for (int i = from; i < to; i += TILE) {
            int n = Math.min(TILE, to - i);
            load(a.floats(), r.offset(0) + i * r.step(0), r.step(0), tiles[0], n);
            load(b.floats(), r.offset(1) + i * r.step(1), r.step(1), tiles[1], n);
            f.apply(tiles[0], tiles[1], tiles[2], n);
            store(tiles[2], out.floats(), r.offset(2) + i, n);
        }
    }

    private static void load(FloatBuffer x, int offset, int step, float[] tile, int n) {
        if (step == 1 && n > FEW) x.get(offset, tile, 0, n);
        else if (step == 0) Arrays.fill(tile, 0, n, x.get(offset));
        else for (int i = 0; i < n; i++) tile[i] = x.get(offset + i * step);
    }

    private static void store(float[] tile, FloatBuffer x, int offset, int n) {
        if (n > FEW) x.put(offset, tile, 0, n);
        else for (int i = 0; i < n; i++) x.put(offset + i, tile[i]);
    }

    private static int tileSize(Array x, int from) {
        return (int) Math.min(TILE, x.length() - from);
    }
}
