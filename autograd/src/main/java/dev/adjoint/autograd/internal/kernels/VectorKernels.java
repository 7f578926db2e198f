package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.SPECIES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.load;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.store;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedIterator;
import dev.adjoint.autograd.internal.kernels.VectorLoop.Loop1;
import dev.adjoint.autograd.internal.kernels.VectorLoop.Loop2;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * All kernels for float32 that gain by it in vector instructions on the arrays' own memory. Everything else is left to the tiled
 * kernels.
 */
final class VectorKernels extends VectorFunctions {
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);

    // ---- elementwise, one operand ----

    private static final Loop1 NEG = VectorLoop.of((VectorLoop.Function1) FloatVector::neg);
    private static final Loop1 SQRT = VectorLoop.of((VectorLoop.Function1) FloatVector::sqrt);
    private static final Loop1 SQUARE = VectorLoop.of(x -> x.mul(x));
    private static final Loop1 RECIPROCAL = VectorLoop.of(x -> ONE.div(x));
    private static final Loop1 ABS = VectorLoop.of((VectorLoop.Function1) FloatVector::abs);
    private static final Loop1 RELU = VectorLoop.of(x -> x.max(ZERO));

    @Override
    public void neg(Array x, Array out) {
        if (!run(NEG, x, out)) super.neg(x, out);
    }

    @Override
    public void sqrt(Array x, Array out) {
        if (!run(SQRT, x, out)) super.sqrt(x, out);
    }

    @Override
    public void square(Array x, Array out) {
        if (!run(SQUARE, x, out)) super.square(x, out);
    }

    @Override
    public void reciprocal(Array x, Array out) {
        if (!run(RECIPROCAL, x, out)) super.reciprocal(x, out);
    }

    @Override
    public void abs(Array x, Array out) {
        if (!run(ABS, x, out)) super.abs(x, out);
    }

    @Override
    public void relu(Array x, Array out) {
        if (!run(RELU, x, out)) super.relu(x, out);
    }

    // ---- elementwise, two operands ----

    private static final Loop2 ADD = VectorLoop.of((VectorLoop.Function2) FloatVector::add);
    private static final Loop2 SUB = VectorLoop.of((VectorLoop.Function2) FloatVector::sub);
    private static final Loop2 MUL = VectorLoop.of((VectorLoop.Function2) FloatVector::mul);
    private static final Loop2 DIV = VectorLoop.of((VectorLoop.Function2) FloatVector::div);
    private static final Loop2 MAXIMUM = VectorLoop.of((VectorLoop.Function2) FloatVector::max);
    private static final Loop2 MINIMUM = VectorLoop.of((VectorLoop.Function2) FloatVector::min);
    private static final Loop2 EQ = VectorLoop.of((x, y) -> ZERO.blend(ONE, x.compare(VectorOperators.EQ, y)));
    private static final Loop2 GT = VectorLoop.of((x, y) -> ZERO.blend(ONE, x.compare(VectorOperators.GT, y)));
    private static final Loop2 GE = VectorLoop.of((x, y) -> ZERO.blend(ONE, x.compare(VectorOperators.GE, y)));

    private static final Loop2 CHAIN =
            VectorLoop.of((x, y) -> ZERO.blend(x.mul(y), x.compare(VectorOperators.NE, ZERO)));
    private static final Loop2 CHAIN_QUOTIENT =
            VectorLoop.of((x, y) -> ZERO.blend(x.div(y), x.compare(VectorOperators.NE, ZERO)));
    private static final Loop2 GATE = VectorLoop.of((x, y) -> ZERO.blend(x, y.compare(VectorOperators.GT, ZERO)));

    @Override
    public void add(Array a, Array b, Array out) {
        if (!run(ADD, a, b, out)) super.add(a, b, out);
    }

    @Override
    public void sub(Array a, Array b, Array out) {
        if (!run(SUB, a, b, out)) super.sub(a, b, out);
    }

    @Override
    public void mul(Array a, Array b, Array out) {
        if (!run(MUL, a, b, out)) super.mul(a, b, out);
    }

    @Override
    public void div(Array a, Array b, Array out) {
        if (!run(DIV, a, b, out)) super.div(a, b, out);
    }

    @Override
    public void maximum(Array a, Array b, Array out) {
        if (!run(MAXIMUM, a, b, out)) super.maximum(a, b, out);
    }

    @Override
    public void minimum(Array a, Array b, Array out) {
        if (!run(MINIMUM, a, b, out)) super.minimum(a, b, out);
    }

    @Override
    public void eq(Array a, Array b, Array out) {
        if (!run(EQ, a, b, out)) super.eq(a, b, out);
    }

    @Override
    public void gt(Array a, Array b, Array out) {
        if (!run(GT, a, b, out)) super.gt(a, b, out);
    }

    @Override
    public void ge(Array a, Array b, Array out) {
        if (!run(GE, a, b, out)) super.ge(a, b, out);
    }

    @Override
    public void chain(Array d, Array p, Array out) {
        if (!run(CHAIN, d, p, out)) super.chain(d, p, out);
    }

    @Override
    public void chainQuotient(Array d, Array p, Array out) {
        if (!run(CHAIN_QUOTIENT, d, p, out)) super.chainQuotient(d, p, out);
    }

    @Override
    public void gate(Array a, Array b, Array out) {
        if (!run(GATE, a, b, out)) super.gate(a, b, out);
    }

    private static boolean run(Loop2 loop, Array a, Array b, Array out) {
        if (!isFloat32(a, b, out)) return false;
        int n = (int) out.length();
        // An operand with as many elements as the result is not repeated; one with a single element is repeated for
        // all.
        int stepA = a.length() == n ? 1 : 0;
        int stepB = b.length() == n ? 1 : 0;
        if ((stepA == 1 || a.length() == 1) && (stepB == 1 || b.length() == 1)) {
            if (n < ThreadPool.WORTH_SHARING) loop.run(a, 0, stepA, b, 0, stepB, out, 0, n);
            else {
                ThreadPool.run(k -> {
                    int from = begin(k, n);
                    int count = begin(k + 1, n) - from;
                    loop.run(a, from * stepA, stepA, b, from * stepB, stepB, out, from, count);
                });
            }
            return true;
        }
        long[] shape = out.shape();
        StridedIterator r = StridedIterator.over(
                shape,
                Shapes.broadcastStrides(a.shape(), shape),
                Shapes.broadcastStrides(b.shape(), shape),
                Shapes.strides(shape));
        // Rows shorter than a vector gain nothing by it.
        if (r.step(0) > 1 || r.step(1) > 1 || r.length() < LANES) return false;
        for (; r.hasRun(); r.next()) {
            loop.run(a, r.offset(0), r.step(0), b, r.offset(1), r.step(1), out, r.offset(2), r.length());
        }
        return true;
    }

    // ---- optimizer updates ----

    @Override
    public void sgd(Array w, Array grad, Array velocity, SgdStep s) {
        boolean plain = velocity == null && s.weightDecay() == 0;
        if (!isFloat32(w) || !plain) {
            super.sgd(w, grad, velocity, s);
            return;
        }
        float minusRate = (float) -s.learningRate();
        int n = (int) w.length();
        if (n < ThreadPool.WORTH_SHARING) sgd(w, grad, minusRate, 0, n);
        else ThreadPool.run(k -> sgd(w, grad, minusRate, begin(k, n), begin(k + 1, n)));
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

    @Override
    public void adam(Array w, Array grad, Array m, Array v, AdamStep s) {
        int n = (int) w.length();
        if (!isFloat32(w) || n % LANES != 0) {
            super.adam(w, grad, m, v, s);
            return;
        }
        // Not looked up within the loop's method, which that makes too large for the JIT compiler of JDK 17.
        Object weights = VectorAccess.memory(w);
        Object gradient = VectorAccess.memory(grad);
        Object first = VectorAccess.memory(m);
        Object second = VectorAccess.memory(v);
        if (n < ThreadPool.WORTH_SHARING) adam(weights, gradient, first, second, s, 0, n);
        else ThreadPool.run(k -> adam(weights, gradient, first, second, s, begin(k, n), begin(k + 1, n)));
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
        FloatVector tinyV = all(TINY_V);
        FloatVector minusStep = all(-s.stepSize());
        FloatVector scale = all(1 / s.rootCorrection());
        FloatVector epsilon = all(s.epsilon());
        for (int i = from; i < to; i += LANES) {
            FloatVector x = load(weights, i);
            FloatVector g = x.fma(decay, load(gradient, i));
            FloatVector mean = load(first, i);
            mean = g.sub(mean).fma(fresh1, mean);
            mean = mean.add(TINY_M).sub(TINY_M);
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
