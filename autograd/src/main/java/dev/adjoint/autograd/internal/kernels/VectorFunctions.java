package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.load;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.VectorLoop.Loop1;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.util.function.IntConsumer;
import jdk.incubator.vector.VectorOperators;

/**
 * The kernels for float32 that C2 does not turn into vector instructions by itself: functions that Java has for double only, and
 * normalisation. Arithmetic is left to the tiled kernels. Until JDK 21 that is the best mixture: there a vector's way to native memory
 * is by a ByteBuffer, with a barrier for the compiler at each access, so that for all but the smallest arrays plain loops over tiles
 * are as fast or faster, and they are compiled in a fraction of the time.
 *
 * <p>The module jdk.incubator.vector must have been added to the JVM, or this class cannot be loaded.
 */
class VectorFunctions extends TiledKernels {
    private static final Loop1 EXP = VectorLoop.of((VectorLoop.Function1) VectorMath::exp);
    private static final Loop1 LOG = VectorLoop.of((VectorLoop.Function1) VectorMath::log);
    private static final Loop1 TANH = VectorLoop.of((VectorLoop.Function1) VectorMath::tanh);
    private static final Loop1 SIGMOID = VectorLoop.of((VectorLoop.Function1) VectorMath::sigmoid);
    private static final Loop1 SIN = VectorLoop.of((VectorLoop.Function1) VectorMath::sin);
    private static final Loop1 COS = VectorLoop.of((VectorLoop.Function1) VectorMath::cos);

    @Override
    public void exp(Array x, Array out) {
        if (!run(EXP, x, out)) super.exp(x, out);
    }

    @Override
    public void log(Array x, Array out) {
        if (!run(LOG, x, out)) super.log(x, out);
    }

    @Override
    public void tanh(Array x, Array out) {
        if (!run(TANH, x, out)) super.tanh(x, out);
    }

    @Override
    public void sigmoid(Array x, Array out) {
        if (!run(SIGMOID, x, out)) super.sigmoid(x, out);
    }

    @Override
    public void sin(Array x, Array out) {
        if (!(isWithin(VectorMath.TRIGONOMETRY_LIMIT, x) && run(SIN, x, out))) super.sin(x, out);
    }

    @Override
    public void cos(Array x, Array out) {
        if (!(isWithin(VectorMath.TRIGONOMETRY_LIMIT, x) && run(COS, x, out))) super.cos(x, out);
    }

    /** StridedIterator a loop over all elements, of many by all cores; not if they are of another type. */
    static boolean run(Loop1 loop, Array x, Array out) {
        if (!isFloat32(x, out)) return false;
        int n = (int) out.length();
        if (n < ThreadPool.WORTH_SHARING) loop.run(x, 0, out, 0, n);
        else ThreadPool.run(k -> loop.run(x, begin(k, n), out, begin(k, n), begin(k + 1, n) - begin(k, n)));
        return true;
    }

    /** Where the k-th part of n elements begins. */
    static int begin(int k, int n) {
        return ThreadPool.begin(k, n, LANES);
    }

    /** Whether no number is larger than a bound, or not a number. */
    private static boolean isWithin(float bound, Array x) {
        if (!isFloat32(x)) return false;
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

    // ---- normalisation ----

    @Override
    public void moments(Array x, Groups groups, Array out) {
        if (!isFloat32(x, out)) {
            super.moments(x, groups, out);
            return;
        }
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, 1);
            Normalizer exact = group.isInRange() ? null : new Normalizer(x, groups, g, 1);
            out.floats().put(g, (float) (exact == null ? group.mean() : exact.mean()));
            out.floats().put(groups.count() + g, (float) (exact == null ? group.variance() : exact.variance()));
        });
    }

    @Override
    public void normalize(Array x, Array weight, Array bias, Groups groups, double epsilon, Array out) {
        if (!isFloat32(x, out)) {
            super.normalize(x, weight, bias, groups, epsilon, out);
            return;
        }
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, epsilon);
            double gamma = weight == null ? 1 : weight.get(g);
            double beta = bias == null ? 0 : bias.get(g);
            if (group.isInRange()) group.normalize(gamma, beta, out);
            else new Normalizer(x, groups, g, epsilon).normalize(gamma, beta, out);
        });
    }

    @Override
    public void normalizeBackward(Array x, Array weight, Array gradient, Groups groups, double epsilon, Array out) {
        if (!isFloat32(x, gradient, out)) {
            super.normalizeBackward(x, weight, gradient, groups, epsilon, out);
            return;
        }
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, epsilon);
            double gamma = weight == null ? 1 : weight.get(g);
            if (group.isInRange()) group.backward(gamma, gradient, out);
            else new Normalizer(x, groups, g, epsilon).backward(gamma, gradient, out);
        });
    }

    @Override
    public void normalizeWeightBackward(Array x, Array gradient, Groups groups, double epsilon, Array out) {
        if (!isFloat32(x, gradient, out)) {
            super.normalizeWeightBackward(x, gradient, groups, epsilon, out);
            return;
        }
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, epsilon);
            double dot = group.isInRange() ? group.dot(gradient) : new Normalizer(x, groups, g, epsilon).dot(gradient);
            out.floats().put(g, (float) dot);
        });
    }

    private static void eachGroup(Array x, Groups groups, IntConsumer work) {
        ThreadPool.share(x.length() >= ThreadPool.WORTH_SHARING, groups.count(), 1, (from, to) -> {
            for (int g = from; g < to; g++) work.accept(g);
        });
    }
}
