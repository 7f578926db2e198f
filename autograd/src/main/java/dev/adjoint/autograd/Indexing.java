package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.Arrays;

/**
 * Ops that select elements by an int64 index, and cross-entropy, which selects by label. Selecting elements and adding at the same
 * indices are each other's reverse rules.
 */
final class Indexing {
    private Indexing() {}

    /**
     * y[…, j, …] = x[…, index[j], …]; operands x and index [n].
     *
     * @param axis the axis to index
     * @return the op
     */
    static Primitive indexSelect(int axis) {
        return Primitive.of(
                        "indexSelect",
                        x -> picked(x[0], axis, x[1]),
                        (g, x, y) -> indexAdd(axis, x[0].shape()).apply(g, x[1]))
                .forwardRules((t, x, y) -> t.indexSelect(axis, x[1]))
                .scattering((g, x, sum) -> Kernels.current()
                        .indexAdd(g, Shapes.axis("indexSelect", axis, sum.rank()), Access.array(x[1]), sum))
                .as(Gate.ROUTER);
    }

    private static Array picked(Array x, int axis, Array index) {
        int along = Shapes.axis("indexSelect", axis, x.rank());
        Check.integer("indexSelect", "index", index);
        if (index.rank() != 1) {
            throw new IllegalArgumentException("indexSelect: index " + Shapes.str(index.shape())
                    + ": expected one axis; flatten it, or use gather for an index of x's rank");
        }
        Check.inRange("indexSelect", "index", index, x.shape()[along]);
        long[] shape = x.shape().clone();
        shape[along] = index.length();
        Array out = Workspace.allocate(x.dtype(), shape);
        Kernels.current().indexSelect(x, along, index, out);
        return out;
    }

    /**
     * Embedding lookup: y[…, :] = weight[index[…], :].
     *
     * @param weight [V, D]
     * @param index int64, any shape
     * @return [index's shape…, D]
     * @throws IllegalArgumentException if the table is not a matrix, or an index is out of range or not int64
     */
    static Tensor embedding(Tensor weight, Tensor index) {
        if (weight.rank() != 2) {
            throw new IllegalArgumentException(
                    "embedding: weight " + Shapes.str(weight.shape()) + ": expected [rows, size of a row]");
        }
        Check.integer("embedding", "index", index.array());
        Check.inRange("embedding", "index", index.array(), weight.shape(0));
        long[] shape = Arrays.copyOf(index.shape(), index.rank() + 1);
        shape[index.rank()] = weight.shape(1);
        return weight.indexSelect(0, index.flatten()).reshape(shape);
    }

    /** Zeros of the given shape, to which the slices of the operand are added at the index. */
    private static Primitive indexAdd(int axis, long... shape) {
        return Primitive.of(
                        "indexAdd",
                        x -> {
                            Array out = zeros(x[0], shape);
                            Kernels.current().indexAdd(x[0], Shapes.axis("indexAdd", axis, shape.length), x[1], out);
                            return out;
                        },
                        (g, x, y) -> indexSelect(axis).apply(g, x[1]))
                .forwardRules((t, x, y) -> indexAdd(axis, shape).apply(t, x[1]))
                .as(Gate.DISTRIBUTOR);
    }

    /**
     * y[i, j, …] = x[…, index[i, j, …], …], where the index replaces the coordinate along one axis; operands x and index, of the
     * same rank.
     *
     * @param axis the axis to index
     * @return the op
     */
    static Primitive gather(int axis) {
        return Primitive.of(
                        "gather",
                        x -> gathered(x[0], axis, x[1]),
                        (g, x, y) -> scatterAdd(axis, x[0].shape()).apply(g, x[1]))
                .forwardRules((t, x, y) -> t.gather(axis, x[1]))
                .scattering((g, x, sum) -> Kernels.current()
                        .scatterAdd(g, Shapes.axis("gather", axis, sum.rank()), Access.array(x[1]), sum))
                .as(Gate.ROUTER);
    }

    private static Array gathered(Array x, int axis, Array index) {
        int along = Shapes.axis("gather", axis, x.rank());
        Check.integer("gather", "index", index);
        boolean fits = index.rank() == x.rank();
        for (int a = 0; fits && a < x.rank(); a++) fits = a == along || index.shape()[a] <= x.shape()[a];
        if (!fits) {
            throw new IllegalArgumentException(
                    "gather: x " + Shapes.str(x.shape()) + ", index " + Shapes.str(index.shape())
                            + ": the index must have x's rank and, except along axis " + along + ", at most x's sizes");
        }
        Check.inRange("gather", "index", index, x.shape()[along]);
        Array out = Workspace.allocate(x.dtype(), index.shape());
        Kernels.current().gather(x, along, index, out);
        return out;
    }

    /** Zeros of the given shape, to which the operand is added at the elements that gather would select. */
    private static Primitive scatterAdd(int axis, long... shape) {
        return Primitive.of(
                        "scatterAdd",
                        x -> {
                            Array out = zeros(x[0], shape);
                            Kernels.current()
                                    .scatterAdd(x[0], Shapes.axis("scatterAdd", axis, shape.length), x[1], out);
                            return out;
                        },
                        (g, x, y) -> gather(axis).apply(g, x[1]))
                .forwardRules((t, x, y) -> scatterAdd(axis, shape).apply(t, x[1]))
                .as(Gate.DISTRIBUTOR);
    }

    private static Array zeros(Array like, long... shape) {
        Array out = Workspace.allocate(like.dtype(), shape);
        Kernels.current().fill(0, out);
        return out;
    }

    /**
     * Cross-entropy of each row as one op: operands logits x [N, C] and int64 classes t [N]; y[i] = ln Σⱼ e^x[i,j] − x[i, t[i]], x̄
     * = ȳ·(softmax(x) − onehot(t)).
     */
    static final Primitive CROSS_ENTROPY = Primitive.of(
                    "crossEntropy", x -> crossEntropy(x[0], x[1]), (g, x, y) -> softmaxMinusOnehot(x[0], x[1], g))
            .forwardRules((t, x, y) -> softmaxMinusOnehot(x[0], x[1]).mul(t).sum(1))
            .contributes("crossEntropy({0}, {1})", "{g} ⊙ (softmax({0}) − onehot({1}))")
            .ofLogits();

    private static Tensor softmaxMinusOnehot(Tensor x, Tensor target) {
        return softmaxMinusOnehot(x, target, Tensor.ones(x.dtype(), x.shape(0)));
    }

    private static Tensor softmaxMinusOnehot(Tensor x, Tensor target, Tensor g) {
        return CROSS_ENTROPY_BACKWARD.apply(x, target, g);
    }

    /**
     * y[i] = g[i]·(s − onehot(t))[i] with s = softmax(x); x̄[i] = g[i]·s ⊙ (ȳ − Σ ȳ⊙s), the rule of softmax, whose Jacobian is
     * symmetric; ḡ[i] = Σⱼ ȳ[i,j]·(s − onehot(t))[i,j].
     */
    private static final Primitive CROSS_ENTROPY_BACKWARD = Primitive.of(
                    "crossEntropyBackward",
                    x -> {
                        Array out = Workspace.allocate(x[0].dtype(), x[0].shape());
                        Kernels.current().crossEntropyBackward(x[0], x[1], x[2], out);
                        return out;
                    },
                    Indexing::softmaxBackward,
                    null,
                    (d, x, y) -> softmaxMinusOnehot(x[0], x[1]).mul(d).sum(1))
            .forwardRules(
                    Indexing::softmaxBackward, null, (t, x, y) -> t.unsqueeze(1).mul(softmaxMinusOnehot(x[0], x[1])));

    private static Tensor softmaxBackward(Tensor d, Tensor[] x, Tensor y) {
        Tensor s = x[0].softmax(1);
        return x[2].unsqueeze(1).mul(s.mul(d.sub(d.mul(s).sum(true, 1))));
    }

    private static Array crossEntropy(Array x, Array target) {
        Check.floating("crossEntropy", "logits", x);
        Check.integer("crossEntropy", "target", target);
        if (x.rank() != 2 || target.rank() != 1 || target.length() != x.shape()[0]) {
            throw new IllegalArgumentException("crossEntropy: logits " + Shapes.str(x.shape()) + ", target "
                    + Shapes.str(target.shape()) + ": expected logits [N, C] and target [N]"
                    + (x.rank() == 2 && target.length() == x.shape()[0]
                            ? "; reshape the target to " + Arrays.toString(new long[] {x.shape()[0]})
                            : ""));
        }
        Check.inRange("crossEntropy", "target", target, x.shape()[1]);
        Array out = Workspace.allocate(x.dtype(), x.shape()[0]);
        Kernels.current().crossEntropy(x, target, out);
        return out;
    }
}
