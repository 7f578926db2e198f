package dev.adjoint.autograd;

/**
 * Matrix products, convolution, normalisation, and shape and indexing ops of a {@link Tensor}. Their derivatives are declared in
 * {@link MatMul}, {@link Convolution}, {@link Normalization}, {@link Movement}, {@link Slicing} and {@link Indexing}.
 */
sealed interface ShapeOps permits Tensor {

    // ---- matrix products ----

    /**
     * The matrix product, by the rules of {@code torch.matmul}: a 1-D operand is a row vector on the left and a column vector on
     * the right; operands with more than two axes are batches of matrices whose leading axes broadcast.
     *
     * @param b [..., k, m] or [k], where this is [..., n, k] or [k]
     * @return [..., n, m], without the axis that a 1-D operand lacks
     * @throws IllegalArgumentException if the inner sizes differ or the leading axes do not broadcast
     */
    default Tensor matmul(Tensor b) {
        return MatMul.matmul(self(), b);
    }

    /**
     * The affine map y = x·Wᵀ + b of a linear layer, as one op.
     *
     * @param weight W, [out, in], where this is [..., in]
     * @param bias b, [out], or null for none
     * @return [..., out]
     * @throws IllegalArgumentException if the shapes do not match
     */
    default Tensor linear(Tensor weight, Tensor bias) {
        return MatMul.linear(self(), weight, bias);
    }

    /**
     * 2-D convolution (cross-correlation, as in PyTorch) of images with kernels.
     *
     * @param weight [O, C/groups, kernelHeight, kernelWidth], where this is [N, C, H, W]
     * @param bias [O], or null for none
     * @param stride the stride of the kernel
     * @param padding zeros added on all four sides
     * @param dilation the spacing between kernel elements
     * @param groups the number of groups that channels and kernels are divided into
     * @return [N, O, ⌊(H + 2·padding − dilation·(kernelHeight − 1) − 1)/stride⌋ + 1, …]
     * @throws IllegalArgumentException if the shapes do not match
     */
    default Tensor conv2d(Tensor weight, Tensor bias, int stride, int padding, int dilation, int groups) {
        return Convolution.conv2d(self(), weight, bias, stride, padding, dilation, groups);
    }

    /**
     * Batch normalisation of each channel with the mean μ and variance σ² of the batch, y = γ·(x − μ)/√(σ² + ε) + β. Ioffe and
     * Szegedy, "Batch Normalization", ICML 2015.
     *
     * @param weight γ, [C]
     * @param bias β, [C]
     * @param epsilon ε
     * @return a tensor of this shape, [N, C] or [N, C, ...]
     * @throws IllegalArgumentException if the shapes do not match
     */
    default Tensor batchNorm(Tensor weight, Tensor bias, double epsilon) {
        return Normalization.batchNorm(epsilon).apply(self(), weight, bias);
    }

    /**
     * Mean and population variance of each channel of this tensor, [N, C] or [N, C, ...]. No gradient passes through it.
     *
     * @return [2, C], the means first
     * @throws IllegalArgumentException if this has fewer than two axes
     */
    default Tensor channelMoments() {
        return Normalization.CHANNEL_MOMENTS.apply(self());
    }

    /**
     * Layer normalisation, y = (x − μ)/√(σ² + ε) with mean and variance over the last axes.
     * Ba, Kiros and Hinton, "Layer Normalization", 2016.
     *
     * @param axes the number of trailing axes to normalise over
     * @param epsilon ε
     * @return a tensor of this shape
     * @throws IllegalArgumentException if {@code axes} is not 1 to the rank
     */
    default Tensor layerNorm(int axes, double epsilon) {
        return Normalization.layerNorm(axes, epsilon).apply(self());
    }

    /**
     * 2-D max pooling: the largest element of each window.
     *
     * @param kernel height and width of the window, where this is [N, C, H, W]
     * @param stride the stride of the window
     * @param padding padding on all four sides, which is never the maximum; at most half the kernel
     * @return [N, C, ⌊(H + 2·padding − kernel)/stride⌋ + 1, …]
     * @throws IllegalArgumentException if the shapes do not match
     */
    default Tensor maxPool2d(int kernel, int stride, int padding) {
        return Convolution.maxPool2d(self(), kernel, stride, padding);
    }

    /**
     * 2-D average pooling: the mean of each window, padding zeros included.
     *
     * @param kernel height and width of the window, where this is [N, C, H, W]
     * @param stride the stride of the window
     * @param padding zeros added on all four sides; at most half the kernel
     * @return [N, C, ⌊(H + 2·padding − kernel)/stride⌋ + 1, …]
     * @throws IllegalArgumentException if the shapes do not match
     */
    default Tensor avgPool2d(int kernel, int stride, int padding) {
        return Convolution.avgPool2d(self(), kernel, stride, padding);
    }

    // ---- shape ----

    /**
     * Returns a view of the same elements with another shape.
     *
     * @param shape the new shape; one size may be −1 and is inferred
     * @return a view
     * @throws IllegalArgumentException if the number of elements differs
     */
    default Tensor reshape(long... shape) {
        return Movement.reshape(shape).apply(self());
    }

    /**
     * Flattens this tensor to one axis.
     *
     * @return a view of shape [n]
     */
    default Tensor flatten() {
        return reshape(-1);
    }

    /**
     * Flattens all axes from {@code startAxis} on into one: [N, C, H, W] flattened from axis 1 is [N, C·H·W].
     *
     * @param startAxis the first axis to flatten
     * @return a view
     * @throws IllegalArgumentException if the axis is out of range
     */
    default Tensor flatten(int startAxis) {
        return reshape(Movement.flattened(self(), startAxis));
    }

    /**
     * Removes an axis of size 1.
     *
     * @param axis the axis
     * @return a view with one axis fewer
     * @throws IllegalArgumentException if the axis is out of range or its size is not 1
     */
    default Tensor squeeze(int axis) {
        return reshape(Movement.squeezed(self(), axis));
    }

    /**
     * Adds an axis of size 1.
     *
     * @param axis its position in the result, −1 for the last
     * @return a view with one more axis
     * @throws IllegalArgumentException if the position is out of range
     */
    default Tensor unsqueeze(int axis) {
        return reshape(Movement.unsqueezed(self(), axis));
    }

    /**
     * Swaps the last two axes.
     *
     * @return the transpose of a matrix, or of each matrix in a batch
     * @throws IllegalArgumentException if there are fewer than two axes
     */
    default Tensor transpose() {
        return transpose(-2, -1);
    }

    /**
     * Swaps two axes.
     *
     * @param axis1 the first axis
     * @param axis2 the second axis
     * @return a tensor with these axes swapped
     * @throws IllegalArgumentException if the axis is out of range
     */
    default Tensor transpose(int axis1, int axis2) {
        return permute(Movement.swapped(self(), axis1, axis2));
    }

    /**
     * Permutes the axes: axis i of the result is axis order[i] of this tensor.
     *
     * @param order a permutation of the axes
     * @return the permuted tensor
     * @throws IllegalArgumentException if an axis is missing, out of range or occurs twice
     */
    default Tensor permute(int... order) {
        return Movement.permute(order).apply(self());
    }

    /**
     * Broadcasts to a shape: repeats axes of size 1 and adds leading axes.
     *
     * @param shape the new shape
     * @return a tensor of that shape
     * @throws IllegalArgumentException if this shape does not broadcast to it
     */
    default Tensor broadcastTo(long... shape) {
        return Movement.broadcastTo(shape).apply(self());
    }

    // ---- slicing and indexing ----

    /**
     * Slices along every axis: each step-th element from begin to end (exclusive), as {@code x[b0:e0:s0, b1:e1:s1, …]} in Python,
     * with its rules for negative and out-of-range bounds.
     *
     * @param begin the first index along each axis
     * @param end the end index along each axis, exclusive
     * @param step the step along each axis, at least 1
     * @return the slice
     * @throws IllegalArgumentException if an array does not have one entry per axis, or a step is below 1
     */
    default Tensor slice(long[] begin, long[] end, long[] step) {
        return Slicing.slice(begin, end, step).apply(self());
    }

    /**
     * Slices along one axis: the elements from begin to end (exclusive).
     *
     * @param axis the axis
     * @param begin the first index
     * @param end the end index, exclusive
     * @return the slice
     * @throws IllegalArgumentException if the axis is out of range
     */
    default Tensor slice(int axis, long begin, long end) {
        return Slicing.slice(self(), axis, begin, end);
    }

    /**
     * Selects one index along an axis and removes the axis: row 2 of a matrix is {@code select(0, 2)}.
     *
     * @param axis the axis
     * @param index the index, negative counted from the end
     * @return a tensor with one axis fewer
     * @throws IllegalArgumentException if the axis or the index is out of range
     */
    default Tensor select(int axis, long index) {
        return Slicing.select(self(), axis, index);
    }

    /**
     * Reverses the order of the elements along axes.
     *
     * @param axes the axes to reverse; none for all
     * @return a tensor of this shape
     * @throws IllegalArgumentException if an axis is out of range or occurs twice
     */
    default Tensor flip(int... axes) {
        return Slicing.flip(axes).apply(self());
    }

    /**
     * Pads with zeros.
     *
     * @param before the number of elements added before, for each axis
     * @param after the number of elements added after, for each axis
     * @return a tensor of size before + size + after along each axis
     * @throws IllegalArgumentException if an array does not have one entry per axis, or an entry is negative
     */
    default Tensor pad(long[] before, long[] after) {
        return pad(before, after, 0);
    }

    /**
     * Pads with a constant value.
     *
     * @param before the number of elements added before, for each axis
     * @param after the number of elements added after, for each axis
     * @param value the padding value
     * @return a tensor of size before + size + after along each axis
     * @throws IllegalArgumentException if an array does not have one entry per axis, or an entry is negative
     */
    default Tensor pad(long[] before, long[] after, double value) {
        return Slicing.pad(before, after, value).apply(self());
    }

    /**
     * Embedding lookup in this table: y[…, :] = this[index[…], :].
     *
     * @param index int64, any shape
     * @return [index's shape…, D], where this is [V, D]
     * @throws IllegalArgumentException if this is not a matrix, or an index is out of range or not int64
     */
    default Tensor embedding(Tensor index) {
        return Indexing.embedding(self(), index);
    }

    /**
     * Selects slices along an axis by index, y[…, i, …] = x[…, index[i], …]; an index may occur more than once.
     *
     * @param axis the axis
     * @param index int64, [n]
     * @return a tensor of size n along the axis
     * @throws IllegalArgumentException if an index is out of range or not int64
     */
    default Tensor indexSelect(int axis, Tensor index) {
        return Indexing.indexSelect(axis).apply(self(), index);
    }

    /**
     * Gathers one element for each entry of an index: y[i, j] = x[index[i, j], j] for axis 0, x[i, index[i, j]] for axis 1, and so
     * on.
     *
     * @param axis the axis to index
     * @param index int64, of the same rank as this
     * @return a tensor of the index's shape
     * @throws IllegalArgumentException if an index is out of range or not int64, or the shapes do not match
     */
    default Tensor gather(int axis, Tensor index) {
        return Indexing.gather(axis).apply(self(), index);
    }

    // ---- other ops ----

    /**
     * Converts to another type; to int64 by truncation.
     *
     * @param dtype the type
     * @return this tensor if it has that type, else a converted copy
     */
    default Tensor to(DType dtype) {
        return self().dtype() == dtype ? self() : Movement.to(dtype).apply(self());
    }

    /**
     * Copies to new memory; the gradient passes through unchanged ({@code clone} in PyTorch).
     *
     * @return the copy
     */
    default Tensor copy() {
        return Movement.CLONE.apply(self());
    }

    /**
     * Cross-entropy of each row of logits, −ln softmax(x)[i, target[i]], as one op; the result is not reduced.
     *
     * @param target int64 classes, [N], where this is [N, C]
     * @return [N]
     * @throws IllegalArgumentException if the shapes do not match or a class is out of range
     */
    default Tensor crossEntropy(Tensor target) {
        return Indexing.CROSS_ENTROPY.apply(self(), target);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
