package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Matrix products. Transposes are flags to the product, never copies. */
final class MatMul {
    private MatMul() {}

    /**
     * The matrix product, by PyTorch's rules: a 1-D operand is a row vector on the left and a column vector on the right; operands
     * with more than two axes are batches of matrices whose leading axes broadcast.
     *
     * @param a [..., n, k] or [k]
     * @param b [..., k, m] or [k]
     * @return [..., n, m], without the axis that a 1-D operand lacks
     * @throws IllegalArgumentException if the inner sizes differ, the leading axes do not broadcast, or an operand is a scalar
     */
    static Tensor matmul(Tensor a, Tensor b) {
        check(a.array(), b.array());
        if (a.rank() == 1) return matmul(a.unsqueeze(0), b).squeeze(b.rank() == 1 ? 0 : -2);
        if (b.rank() == 1) return matmul(a, b.unsqueeze(1)).squeeze(-1);
        if (a.rank() > 2 && b.rank() == 2) return onRows(a, rows -> product(rows, false, b, false));
        return product(a, false, b, false);
    }

    /** Applies f to all rows of a batch at once, which is faster than one product for each matrix. */
    private static Tensor onRows(Tensor x, UnaryOperator<Tensor> f) {
        long[] shape = x.shape();
        long rows = Shapes.length(Arrays.copyOf(shape, shape.length - 1));
        Tensor y = f.apply(x.reshape(rows, x.shape(-1)));
        shape[shape.length - 1] = y.shape(1);
        return y.reshape(shape);
    }

    /**
     * C = op(A)·op(B), where op transposes the last two axes if its flag is set. With Ā' = C̄·op(B)ᵀ and B̄' = op(A)ᵀ·C̄: Ā is Ā'
     * or its transpose, and B̄ is B̄' or its transpose. Ċ = op(Ȧ)·op(B) + op(A)·op(Ḃ).
     */
    private static Tensor product(Tensor a, boolean transA, Tensor b, boolean transB) {
        Primitive op = transA ? transB ? TRANSPOSED_BOTH : TRANSPOSED_A : transB ? TRANSPOSED_B : PLAIN;
        return op.apply(a, b);
    }

    private static final Primitive PLAIN = matmul(false, false);
    private static final Primitive TRANSPOSED_A = matmul(true, false);
    private static final Primitive TRANSPOSED_B = matmul(false, true);
    private static final Primitive TRANSPOSED_BOTH = matmul(true, true);

    private static Primitive matmul(boolean transA, boolean transB) {
        return Primitive.of(
                        "matmul",
                        x -> multiply(x[0], transA, x[1], transB),
                        (g, x, y) -> transA ? product(x[1], transB, g, true) : product(g, false, x[1], !transB),
                        (g, x, y) -> transB ? product(g, true, x[0], transA) : product(x[0], !transA, g, false))
                .forwardRules(
                        (t, x, y) -> product(t, transA, x[1], transB), (t, x, y) -> product(x[0], transA, t, transB))
                .as(Gate.SWITCHER)
                .contributes(
                        written("{0}", transA) + "·" + written("{1}", transB),
                        transA ? written("{1}", transB) + "·{g}ᵀ" : "{g}·" + written("{1}", !transB),
                        transB ? "{g}ᵀ·" + written("{0}", transA) : written("{0}", !transA) + "·{g}")
                .costs((x, y) -> y.length() * size(x[0], transA ? -2 : -1));
    }

    private static String written(String name, boolean isTransposed) {
        return isTransposed ? name + "ᵀ" : name;
    }

    private static Array multiply(Array a, boolean transA, Array b, boolean transB) {
        long rows = size(a, transA ? -1 : -2);
        long columns = size(b, transB ? -2 : -1);
        long[] batch = Shapes.broadcast("matmul", batch(a), batch(b));
        long[] shape = Arrays.copyOf(batch, batch.length + 2);
        shape[batch.length] = rows;
        shape[batch.length + 1] = columns;
        Array out = Workspace.allocate(a.dtype(), shape);
        if (size(a, transA ? -2 : -1) == 0) Kernels.current().fill(0, out);
        else Kernels.current().matmul(a, transA, b, transB, 0, out);
        return out;
    }

    /**
     * The affine map y = x·Wᵀ + b of a linear layer, as one op. x̄ = ȳ·W, W̄ = ȳᵀ·x, b̄ = Σ ȳ over all rows.
     *
     * @param x [..., in]
     * @param weight [out, in]
     * @param bias [out], or null for none
     * @return [..., out]
     * @throws IllegalArgumentException if the shapes do not match
     */
    static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        checkLinear(x.array(), weight.array(), bias == null ? null : bias.array());
        if (x.rank() == 1) return linear(x.unsqueeze(0), weight, bias).squeeze(0);
        if (x.rank() > 2) return onRows(x, rows -> linear(rows, weight, bias));
        return bias == null ? product(x, false, weight, true) : AFFINE.apply(x, weight, bias);
    }

    private static final Primitive AFFINE = Primitive.of(
                    "linear",
                    x -> affine(x[0], x[1], x[2]),
                    (g, x, y) -> product(g, false, x[1], false),
                    (g, x, y) -> product(g, true, x[0], false),
                    (g, x, y) -> g)
            .forwardRules(
                    (t, x, y) -> product(t, false, x[1], true),
                    (t, x, y) -> product(x[0], false, t, true),
                    (t, x, y) -> t)
            .as(Gate.SWITCHER)
            .contributes("{0}·{1}ᵀ + {2}", "{g}·{1}", "{g}ᵀ·{0}", "Σ rows of {g}")
            .costs((x, y) -> y.length() * size(x[0], -1));

    private static Array affine(Array x, Array weight, Array bias) {
        Array out = Workspace.allocate(x.dtype(), x.shape()[0], weight.shape()[0]);
        Kernels.current().affine(x, weight, bias, out);
        return out;
    }

    private static void check(Array a, Array b) {
        Check.floating("matmul", "a", a);
        Check.sameType("matmul", a, b);
        if (a.rank() == 0 || b.rank() == 0) {
            throw new IllegalArgumentException(shapes(a, b) + ": a scalar has no axis to sum over; use mul");
        }
        long innerA = size(a, -1);
        long innerB = b.rank() == 1 ? size(b, -1) : size(b, -2);
        if (innerA != innerB) {
            boolean swapped = b.rank() > 1 && innerA == size(b, -1);
            throw new IllegalArgumentException(shapes(a, b) + ": inner dimensions differ (" + innerA + " != " + innerB
                    + (swapped ? "); did you mean b.transpose()?" : ")"));
        }
        if (a.rank() > 2 || b.rank() > 2) Shapes.broadcast("matmul (leading axes)", batch(a), batch(b));
    }

    private static void checkLinear(Array x, Array weight, Array bias) {
        Check.floating("linear", "x", x);
        Check.sameType("linear", "x", x, "weight", weight);
        if (weight.rank() != 2) {
            throw new IllegalArgumentException(linear(x, weight, bias) + ": weight must be [out, in]");
        }
        if (x.rank() == 0 || size(x, -1) != size(weight, -1)) {
            throw new IllegalArgumentException(
                    linear(x, weight, bias) + ": the last axis of x must be the " + size(weight, -1)
                            + " inputs of the layer" + (x.rank() == 0 ? "" : " (it is " + size(x, -1) + ")"));
        }
        if (bias == null) return;
        Check.sameType("linear", "x", x, "bias", bias);
        if (bias.rank() != 1 || bias.length() != size(weight, -2)) {
            throw new IllegalArgumentException(linear(x, weight, bias) + ": bias must be [" + size(weight, -2) + "]");
        }
    }

    private static String linear(Array x, Array weight, Array bias) {
        return "linear: x " + Shapes.str(x.shape()) + ", weight " + Shapes.str(weight.shape())
                + (bias == null ? "" : ", bias " + Shapes.str(bias.shape()));
    }

    private static String shapes(Array a, Array b) {
        return "matmul: a " + Shapes.str(a.shape()) + " · b " + Shapes.str(b.shape());
    }

    private static long size(Array x, int axisFromEnd) {
        return x.shape()[x.rank() + axisFromEnd];
    }

    private static long[] batch(Array x) {
        return Arrays.copyOf(x.shape(), Math.max(0, x.rank() - 2));
    }
}
