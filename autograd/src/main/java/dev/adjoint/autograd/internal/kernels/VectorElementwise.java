package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.SPECIES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.load;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.StridedIterator;
import dev.adjoint.autograd.internal.kernels.Loops.Loop1;
import dev.adjoint.autograd.internal.kernels.Loops.Loop2;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Float32 elementwise kernels with vector instructions, directly on the memory of the arrays. */
final class VectorElementwise {
    private static final FloatVector ZERO = FloatVector.zero(SPECIES);
    private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);

    private VectorElementwise() {}

    /** Adds functions that Java has for double only, so that the JIT compiler does not vectorise loops over them. */
    static void addFunctionsTo(KernelTable table) {
        put(table, Unary.EXP, VectorMath::exp);
        put(table, Unary.LOG, VectorMath::log);
        put(table, Unary.TANH, VectorMath::tanh);
        put(table, Unary.SIGMOID, VectorMath::sigmoid);
        putTrigonometric(table, Unary.SIN, VectorMath::sin);
        putTrigonometric(table, Unary.COS, VectorMath::cos);
    }

    /** Adds arithmetic, which the JIT compiler vectorises by itself only for data on the heap. */
    static void addArithmeticTo(KernelTable table) {
        put(table, Unary.NEG, FloatVector::neg);
        put(table, Unary.SQRT, FloatVector::sqrt);
        put(table, Unary.SQUARE, x -> x.mul(x));
        put(table, Unary.RECIPROCAL, x -> ONE.div(x));
        put(table, Unary.ABS, FloatVector::abs);
        put(table, Unary.RELU, x -> x.max(ZERO));
        put(table, Binary.ADD, FloatVector::add);
        put(table, Binary.SUB, FloatVector::sub);
        put(table, Binary.MUL, FloatVector::mul);
        put(table, Binary.DIV, FloatVector::div);
        put(table, Binary.MAXIMUM, FloatVector::max);
        put(table, Binary.MINIMUM, FloatVector::min);
        put(table, Binary.EQ, (x, y) -> ZERO.blend(ONE, x.compare(VectorOperators.EQ, y)));
        put(table, Binary.GT, (x, y) -> ZERO.blend(ONE, x.compare(VectorOperators.GT, y)));
        put(table, Binary.GE, (x, y) -> ZERO.blend(ONE, x.compare(VectorOperators.GE, y)));
        put(table, Binary.ZERO_SAFE_MUL, (x, y) -> ZERO.blend(x.mul(y), x.compare(VectorOperators.NE, ZERO)));
        put(table, Binary.ZERO_SAFE_DIV, (x, y) -> ZERO.blend(x.div(y), x.compare(VectorOperators.NE, ZERO)));
        put(table, Binary.GATE, (x, y) -> ZERO.blend(x, y.compare(VectorOperators.GT, ZERO)));
    }

    private static void put(KernelTable table, Unary op, VectorLoop.Function1 f) {
        Loop1 loop = VectorLoop.of(f);
        table.put(op, (x, out) -> run(loop, x, out));
    }

    /** Large angles, infinities and NaN fall back to the previous kernel of the table. */
    private static void putTrigonometric(KernelTable table, Unary op, VectorLoop.Function1 f) {
        Loop1 loop = VectorLoop.of(f);
        KernelTable.UnaryKernel exact = table.of(op);
        table.put(op, (x, out) -> {
            if (isWithin(VectorMath.TRIGONOMETRY_LIMIT, x)) run(loop, x, out);
            else exact.run(x, out);
        });
    }

    /** Strides above 1, and runs shorter than a vector, fall back to the previous kernel of the table. */
    private static void put(KernelTable table, Binary op, VectorLoop.Function2 f) {
        Loop2 loop = VectorLoop.of(f);
        KernelTable.BinaryKernel otherwise = table.of(op);
        table.put(op, (a, b, out) -> run(loop, otherwise, a, b, out));
    }

    /** Runs a loop over all elements, in parallel if there are many. */
    private static void run(Loop1 loop, Array x, Array out) {
        int n = (int) out.length();
        if (!ThreadPool.isWorthParallel(n)) loop.run(x, 0, out, 0, n);
        else ThreadPool.run(k -> loop.run(x, begin(k, n), out, begin(k, n), begin(k + 1, n) - begin(k, n)));
    }

    private static void run(Loop2 loop, KernelTable.BinaryKernel otherwise, Array a, Array b, Array out) {
        int n = (int) out.length();
        // An operand with as many elements as the result is not broadcast; a scalar is repeated for all elements.
        int stepA = a.length() == n ? 1 : 0;
        int stepB = b.length() == n ? 1 : 0;
        if ((stepA == 1 || a.length() == 1) && (stepB == 1 || b.length() == 1)) {
            if (!ThreadPool.isWorthParallel(n)) loop.run(a, 0, stepA, b, 0, stepB, out, 0, n);
            else {
                ThreadPool.run(k -> {
                    int from = begin(k, n);
                    int count = begin(k + 1, n) - from;
                    loop.run(a, from * stepA, stepA, b, from * stepB, stepB, out, from, count);
                });
            }
            return;
        }
        StridedIterator r = StridedIterator.broadcasting(a, b, out);
        if (r.step(0) > 1 || r.step(1) > 1 || r.length() < LANES) {
            otherwise.run(a, b, out);
            return;
        }
        for (; r.hasRun(); r.next()) {
            loop.run(a, r.offset(0), r.step(0), b, r.offset(1), r.step(1), out, r.offset(2), r.length());
        }
    }

    /** The index at which the k-th part of n elements begins. */
    private static int begin(int k, int n) {
        return ThreadPool.begin(k, n, LANES);
    }

    /** Whether the absolute values of all elements are at most a bound; false if one is NaN. */
    private static boolean isWithin(float bound, Array x) {
        Object memory = VectorAccess.memory(x);
        int n = (int) x.length();
        int i = 0;
        boolean within = true;
        for (; within && i <= n - LANES; i += LANES) {
            within = load(memory, i).abs().compare(VectorOperators.LE, bound).allTrue();
        }
        for (; within && i < n; i++) within = Math.abs(x.floats().get(i)) <= bound;
        Reference.reachabilityFence(x);
        return within;
    }
}
