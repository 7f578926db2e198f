package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * The kernels: the arithmetic of the ops, without graph or gradients. Callers check shapes and types and allocate the result array;
 * a kernel only computes. Elementwise kernels broadcast their operands to the shape of {@code out}, which may itself be an operand
 * of that shape.
 *
 * <p>There are two kernel tables: one for float32, and the reference for all types. This class alone selects between them, by type,
 * emptiness and axis; a kernel that does not support a layout or a value falls back to the kernel that it replaced in the table.
 * Tests compare the kernel sets with each other.
 */
public final class Kernels {
    private final String name;
    private final KernelTable float32;
    private final KernelTable exact;

    Kernels(String name, KernelTable float32, KernelTable exact) {
        this.name = name;
        this.float32 = float32;
        this.exact = exact;
    }

    /** The name of the kernel set: vector, tiled or reference. */
    String name() {
        return name;
    }

    /**
     * The kernels that the engine uses: for float32, vector instructions if the JVM has the module for them, else tiled loops; for
     * other types, the reference kernels. The system property {@code adjoint.kernels} selects others.
     *
     * @return the kernels, which are selected once
     */
    public static Kernels current() {
        return KernelProvider.CURRENT;
    }

    /**
     * Kernels by name, for comparisons.
     *
     * @param name fastest, vector, tiled or reference
     * @return the kernels
     */
    public static Kernels named(String name) {
        return KernelProvider.choose(name);
    }

    /**
     * The settings that determine the speed of the engine in this JVM.
     *
     * @return names and values, in the order in which to print them
     */
    public static Map<String, String> facts() {
        return KernelProvider.facts();
    }

    // ---- selection of a table ----

    private static boolean isFloat32(Array x) {
        return x.dtype() == ElementType.FLOAT32;
    }

    /** Empty arrays have special cases and take no time, so that the reference kernels handle them. */
    private KernelTable table(Array x) {
        return isFloat32(x) && x.length() > 0 ? float32 : exact;
    }

    private KernelTable table(Array x, Array out) {
        return isFloat32(out) ? table(x) : exact;
    }

    private void run(Unary op, Array x, Array out) {
        check(op, x, out);
        table(x, out).of(op).run(x, out);
    }

    private void run(Binary op, Array a, Array b, Array out) {
        check(op, a, out);
        check(op, b, out);
        (isFloat32(b) ? table(a, out) : exact).of(op).run(a, b, out);
    }

    /** Throws if an operand does not broadcast to the result: kernels would read outside its elements. */
    private static void check(Object op, Array x, Array out) {
        boolean fits = x.length() == out.length() || x.length() == 1 || Shapes.broadcastsTo(x.shape(), out.shape());
        if (fits) return;
        throw new IllegalArgumentException("kernel " + op + ": operand " + Shapes.str(x.shape())
                + " does not broadcast to the result " + Shapes.str(out.shape()));
    }

    // ---- elementwise, one operand: out = f(x) ----

    /** out = −x. */
    public void neg(Array x, Array out) {
        run(Unary.NEG, x, out);
    }

    /** out = eˣ. */
    public void exp(Array x, Array out) {
        run(Unary.EXP, x, out);
    }

    /** out = ln x. */
    public void log(Array x, Array out) {
        run(Unary.LOG, x, out);
    }

    /** out = √x. */
    public void sqrt(Array x, Array out) {
        run(Unary.SQRT, x, out);
    }

    /** out = x². */
    public void square(Array x, Array out) {
        run(Unary.SQUARE, x, out);
    }

    /** out = 1/x. */
    public void reciprocal(Array x, Array out) {
        run(Unary.RECIPROCAL, x, out);
    }

    /** out = |x|. */
    public void abs(Array x, Array out) {
        run(Unary.ABS, x, out);
    }

    /** out = −1, 0 or 1; NaN for NaN. */
    public void sign(Array x, Array out) {
        run(Unary.SIGN, x, out);
    }

    /** out = sin x, x in radians. */
    public void sin(Array x, Array out) {
        run(Unary.SIN, x, out);
    }

    /** out = cos x, x in radians. */
    public void cos(Array x, Array out) {
        run(Unary.COS, x, out);
    }

    /** out = tanh x. */
    public void tanh(Array x, Array out) {
        run(Unary.TANH, x, out);
    }

    /** out = 1 / (1 + e⁻ˣ). */
    public void sigmoid(Array x, Array out) {
        run(Unary.SIGMOID, x, out);
    }

    /** out = max(x, 0). */
    public void relu(Array x, Array out) {
        run(Unary.RELU, x, out);
    }

    /** out = min(max(x, min), max). */
    public void clamp(Array x, double min, double max, Array out) {
        table(x, out).clamp.run(x, min, max, out);
    }

    /** out = f(x), computed in double precision; for functions whose speed does not matter. */
    public void map(DoubleUnaryOperator f, Array x, Array out) {
        table(x, out).map1.run(f, x, out);
    }

    // ---- elementwise, two or three operands, broadcast: out = f(a, b) ----

    /** out = a + b. */
    public void add(Array a, Array b, Array out) {
        run(Binary.ADD, a, b, out);
    }

    /** out = a − b. */
    public void sub(Array a, Array b, Array out) {
        run(Binary.SUB, a, b, out);
    }

    /** out = a·b. */
    public void mul(Array a, Array b, Array out) {
        run(Binary.MUL, a, b, out);
    }

    /** out = a / b. */
    public void div(Array a, Array b, Array out) {
        run(Binary.DIV, a, b, out);
    }

    /** out = aᵇ, with the values of IEEE 754: 1 for a = 1 and any b, for b = 0 and any a, and for a = −1 and b = ±∞. */
    public void pow(Array a, Array b, Array out) {
        run(Binary.POW, a, b, out);
    }

    /** out = max(a, b). */
    public void maximum(Array a, Array b, Array out) {
        run(Binary.MAXIMUM, a, b, out);
    }

    /** out = min(a, b). */
    public void minimum(Array a, Array b, Array out) {
        run(Binary.MINIMUM, a, b, out);
    }

    /** out = 1 where a = b, else 0. */
    public void eq(Array a, Array b, Array out) {
        run(Binary.EQ, a, b, out);
    }

    /** out = 1 where a &gt; b, else 0. */
    public void gt(Array a, Array b, Array out) {
        run(Binary.GT, a, b, out);
    }

    /** out = 1 where a ≥ b, else 0. */
    public void ge(Array a, Array b, Array out) {
        run(Binary.GE, a, b, out);
    }

    /** out = d·p, or 0 where d is 0, whatever p is: a cotangent or tangent times a partial derivative. */
    public void zeroSafeMul(Array d, Array p, Array out) {
        run(Binary.ZERO_SAFE_MUL, d, p, out);
    }

    /** out = d/p, or 0 where d is 0, whatever p is. */
    public void zeroSafeDiv(Array d, Array p, Array out) {
        run(Binary.ZERO_SAFE_DIV, d, p, out);
    }

    /** out = a where b &gt; 0, else 0: the gradient of ReLU. */
    public void gate(Array a, Array b, Array out) {
        run(Binary.GATE, a, b, out);
    }

    /** out = a where the condition is not 0, else b. */
    public void where(Array condition, Array a, Array b, Array out) {
        boolean fast = isFloat32(condition) && isFloat32(a) && isFloat32(b);
        (fast ? table(a, out) : exact).where.run(condition, a, b, out);
    }

    /** out = f(a, b), computed in double precision. */
    public void map(DoubleBinaryOperator f, Array a, Array b, Array out) {
        (isFloat32(b) ? table(a, out) : exact).map2.run(f, a, b, out);
    }

    // ---- reductions over normalised axes; out has the reduced shape, with or without the axes of size 1 ----

    /** out = Σ x, accumulated in double precision. */
    public void sum(Array x, int[] axes, Array out) {
        sum(x, axes, 1, out);
    }

    /** out = Σ x / divisor, accumulated in double precision and rounded after the division. */
    public void sum(Array x, int[] axes, double divisor, Array out) {
        table(x, out).sum.run(x, axes, divisor, out);
    }

    /** out = max x. */
    public void amax(Array x, int[] axes, Array out) {
        table(x, out).amax.run(x, axes, out);
    }

    /** out = min x. */
    public void amin(Array x, int[] axes, Array out) {
        table(x, out).amin.run(x, axes, out);
    }

    /** out = the index of the first maximum. */
    public void argmax(Array x, int axis, Array out) {
        table(x).argmax.run(x, axis, out);
    }

    /** Cumulative sum along an axis, out[i] = Σ x[0…i], accumulated in double precision. */
    public void cumsum(Array x, int axis, Array out) {
        table(x, out).cumsum.run(x, axis, out);
    }

    /** out = eˣ / Σ eˣ along an axis. */
    public void softmax(Array x, int axis, Array out) {
        KernelTable table = table(x, out);
        (axis == x.rank() - 1 ? table.softmaxOfRows : table.softmax).run(x, axis, out);
    }

    /** out = x − ln Σ eˣ along an axis. */
    public void logSoftmax(Array x, int axis, Array out) {
        KernelTable table = table(x, out);
        (axis == x.rank() - 1 ? table.logSoftmaxOfRows : table.logSoftmax).run(x, axis, out);
    }

    /**
     * Cross-entropy of each row, out[i] = ln Σⱼ e^x[i,j] − x[i, target[i]].
     *
     * @param x logits [N, C]
     * @param target int64 classes [N], in range
     * @param out losses [N]
     */
    public void crossEntropy(Array x, Array target, Array out) {
        table(x, out).crossEntropy.run(x, target, out);
    }

    /**
     * The logits gradient of cross-entropy, out[i] = gradient[i]·(softmax(x[i]) − onehot(target[i])), row by row.
     *
     * @param x logits [N, C]
     * @param target int64 classes [N], in range
     * @param gradient the cotangents of the losses [N]
     * @param out [N, C]
     */
    public void crossEntropyBackward(Array x, Array target, Array gradient, Array out) {
        table(x, out).crossEntropyBackward.run(x, target, gradient, out);
    }

    // ---- matrices ----

    /**
     * Batched matrix product, out[i] = op(a[i])·op(b[i]) + beta·out[i], where op transposes if its flag is set. Leading axes of a
     * and b broadcast to those of out.
     *
     * @param a [..., n, k], or [..., k, n] if transposed
     * @param transA whether the matrices of a are transposed
     * @param b [..., k, m], or [..., m, k] if transposed
     * @param transB whether the matrices of b are transposed
     * @param beta 0 to overwrite out, 1 to add to it
     * @param out [..., n, m]
     */
    public void matmul(Array a, boolean transA, Array b, boolean transB, double beta, Array out) {
        Products.matmul(a, transA, b, transB, beta, out);
    }

    /**
     * The affine map of a linear layer, out = x·weightᵀ + bias.
     *
     * @param x [n, k]
     * @param weight [m, k]
     * @param bias [m]
     * @param out [n, m]
     */
    public void affine(Array x, Array weight, Array bias, Array out) {
        table(x, out).affine.run(x, weight, bias, out);
    }

    // ---- movement and indexing, any type ----

    /** Sets every element to a value. */
    public void fill(double value, Array out) {
        table(out).fill.run(value, out);
    }

    /** out = x, converted to out's type. */
    public void copy(Array x, Array out) {
        CopyKernels.copy(x, out);
    }

    /**
     * Reads with strides: out[i] = x[offset + Σ iₐ·strides[a]]; a transpose, a slice or a broadcast.
     *
     * @param x operand
     * @param offset the index of the first element in x
     * @param strides the stride in x, for each axis of out
     * @param out result
     */
    public void read(Array x, long offset, long[] strides, Array out) {
        CopyKernels.read(x, offset, strides, out);
    }

    /**
     * Writes with strides: out[offset + Σ iₐ·strides[a]] = x[i]; the rest of out is unchanged.
     *
     * @param x operand
     * @param offset the index of the first element in out
     * @param strides the stride in out, for each axis of x
     * @param out result
     */
    public void write(Array x, long offset, long[] strides, Array out) {
        CopyKernels.write(x, offset, strides, out);
    }

    /**
     * Adds with strides: out[offset + Σ iₐ·strides[a]] += x[i]; no two elements may have the same index in out.
     *
     * @param x operand
     * @param offset the index of the first element in out
     * @param strides the stride in out, for each axis of x
     * @param out result
     */
    public void addAt(Array x, long offset, long[] strides, Array out) {
        table(x, out).addAt.run(x, offset, strides, out);
    }

    /** out[…, j, …] = x[…, index[j], …]. */
    public void indexSelect(Array x, int axis, Array index, Array out) {
        table(x, out).indexSelect.run(x, axis, index, out);
    }

    /** out[…, index[j], …] += x[…, j, …]. */
    public void indexAdd(Array x, int axis, Array index, Array out) {
        table(x, out).indexAdd.run(x, axis, index, out);
    }

    /** out[…, j, …] = x[…, index[…, j, …], …]. */
    public void gather(Array x, int axis, Array index, Array out) {
        table(x, out).gather.run(x, axis, index, out);
    }

    /** out[…, index[…, j, …], …] += x[…, j, …]. */
    public void scatterAdd(Array x, int axis, Array index, Array out) {
        table(x, out).scatterAdd.run(x, axis, index, out);
    }

    // ---- convolution and pooling ----

    /**
     * 2-D convolution (cross-correlation) of images with kernels, in C/C' independent groups of channels and kernels.
     *
     * @param x [N, C, H, W]
     * @param weight [O, C', height, width]
     * @param bias [O], or null for none
     * @param w the kernel size, stride, padding and dilation
     * @param out [N, O, H', W']
     */
    public void conv2d(Array x, Array weight, Array bias, ConvGeometry w, Array out) {
        new Convolver(x.shape(), weight.shape(), w).convolve(x, weight, bias, out);
    }

    /**
     * The input gradient of {@link #conv2d}, by its transpose with respect to x.
     *
     * @param gradient [N, O, H', W']
     * @param weight [O, C', height, width]
     * @param w the kernel size, stride, padding and dilation
     * @param out [N, C, H, W]
     */
    public void conv2dInputBackward(Array gradient, Array weight, ConvGeometry w, Array out) {
        new Convolver(out.shape(), weight.shape(), w).toImages(gradient, weight, out);
    }

    /**
     * The weight gradient of {@link #conv2d}, by its transpose with respect to the weight.
     *
     * @param x [N, C, H, W]
     * @param gradient [N, O, H', W']
     * @param w the kernel size, stride, padding and dilation
     * @param out [O, C', height, width]
     */
    public void conv2dWeightBackward(Array x, Array gradient, ConvGeometry w, Array out) {
        new Convolver(x.shape(), out.shape(), w).toKernels(x, gradient, out, this);
    }

    /**
     * The index of the first maximum of each window; elements outside the image are ignored.
     *
     * @param x [N, C, H, W]
     * @param w the kernel size, stride, padding and dilation
     * @param out int64, [N, C, outHeight, outWidth], flat indices into x
     */
    public void maxPoolIndices(Array x, ConvGeometry w, Array out) {
        table(x).maxPoolIndices.run(x, w, out);
    }

    // ---- normalisation of groups of elements ----

    /**
     * Mean and population variance of each group.
     *
     * @param x operand
     * @param groups the groups of its elements
     * @param out [2, groups]: the means, then the variances
     */
    public void moments(Array x, Groups groups, Array out) {
        table(x, out).moments.run(x, groups, out);
    }

    /**
     * out = γ·(x − μ)/√(σ² + ε) + β with mean and variance of each group.
     *
     * @param x operand
     * @param weight γ, one value for each group; null for 1
     * @param bias β, one value for each group; null for 0
     * @param groups the groups of the elements of x
     * @param epsilon ε
     * @param out of x's shape
     */
    public void normalize(Array x, Array weight, Array bias, Groups groups, double epsilon, Array out) {
        table(x, out).normalize.run(x, weight, bias, groups, epsilon, out);
    }

    /**
     * The input gradient of {@link #normalize}: with x̂ = (x − μ)·r, r = 1/√(σ² + ε) and means over the group, out = γ·r·(ȳ −
     * mean(ȳ) − x̂·mean(ȳ·x̂)).
     *
     * @param x operand
     * @param weight γ; null for 1
     * @param gradient ȳ, of x's shape
     * @param groups the groups of the elements of x
     * @param epsilon ε
     * @param out of x's shape
     */
    public void normalizeBackward(Array x, Array weight, Array gradient, Groups groups, double epsilon, Array out) {
        table(x, out).normalizeBackward.run(x, weight, gradient, groups, epsilon, out);
    }

    /**
     * The gradient of γ, out = Σ ȳ·x̂ over each group.
     *
     * @param x operand
     * @param gradient ȳ, of x's shape
     * @param groups the groups of the elements of x
     * @param epsilon ε
     * @param out one value for each group
     */
    public void normalizeWeightBackward(Array x, Array gradient, Groups groups, double epsilon, Array out) {
        table(x, out).normalizeWeightBackward.run(x, gradient, groups, epsilon, out);
    }

    /**
     * Groups of elements that are normalised together: element i of run o of group g has the index (o·count + g)·length + i.
     *
     * @param runs the number of contiguous runs in a group
     * @param count the number of groups
     * @param length the number of elements in a run
     */
    public record Groups(int runs, int count, int length) {
        /**
         * The index at which a run begins.
         *
         * @param run the run
         * @param group its group
         * @return the index of its first element
         */
        public int at(int run, int group) {
            return (run * count + group) * length;
        }

        /**
         * The number of elements in a group.
         *
         * @return runs·length
         */
        public int size() {
            return runs * length;
        }
    }

    // ---- optimizer updates, in place ----

    /**
     * One step of stochastic gradient descent on w, see {@link SgdStep}.
     *
     * @param w parameter, updated
     * @param grad its gradient
     * @param velocity momentum buffer, updated; null without momentum
     * @param step the settings
     */
    public void sgd(Array w, Array grad, Array velocity, SgdStep step) {
        table(w).sgd.run(w, grad, velocity, step);
    }

    /**
     * One step of Adam on w, see {@link AdamStep}.
     *
     * @param w parameter, updated
     * @param grad its gradient
     * @param m first moment, updated
     * @param v second moment, updated
     * @param step the settings
     */
    public void adam(Array w, Array grad, Array m, Array v, AdamStep step) {
        table(w).adam.run(w, grad, m, v, step);
    }

    /**
     * Settings of an update by stochastic gradient descent: g ← g + weightDecay·w; velocity ← momentum·velocity + (1 − dampening)·g
     * (at the first step: velocity ← g); d = g + momentum·velocity with Nesterov, else velocity (g without momentum);
     * w ← w − learningRate·d.
     *
     * @param learningRate step size
     * @param momentum factor of the velocity, 0 for none
     * @param dampening the fraction of the gradient that is not added to the velocity
     * @param nesterov whether to use Nesterov momentum
     * @param weightDecay coefficient of the L2 penalty's gradient
     * @param first whether this is the first step, which sets the velocity
     */
    public record SgdStep(
            double learningRate,
            double momentum,
            double dampening,
            boolean nesterov,
            double weightDecay,
            boolean first) {}

    /**
     * Settings of an update by Adam, at step t: g ← g + weightDecay·w; m ← m + (1 − β₁)(g − m); v ← β₂v + (1 − β₂)g²;
     * w ← w − learningRate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
     *
     * @param learningRate step size
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root of the second moment
     * @param weightDecay coefficient of the L2 penalty's gradient
     * @param t number of this step, from 1
     */
    public record AdamStep(
            double learningRate, double beta1, double beta2, double epsilon, double weightDecay, long t) {
        /**
         * The step size with the first moment's bias corrected.
         *
         * @return learningRate / (1 − β₁ᵗ)
         */
        public double stepSize() {
            return learningRate / (1 - Math.pow(beta1, t));
        }

        /**
         * The bias correction of the root of the second moment.
         *
         * @return √(1 − β₂ᵗ)
         */
        public double rootCorrection() {
            return Math.sqrt(1 - Math.pow(beta2, t));
        }
    }
}
