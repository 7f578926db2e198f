package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.kernels.Kernels.Groups;
import java.util.Arrays;

/**
 * Batch and layer normalisation: groups of elements are normalised by their mean and variance, y = γ·x̂ + β with x̂ = (x − μ)·r, r
 * = 1/√(σ² + ε). Gradients are computed by kernels and differentiated again by their definitions in tensor ops.
 */
final class Normalization {
    private Normalization() {}

    /**
     * Batch normalisation of each channel; operands x [N, C] or [N, C, ...], γ [C], β [C].
     *
     * @param epsilon ε
     * @return the op
     */
    static Primitive batchNorm(double epsilon) {
        return Primitive.of(
                        "batchNorm",
                        x -> {
                            Groups groups = channels("batchNorm", x[0]);
                            checkChannels("weight", x[0], x[1]);
                            checkChannels("bias", x[0], x[2]);
                            return normalized(x[0], x[1], x[2], groups, epsilon);
                        },
                        (g, x, y) -> batchNormBackward(epsilon).apply(x[0], x[1], g),
                        (g, x, y) -> batchNormWeightBackward(epsilon).apply(x[0], g),
                        (g, x, y) -> g.sum(allButChannels(x[0])))
                .forwardRules(
                        (t, x, y) -> batchNormBackward(epsilon).apply(x[0], x[1], t),
                        (t, x, y) -> hat(x[0], epsilon, allButChannels(x[0])).mul(perChannel(t, x[0])),
                        (t, x, y) -> perChannel(t, x[0]));
    }

    /** The input gradient x̄, from x, γ and ȳ. The Jacobian is symmetric, so that the op also maps tangents. */
    private static Primitive batchNormBackward(double epsilon) {
        return Primitive.defined(
                "batchNormBackward",
                x -> {
                    Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
                    Groups groups = channels("batchNorm", x[0]);
                    Kernels.current().normalizeBackward(x[0], x[1], x[2], groups, epsilon, out);
                    return out;
                },
                x -> inputGradient(x.get(0), x.get(2), epsilon, allButChannels(x.get(0)))
                        .mul(perChannel(x.get(1), x.get(0))));
    }

    /** The weight gradient γ̄, from x and ȳ. */
    private static Primitive batchNormWeightBackward(double epsilon) {
        return Primitive.defined(
                "batchNormWeightBackward",
                x -> {
                    Array out = Workspace.allocate(x[0].dtype(), x[0].shape()[1]);
                    Kernels.current().normalizeWeightBackward(x[0], x[1], channels("batchNorm", x[0]), epsilon, out);
                    return out;
                },
                x -> {
                    int[] axes = allButChannels(x.get(0));
                    return hat(x.get(0), epsilon, axes).mul(x.get(1)).sum(axes);
                });
    }

    /**
     * Mean and population variance of each channel of x [N, C] or [N, C, ...], as [2, C]. No gradient passes through it.
     */
    static final Primitive CHANNEL_MOMENTS = Primitive.of("channelMoments", x -> {
        Groups groups = channels("channelMoments", x[0]);
        Array out = Workspace.allocate(x[0].dtype(), 2, groups.count());
        Kernels.current().moments(x[0], groups, out);
        return out;
    });

    /**
     * Layer normalisation over the last axes, without γ and β.
     *
     * @param axes the number of trailing axes
     * @param epsilon ε
     * @return the op
     */
    static Primitive layerNorm(int axes, double epsilon) {
        return Primitive.symmetric(
                "layerNorm",
                x -> normalized(x[0], null, null, rows(x[0], axes), epsilon),
                (d, x, y) -> layerNormBackward(axes, epsilon).apply(x[0], d));
    }

    private static Primitive layerNormBackward(int axes, double epsilon) {
        return Primitive.defined(
                "layerNormBackward",
                x -> {
                    Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
                    Kernels.current().normalizeBackward(x[0], null, x[1], rows(x[0], axes), epsilon, out);
                    return out;
                },
                x -> inputGradient(x.get(0), x.get(1), epsilon, last(axes)));
    }

    // ---- the definitions ----

    /** x̂ = (x − μ)·r. */
    private static Tensor hat(Tensor x, double epsilon, int... axes) {
        Tensor deviation = x.sub(x.mean(true, axes));
        return deviation.mul(inverseStd(deviation, epsilon, axes));
    }

    /** r = 1/√(σ² + ε). */
    private static Tensor inverseStd(Tensor deviation, double epsilon, int... axes) {
        return deviation.square().mean(true, axes).add(epsilon).rsqrt();
    }

    /** r·(ȳ − mean(ȳ) − x̂·mean(ȳ·x̂)). */
    private static Tensor inputGradient(Tensor x, Tensor g, double epsilon, int... axes) {
        Tensor deviation = x.sub(x.mean(true, axes));
        Tensor r = inverseStd(deviation, epsilon, axes);
        Tensor hat = deviation.mul(r);
        Tensor projection = hat.mul(g.mul(hat).mean(true, axes));
        return g.sub(g.mean(true, axes)).sub(projection).mul(r);
    }

    private static Array normalized(Array x, Array weight, Array bias, Groups groups, double epsilon) {
        Array out = Workspace.allocate(x.dtype(), x.shape());
        Kernels.current().normalize(x, weight, bias, groups, epsilon, out);
        return out;
    }

    // ---- groups of elements ----

    private static Groups channels(String op, Array x) {
        Check.floating(op, "x", x);
        if (x.rank() < 2) {
            throw new IllegalArgumentException(op + ": x " + Shapes.str(x.shape())
                    + ": expected [N, C] or [N, C, ...]; unsqueeze a single example");
        }
        long count = x.shape()[1];
        long inner = Shapes.length(Arrays.copyOfRange(x.shape(), 2, x.rank()));
        return new Groups((int) x.shape()[0], (int) count, (int) inner);
    }

    private static void checkChannels(String name, Array x, Array value) {
        Check.sameType("batchNorm", "x", x, name, value);
        if (value.rank() == 1 && value.length() == x.shape()[1]) return;
        throw new IllegalArgumentException("batchNorm: x " + Shapes.str(x.shape()) + ", " + name + " "
                + Shapes.str(value.shape()) + ": expected " + name + " [" + x.shape()[1] + "]");
    }

    private static Groups rows(Array x, int axes) {
        Check.floating("layerNorm", "x", x);
        if (axes < 1 || axes > x.rank()) {
            throw new IllegalArgumentException("layerNorm: x " + Shapes.str(x.shape()) + ", over the last " + axes
                    + " axes: expected 1 to " + x.rank());
        }
        long length = Shapes.length(Arrays.copyOfRange(x.shape(), x.rank() - axes, x.rank()));
        return new Groups(1, length == 0 ? 0 : (int) (x.length() / length), (int) length);
    }

    private static int[] last(int axes) {
        int[] last = new int[axes];
        for (int i = 0; i < axes; i++) last[i] = -1 - i;
        return last;
    }

    private static int[] allButChannels(Tensor x) {
        int[] axes = new int[x.rank() - 1];
        for (int i = 1; i < axes.length; i++) axes[i] = i + 1;
        return axes;
    }

    /** Reshapes per-channel values so that they broadcast to x. */
    private static Tensor perChannel(Tensor values, Tensor x) {
        long[] shape = new long[x.rank() - 1];
        Arrays.fill(shape, 1);
        shape[0] = x.shape(1);
        return values.reshape(shape);
    }
}
