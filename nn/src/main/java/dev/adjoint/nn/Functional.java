package dev.adjoint.nn;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/** Functional forms of layers, which take the weights as arguments. */
public final class Functional {
    private Functional() {}

    /**
     * Layer normalisation, y = (x − μ)/√(σ² + ε)·γ + β, with mean and variance over the last axes.
     * Ba, Kiros and Hinton, "Layer Normalization", 2016.
     *
     * @param x [..., shape of γ]
     * @param axes the number of trailing axes to normalise over
     * @param weight γ, of the shape of these axes, or null for 1
     * @param bias β, of the shape of these axes, or null for 0
     * @param epsilon ε
     * @return a tensor of x's shape
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Tensor layerNorm(Tensor x, int axes, Tensor weight, Tensor bias, double epsilon) {
        if (axes < 1 || axes > x.rank()) {
            throw new IllegalArgumentException("layerNorm: x " + Arrays.toString(x.shape()) + ", over the last " + axes
                    + " axes: expected 1 to " + x.rank());
        }
        long[] shape = Arrays.copyOfRange(x.shape(), x.rank() - axes, x.rank());
        checkShape("layerNorm", x, "weight", weight, shape);
        checkShape("layerNorm", x, "bias", bias, shape);
        Tensor y = x.layerNorm(axes, epsilon);
        return affine(y, weight, bias);
    }

    /**
     * Batch normalisation with the given mean and variance of each channel, y = (x − μ)/√(σ² + ε)·γ + β.
     * Ioffe and Szegedy, "Batch Normalization", ICML 2015.
     *
     * @param x [N, C] or [N, C, ...]
     * @param mean μ, [C]
     * @param variance σ², [C]
     * @param weight γ, [C], or null for 1
     * @param bias β, [C], or null for 0
     * @param epsilon ε
     * @return a tensor of x's shape
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Tensor batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, double epsilon) {
        long[] channels = {channels("batchNorm", x)};
        checkShape("batchNorm", x, "mean", mean, channels);
        checkShape("batchNorm", x, "variance", variance, channels);
        checkShape("batchNorm", x, "weight", weight, channels);
        checkShape("batchNorm", x, "bias", bias, channels);
        Tensor y =
                x.sub(perChannel(mean, x)).mul(perChannel(variance.add(epsilon).rsqrt(), x));
        return affine(y, perChannel(weight, x), perChannel(bias, x));
    }

    private static long channels(String op, Tensor x) {
        if (x.rank() >= 2) return x.shape(1);
        throw new IllegalArgumentException(op + ": x " + Arrays.toString(x.shape())
                + ": expected [N, C] or [N, C, ...]; unsqueeze a single example");
    }

    private static Tensor perChannel(Tensor values, Tensor x) {
        if (values == null || x.rank() == 2) return values;
        long[] shape = new long[x.rank() - 1];
        Arrays.fill(shape, 1);
        shape[0] = values.length();
        return values.reshape(shape);
    }

    private static Tensor affine(Tensor y, Tensor weight, Tensor bias) {
        Tensor scaled = weight == null ? y : y.mul(weight);
        return bias == null ? scaled : scaled.add(bias);
    }

    private static void checkShape(String op, Tensor x, String name, Tensor value, long... expected) {
        if (value == null || Arrays.equals(value.shape(), expected)) return;
        throw new IllegalArgumentException(op + ": x " + Arrays.toString(x.shape()) + ", " + name + " "
                + Arrays.toString(value.shape()) + ": expected " + name + " " + Arrays.toString(expected));
    }

    /**
     * Scaled dot-product attention, softmax(Q·Kᵀ/√d + mask)·V. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
     *
     * @param query Q, [..., L, d]
     * @param key K, [..., S, d]
     * @param value V, [..., S, e]
     * @param mask 1 where a query may attend to a key, 0 where not, broadcast to [..., L, S]; null for no mask
     * @return [..., L, e]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor mask) {
        boolean fits = query.rank() >= 2 && key.rank() >= 2 && value.rank() >= 2;
        if (!fits || query.shape(-1) != key.shape(-1) || key.shape(-2) != value.shape(-2)) {
            throw new IllegalArgumentException("attention: query " + Arrays.toString(query.shape()) + ", key "
                    + Arrays.toString(key.shape()) + ", value " + Arrays.toString(value.shape())
                    + ": expected [..., L, d], [..., S, d] and [..., S, e]");
        }
        Tensor scores = query.matmul(key.transpose()).div(Math.sqrt(query.shape(-1)));
        if (mask == null) return scores.softmax(-1).matmul(value);
        checkMask(mask, query.shape(-2), key.shape(-2));
        return maskedSoftmax(scores, mask.to(scores.dtype())).matmul(value);
    }

    /** The softmax over the allowed scores of each row; a row without allowed scores is 0, as in PyTorch since 2.5. */
    private static Tensor maskedSoftmax(Tensor scores, Tensor allowed) {
        Tensor masked = allowed.where(scores, Tensor.full(scores.dtype(), Double.NEGATIVE_INFINITY));
        if (allowed.length() == 0) return masked.softmax(-1);
        Tensor hasAllowed = allowed.abs().amax(true, -1);
        if (hasAllowed.amin().item() > 0) return masked.softmax(-1);
        // The softmax of a row of only −∞ is NaN, and so would be all gradients: such a row gets finite scores before
        // the softmax and weights of 0 after it.
        Tensor zero = Tensor.full(scores.dtype(), 0);
        return hasAllowed.where(hasAllowed.where(masked, zero).softmax(-1), zero);
    }

    static void checkMask(Tensor mask, long queries, long keys) {
        boolean fits = mask.rank() >= 2 && mask.shape(-1) == keys;
        if (fits && (mask.shape(-2) == queries || mask.shape(-2) == 1)) return;
        throw new IllegalArgumentException("attention: mask " + Arrays.toString(mask.shape())
                + ": expected [..., L, S] with L, S = " + Arrays.toString(new long[] {queries, keys}));
    }

    /**
     * Causal attention mask: element (i, j) is 1 if j ≤ i, else 0.
     *
     * @param length L
     * @return float32, [L, L]
     */
    public static Tensor causalMask(long length) {
        return causalMask(length, length);
    }

    /**
     * Causal attention mask: element (i, j) is 1 if j ≤ i, else 0.
     *
     * @param queries L
     * @param keys S
     * @return float32, [L, S]
     */
    public static Tensor causalMask(long queries, long keys) {
        // As integers, since float32 cannot represent all integers above 2²⁴.
        Tensor query = Tensor.arange(DType.INT64, 0, queries, 1);
        return query.unsqueeze(1).ge(Tensor.arange(DType.INT64, 0, keys, 1).unsqueeze(0));
    }

    /**
     * Padding mask of sequences that were padded to a common length: element (n, 0, 0, j) is 1 if j is less than the n-th length.
     *
     * @param maxLength S, the padded length
     * @param lengths the length of each sequence without padding, 1 … S
     * @return float32, [N, 1, 1, S], for {@link MultiheadAttention}
     * @throws IllegalArgumentException if a length is out of range
     */
    public static Tensor paddingMask(long maxLength, int... lengths) {
        for (int length : lengths) {
            if (length >= 1 && length <= maxLength) continue;
            throw new IllegalArgumentException("paddingMask: lengths " + Arrays.toString(lengths) + ", longest "
                    + maxLength + ": expected each from 1 to " + maxLength);
        }
        Tensor ends = Tensor.of(lengths).reshape(-1, 1, 1, 1);
        return Tensor.arange(DType.INT64, 0, maxLength, 1).lt(ends);
    }
}
