package dev.adjoint.autograd;

/**
 * Reductions of a {@link Tensor} over axes, and cumsum and softmax along an axis. Their derivatives are declared in
 * {@link dev.adjoint.autograd.Reductions}.
 */
sealed interface ReductionOps permits Tensor {

    /**
     * y = Σ x over axes, accumulated in double precision.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor sum(int... axes) {
        return sum(false, axes);
    }

    /**
     * y = Σ x over axes, accumulated in double precision.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor sum(boolean keepDims, int... axes) {
        return Reductions.sum(keepDims, axes).apply(self());
    }

    /**
     * y = Σ x / n over axes, n the number of elements reduced to one.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor mean(int... axes) {
        return mean(false, axes);
    }

    /**
     * y = Σ x / n over axes, n the number of elements reduced to one.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor mean(boolean keepDims, int... axes) {
        return Reductions.mean(keepDims, axes).apply(self());
    }

    /**
     * y = max x over axes. The gradient goes to the elements that attain it, shared equally.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice, or an axis to reduce is empty
     */
    default Tensor amax(int... axes) {
        return amax(false, axes);
    }

    /**
     * y = max x over axes. The gradient goes to the elements that attain it, shared equally.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice, or an axis to reduce is empty
     */
    default Tensor amax(boolean keepDims, int... axes) {
        return Reductions.amax(keepDims, axes).apply(self());
    }

    /**
     * y = min x over axes. The gradient goes to the elements that attain it, shared equally.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice, or an axis to reduce is empty
     */
    default Tensor amin(int... axes) {
        return amin(false, axes);
    }

    /**
     * y = min x over axes. The gradient goes to the elements that attain it, shared equally.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice, or an axis to reduce is empty
     */
    default Tensor amin(boolean keepDims, int... axes) {
        return Reductions.amin(keepDims, axes).apply(self());
    }

    /**
     * y = ∏ x over axes.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor prod(int... axes) {
        return prod(false, axes);
    }

    /**
     * y = ∏ x over axes.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor prod(boolean keepDims, int... axes) {
        return Statistics.prod(self(), keepDims, axes);
    }

    /**
     * The sample variance over axes, y = Σ (x − x̄)² / (n − 1).
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if fewer than two elements are reduced to one
     */
    default Tensor var(int... axes) {
        return var(1, false, axes);
    }

    /**
     * The variance over axes, y = Σ (x − x̄)² / (n − correction), n the number of elements reduced to one.
     *
     * @param correction 1 for the sample variance, 0 for the population variance
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if n is not larger than the correction
     */
    default Tensor var(int correction, boolean keepDims, int... axes) {
        return Statistics.var(self(), correction, keepDims, axes);
    }

    /**
     * The sample standard deviation over axes, y = √var(x); the gradient where y is 0 is 0.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if fewer than two elements are reduced to one
     */
    default Tensor std(int... axes) {
        return std(1, false, axes);
    }

    /**
     * The standard deviation over axes, y = √var(x); the gradient where y is 0 is 0.
     *
     * @param correction see {@link #var(int, boolean, int...)}
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if n is not larger than the correction
     */
    default Tensor std(int correction, boolean keepDims, int... axes) {
        return Statistics.std(self(), correction, keepDims, axes);
    }

    /**
     * The Euclidean norm over axes, y = √Σ x²; the gradient where y is 0 is 0.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor norm(int... axes) {
        return norm(false, axes);
    }

    /**
     * The Euclidean norm over axes, y = √Σ x²; the gradient where y is 0 is 0.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor norm(boolean keepDims, int... axes) {
        return Reductions.norm(keepDims, axes).apply(self());
    }

    /**
     * The cumulative sum along an axis, y[i] = Σ x[0…i].
     *
     * @param axis the axis, negative counted from the end
     * @return a tensor of this shape
     * @throws IllegalArgumentException if the axis is out of range
     */
    default Tensor cumsum(int axis) {
        return Reductions.cumsum(axis).apply(self());
    }

    /**
     * y = ln Σ eˣ over axes, without overflow.
     *
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return a tensor without the reduced axes
     * @throws IllegalArgumentException if an axis is out of range or occurs twice, or an axis to reduce is empty
     */
    default Tensor logsumexp(int... axes) {
        return logsumexp(false, axes);
    }

    /**
     * y = ln Σ eˣ over axes, without overflow.
     *
     * @param keepDims whether the reduced axes stay, with size 1
     * @param axes the axes to reduce, negative ones counted from the end; none for all
     * @return the reduced tensor
     * @throws IllegalArgumentException if an axis is out of range or occurs twice, or an axis to reduce is empty
     */
    default Tensor logsumexp(boolean keepDims, int... axes) {
        return Reductions.logsumexp(keepDims, axes).apply(self());
    }

    /**
     * The index of the first maximum of all elements, in row-major order; a NaN counts as the maximum.
     *
     * @return an int64 scalar
     * @throws IllegalArgumentException if there are no elements
     */
    default Tensor argmax() {
        return Reductions.argmax(0, false).apply(self().reshape(-1));
    }

    /**
     * The index of the first maximum along an axis; a NaN counts as the maximum.
     *
     * @param axis the axis, negative counted from the end
     * @return an int64 tensor without the axis
     * @throws IllegalArgumentException if the axis is out of range or empty
     */
    default Tensor argmax(int axis) {
        return argmax(false, axis);
    }

    /**
     * The index of the first maximum along an axis; a NaN counts as the maximum.
     *
     * @param keepDims whether the axis stays, with size 1
     * @param axis the axis, negative counted from the end
     * @return an int64 tensor
     * @throws IllegalArgumentException if the axis is out of range or empty
     */
    default Tensor argmax(boolean keepDims, int axis) {
        return Reductions.argmax(axis, keepDims).apply(self());
    }

    /**
     * y = eˣ / Σ eˣ along an axis, without overflow.
     *
     * @param axis the axis, negative counted from the end
     * @return a tensor of this shape
     * @throws IllegalArgumentException if the axis is out of range
     */
    default Tensor softmax(int axis) {
        return Reductions.softmax(axis).apply(self());
    }

    /**
     * y = x − ln Σ eˣ along an axis: the logarithm of {@link #softmax}, more accurate than {@code softmax(axis).log()}.
     *
     * @param axis the axis, negative counted from the end
     * @return a tensor of this shape
     * @throws IllegalArgumentException if the axis is out of range
     */
    default Tensor logSoftmax(int axis) {
        return Reductions.logSoftmax(axis).apply(self());
    }

    /**
     * Sums this tensor to {@code shape}, over the axes that a broadcast from {@code shape} would add or repeat: the transpose of
     * {@link Tensor#broadcastTo}.
     *
     * @param shape a shape that broadcasts to this one
     * @return a tensor of that shape
     * @throws IllegalArgumentException if it does not broadcast to this shape
     */
    default Tensor sumTo(long... shape) {
        return Reductions.sumTo(self(), shape);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
