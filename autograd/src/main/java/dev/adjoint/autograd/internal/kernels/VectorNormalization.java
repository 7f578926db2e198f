package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.Groups;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.util.function.IntConsumer;

/**
 * Float32 normalisation with vector instructions; groups whose values are outside the range of a float are computed in double
 * precision.
 */
final class VectorNormalization {
    private VectorNormalization() {}

    static void addTo(KernelTable table) {
        table.moments = VectorNormalization::moments;
        table.normalize = VectorNormalization::normalize;
        table.normalizeBackward = VectorNormalization::normalizeBackward;
        table.normalizeWeightBackward = VectorNormalization::normalizeWeightBackward;
    }

    private static void moments(Array x, Groups groups, Array out) {
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, 1);
            Normalizer exact = group.isInRange() ? null : new Normalizer(x, groups, g, 1);
            out.floats().put(g, (float) (exact == null ? group.mean() : exact.mean()));
            out.floats().put(groups.count() + g, (float) (exact == null ? group.variance() : exact.variance()));
        });
    }

    private static void normalize(Array x, Array weight, Array bias, Groups groups, double epsilon, Array out) {
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, epsilon);
            double gamma = weight == null ? 1 : weight.get(g);
            double beta = bias == null ? 0 : bias.get(g);
            if (group.isInRange()) group.normalize(gamma, beta, out);
            else new Normalizer(x, groups, g, epsilon).normalize(gamma, beta, out);
        });
    }

    private static void normalizeBackward(
            Array x, Array weight, Array gradient, Groups groups, double epsilon, Array out) {
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, epsilon);
            double gamma = weight == null ? 1 : weight.get(g);
            if (group.isInRange()) group.backward(gamma, gradient, out);
            else new Normalizer(x, groups, g, epsilon).backward(gamma, gradient, out);
        });
    }

    private static void normalizeWeightBackward(Array x, Array gradient, Groups groups, double epsilon, Array out) {
        eachGroup(x, groups, g -> {
            VectorNormalizer group = new VectorNormalizer(x, groups, g, epsilon);
            double dot = group.isInRange() ? group.dot(gradient) : new Normalizer(x, groups, g, epsilon).dot(gradient);
            out.floats().put(g, (float) dot);
        });
    }

    private static void eachGroup(Array x, Groups groups, IntConsumer work) {
        ThreadPool.runParallel(x.length(), groups.count(), 1, (from, to) -> {
            for (int g = from; g < to; g++) work.accept(g);
        });
    }
}
