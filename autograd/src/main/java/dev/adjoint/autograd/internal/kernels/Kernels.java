package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * The arithmetic under the ops, without graph or gradient. Callers have checked shapes and types and made the result array;
 * a kernel only computes. Elementwise kernels broadcast their operands to the shape of {@code out} and may be given an operand
 * of that very shape as {@code out}.
 *
 * <p>There is a reference made of plain loops and ND4J ops ({@link ReferenceKernels}), a faster one for float32 in
 * plain Java ({@link TiledKernels}), and one in vector instructions; tests hold them against each other.
 */
public interface Kernels {
    /**
     * The kernels that the engine runs on: vector instructions for float32 if the JVM has the module for them, else tiled loops;
     * the reference for the rest. The system property {@code adjoint.kernels} chooses others.
     *
     * @return the provider, chosen once
     */
    static Kernels current() {
        return KernelProvider.CURRENT;
    }

    /**
     * Kernels by name, to be compared.
     *
     * @param name fastest, vector, tiled or reference
     * @return the provider
     */
    static Kernels named(String name) {
        return KernelProvider.choose(name);
    }

    /**
     * What decides the speed of the engine in this JVM.
     *
     * @return names and values, in the order in which to print them
     */
    static Map<String, String> facts() {
        return KernelProvider.facts();
    }

    // ---- elementwise, one operand: out = f(x) ----

    /** out = −x. */
    void neg(Array x, Array out);

    /** out = eˣ. */
    void exp(Array x, Array out);

    /** out = ln x. */
    void log(Array x, Array out);

    /** out = √x. */
    void sqrt(Array x, Array out);

    /** out = x². */
    void square(Array x, Array out);

    /** out = 1/x. */
    void reciprocal(Array x, Array out);

    /** out = |x|. */
    void abs(Array x, Array out);

    /** out = −1, 0 or 1; NaN for NaN. */
    void sign(Array x, Array out);

    /** out = sin x, x in radians. */
    void sin(Array x, Array out);

    /** out = cos x, x in radians. */
    void cos(Array x, Array out);

    /** out = tanh x. */
    void tanh(Array x, Array out);

    /** out = 1 / (1 + e⁻ˣ). */
    void sigmoid(Array x, Array out);

    /** out = max(x, 0). */
    void relu(Array x, Array out);

    /** out = x held between two bounds. */
    void clamp(Array x, double min, double max, Array out);

    /** out = f(x), computed in double precision: for functions that nobody is in a hurry for. */
    void map(DoubleUnaryOperator f, Array x, Array out);

    // ---- elementwise, two or three operands, broadcast: out = f(a, b) ----

    /** out = a + b. */
    void add(Array a, Array b, Array out);

    /** out = a − b. */
    void sub(Array a, Array b, Array out);

    /** out = a·b. */
    void mul(Array a, Array b, Array out);

    /** out = a / b. */
    void div(Array a, Array b, Array out);

    /** out = aᵇ, with the values of IEEE 754: 1 for a = 1 and any b, for b = 0 and any a, and for a = −1 and b = ±∞. */
    void pow(Array a, Array b, Array out);

    /** out = max(a, b). */
    void maximum(Array a, Array b, Array out);

    /** out = min(a, b). */
    void minimum(Array a, Array b, Array out);

    /** out = 1 where a = b, else 0. */
    void eq(Array a, Array b, Array out);

    /** out = 1 where a &gt; b, else 0. */
    void gt(Array a, Array b, Array out);

    /** out = 1 where a ≥ b, else 0. */
    void ge(Array a, Array b, Array out);

    /** out = d·p, and 0 where d is 0, whatever p is: a cotangent or tangent times a partial derivative. */
    void chain(Array d, Array p, Array out);

    /** out = d/p, and 0 where d is 0, whatever p is. */
    void chainQuotient(Array d, Array p, Array out);

    /** out = a where b &gt; 0, else 0: the derivative of ReLU at work. */
    void gate(Array a, Array b, Array out);

    /** out = a where the condition is not 0, else b. */
    void where(Array condition, Array a, Array b, Array out);

    /** out = f(a, b), computed in double precision. */
    void map(DoubleBinaryOperator f, Array a, Array b, Array out);

    // ---- reductions over normalised axes; out has the reduced shape, with or without the axes of size 1 ----

    /** Sums, accumulated in double precision. */
    default void sum(Array x, int[] axes, Array out) {
        sum(x, axes, 1, out);
    }

    /** Sums, accumulated in double precision, and divided by a number before they are rounded: out = Σ x / divisor. */
    void sum(Array x, int[] axes, double divisor, Array out);

    /** Maxima. */
    void amax(Array x, int[] axes, Array out);

    /** Minima. */
    void amin(Array x, int[] axes, Array out);

    /** Index of the first maximum. */
    void argmax(Array x, int axis, Array out);

    /** Running sums along an axis, accumulated in double precision: out[i] = Σ x[0…i]. */
    void cumsum(Array x, int axis, Array out);

    /** out = eˣ / Σ eˣ along an axis. */
    void softmax(Array x, int axis, Array out);

    /** out = x − ln Σ eˣ along an axis. */
    void logSoftmax(Array x, int axis, Array out);

    /**
     * Cross-entropy of each row, out[i] = ln Σⱼ e^x[i,j] − x[i, target[i]].
     *
     * @param x logits [N, C]
     * @param target int64 classes [N], in range
     * @param out losses [N]
     */
    void crossEntropy(Array x, Array target, Array out);

    /**
     * Cross-entropy's derivative at work, out[i] = gradient[i]·(softmax(x[i]) − onehot(target[i])), row by row.
     *
     * @param x logits [N, C]
     * @param target int64 classes [N], in range
     * @param gradient the cotangents of the losses [N]
     * @param out [N, C]
     */
    void crossEntropyBackward(Array x, Array target, Array gradient, Array out);

    // ---- matrices ----

    /**
     * Products of stacks of matrices, out[i] = op(a[i])·op(b[i]) + beta·out[i], op = transpose where asked. Leading axes of a and
     * b broadcast to those of out.
     *
     * @param a [..., n, k], or [..., k, n] if transposed
     * @param transA whether a's matrices are taken transposed
     * @param b [..., k, m], or [..., m, k] if transposed
     * @param transB whether b's matrices are taken transposed
     * @param beta 0 to overwrite out, 1 to add to it
     * @param out [..., n, m]
     */
    void matmul(Array a, boolean transA, Array b, boolean transB, double beta, Array out);

    /**
     * The affine map of a layer, out = x·weightᵀ + bias.
     *
     * @param x [n, k]
     * @param weight [m, k]
     * @param bias [m]
     * @param out [n, m]
     */
    void affine(Array x, Array weight, Array bias, Array out);

    // ---- movement and indexing, any type ----

    /** Sets every element. */
    void fill(double value, Array out);

    /** out = x, converted to out's type. */
    void copy(Array x, Array out);

    /**
     * Reads with strides: out[i] = x[offset + Σ iₐ·strides[a]]; a transpose, a slice or a broadcast.
     *
     * @param x operand
     * @param offset where the first element lies
     * @param strides elements between neighbours, for each axis of out
     * @param out result
     */
    void read(Array x, long offset, long[] strides, Array out);

    /**
     * Writes with strides: out[offset + Σ iₐ·strides[a]] = x[i]; the rest of out is left as it is.
     *
     * @param x operand
     * @param offset where the first element goes
     * @param strides elements between neighbours, for each axis of x
     * @param out result
     */
    void write(Array x, long offset, long[] strides, Array out);

    /**
     * Adds with strides: out[offset + Σ iₐ·strides[a]] += x[i]; no two elements go to one place.
     *
     * @param x operand
     * @param offset where the first element goes
     * @param strides elements between neighbours, for each axis of x
     * @param out result
     */
    void addAt(Array x, long offset, long[] strides, Array out);

    /** out[…, j, …] = x[…, index[j], …]. */
    void indexSelect(Array x, int axis, Array index, Array out);

    /** out[…, index[j], …] += x[…, j, …]. */
    void indexAdd(Array x, int axis, Array index, Array out);

    /** out[…, j, …] = x[…, index[…, j, …], …]. */
    void gather(Array x, int axis, Array index, Array out);

    /** out[…, index[…, j, …], …] += x[…, j, …]. */
    void scatterAdd(Array x, int axis, Array index, Array out);

    // ---- windows over images ----

    /**
     * The convolution (cross-correlation) of images with kernels; C/C' groups of channels and kernels that do not see each other.
     *
     * @param x [N, C, H, W]
     * @param weight [O, C', height, width]
     * @param bias [O], or null for none
     * @param w the windows
     * @param out [N, O, H', W']
     */
    void conv2d(Array x, Array weight, Array bias, Windows w, Array out);

    /**
     * A convolution's cotangent carried back to the images: the transpose of {@link #conv2d} in x.
     *
     * @param gradient [N, O, H', W']
     * @param weight [O, C', height, width]
     * @param w the windows
     * @param out [N, C, H, W]
     */
    void conv2dInputBackward(Array gradient, Array weight, Windows w, Array out);

    /**
     * A convolution's cotangent carried back to the kernels: the transpose of {@link #conv2d} in the weight.
     *
     * @param x [N, C, H, W]
     * @param gradient [N, O, H', W']
     * @param w the windows
     * @param out [O, C', height, width]
     */
    void conv2dWeightBackward(Array x, Array gradient, Windows w, Array out);

    /**
     * Where the first maximum of each window lies; what is outside the image never wins.
     *
     * @param x [N, C, H, W]
     * @param w the windows
     * @param out int64, [N, C, outHeight, outWidth], places in x
     */
    void maxPoolIndices(Array x, Windows w, Array out);

    // ---- normalisation of groups of elements ----

    /**
     * Mean and variance of each group.
     *
     * @param x operand
     * @param groups how it is divided
     * @param out [2, groups]: the means, then the variances (with n)
     */
    void moments(Array x, Groups groups, Array out);

    /**
     * out = γ·(x − μ)/√(σ² + ε) + β with mean and variance of each group.
     *
     * @param x operand
     * @param weight γ, a number for each group; null for 1
     * @param bias β, a number for each group; null for 0
     * @param groups how x is divided
     * @param epsilon ε
     * @param out of x's shape
     */
    void normalize(Array x, Array weight, Array bias, Groups groups, double epsilon, Array out);

    /**
     * A cotangent carried back through {@link #normalize}: with x̂ = (x − μ)·r, r = 1/√(σ² + ε) and means over the group,
     * out = γ·r·(ȳ − mean(ȳ) − x̂·mean(ȳ·x̂)).
     *
     * @param x operand
     * @param weight γ; null for 1
     * @param gradient ȳ, of x's shape
     * @param groups how x is divided
     * @param epsilon ε
     * @param out of x's shape
     */
    void normalizeBackward(Array x, Array weight, Array gradient, Groups groups, double epsilon, Array out);

    /**
     * The cotangent of γ, out = Σ ȳ·x̂ over each group.
     *
     * @param x operand
     * @param gradient ȳ, of x's shape
     * @param groups how x is divided
     * @param epsilon ε
     * @param out a number for each group
     */
    void normalizeWeightBackward(Array x, Array gradient, Groups groups, double epsilon, Array out);

    /**
     * Groups of elements that are normalised together: element i of run o of group g lies at (o·count + g)·length + i.
     *
     * @param runs how many runs a group consists of
     * @param count how many groups there are
     * @param length elements in a run
     */
    record Groups(int runs, int count, int length) {
        /**
         * Where a run begins.
         *
         * @param run which run
         * @param group of which group
         * @return its first element
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
    void sgd(Array w, Array grad, Array velocity, SgdStep step);

    /**
     * One step of Adam on w, see {@link AdamStep}.
     *
     * @param w parameter, updated
     * @param grad its gradient
     * @param m first moment, updated
     * @param v second moment, updated
     * @param step the settings
     */
    void adam(Array w, Array grad, Array m, Array v, AdamStep step);

    /**
     * Settings of an update by stochastic gradient descent: g ← g + weightDecay·w; velocity ← momentum·velocity + (1 − dampening)·g
     * (at the first step: velocity ← g); d = g + momentum·velocity with Nesterov, else velocity (g without momentum);
     * w ← w − learningRate·d.
     *
     * @param learningRate step size
     * @param momentum factor of the velocity, 0 for none
     * @param dampening part of the gradient that does not enter the velocity
     * @param nesterov whether to look ahead along the velocity
     * @param weightDecay factor of the L2 penalty's gradient
     * @param first whether this is the first step, which sets the velocity
     */
    record SgdStep(
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
     * @param weightDecay factor of the L2 penalty's gradient
     * @param t number of this step, from 1
     */
    record AdamStep(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, long t) {
        /**
         * The step size with the first moment's bias corrected.
         *
         * @return learningRate / (1 − β₁ᵗ)
         */
        public double stepSize() {
            return learningRate / (1 - Math.pow(beta1, t));
        }

        /**
         * What the root of the second moment is divided by.
         *
         * @return √(1 − β₂ᵗ)
         */
        public double rootCorrection() {
            return Math.sqrt(1 - Math.pow(beta2, t));
        }
    }
}
