package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Kernels.Groups;

/** Reference normalisation, one group after the other, in double precision. */
final class ReferenceNormalization {
    private ReferenceNormalization() {}

    static void addTo(KernelTable table) {
        table.moments = ReferenceNormalization::moments;
        table.normalize = ReferenceNormalization::normalize;
        table.normalizeBackward = ReferenceNormalization::normalizeBackward;
        table.normalizeWeightBackward = ReferenceNormalization::normalizeWeightBackward;
    }

    private static void moments(Array x, Groups groups, Array out) {
        for (int g = 0; g < groups.count(); g++) {
            Normalizer group = new Normalizer(x, groups, g, 0);
            out.set(g, group.mean());
            out.set(groups.count() + g, group.variance());
        }
    }

    private static void normalize(Array x, Array weight, Array bias, Groups groups, double epsilon, Array out) {
        for (int g = 0; g < groups.count(); g++) {
            new Normalizer(x, groups, g, epsilon)
                    .normalize(weight == null ? 1 : weight.get(g), bias == null ? 0 : bias.get(g), out);
        }
    }

    private static void normalizeBackward(
            Array x, Array weight, Array gradient, Groups groups, double epsilon, Array out) {
        for (int g = 0; g < groups.count(); g++) {
            new Normalizer(x, groups, g, epsilon).backward(weight == null ? 1 : weight.get(g), gradient, out);
        }
    }

    private static void normalizeWeightBackward(Array x, Array gradient, Groups groups, double epsilon, Array out) {
        for (int g = 0; g < groups.count(); g++) out.set(g, new Normalizer(x, groups, g, epsilon).dot(gradient));
    }
}
