package dev.adjoint.autograd;

/**
 * The ops of a {@link Tensor} that multiply matrices, move elements or pick them. Their derivatives stand in {@link
 * dev.adjoint.autograd.MatMul}, {@link dev.adjoint.autograd.Movement}, {@link dev.adjoint.autograd.Slicing} and {@link dev.adjoint.autograd.Indexing}.
 */
sealed interface ShapeOps permits Tensor {

    // ---- matrix products ----

    /**
     * The matrix product, by the rules of {@code torch.matmul}: a vector is a row on the left and a column on the right; with more than two
     * axes these are stacks of matrices whose leading axes broadcast.
     *
     * @param b [..., k, m] or [k], where this is [..., n, k] or [k]
     * @return [..., n, m], without the axis of a vector
     * @throws IllegalArgumentException if the inner sizes differ or the stacks do not broadcast
     */
    default Tensor matmul(Tensor b) {
        return MatMul.matmul(self(), b);
    }

    /**
     * The affine map y = x·Wᵀ + b of a layer, in one op.
     *
     * @param weight W, [out, in], where this is [..., in]
     * @param bias b, [out], or null for none
     * @return [..., out]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    default Tensor linear(Tensor weight, Tensor bias) {
        return MatMul.linear(self(), weight, bias);
    }

    /**
     * The convolution (cross-correlation, as in PyTorch) of images with kernels.
     *
     * @param weight [O, C/groups, kernelHeight, kernelWidth], where this is [N, C, H, W]
     * @param bias [O], or null for none
     * @param stride steps between windows
     * @param padding zeros around the image
     * @param dilation steps between neighbours in a window
     * @param groups into how many parts channels and kernels are divided
     * @return [N, O, ⌊(H + 2·padding − dilation·(kernelHeight − 1) − 1)/stride⌋ + 1, …]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    default Tensor conv2d(Tensor weight, Tensor bias, int stride, int padding, int dilation, int groups) {
        return Convolution.conv2d(self(), weight, bias, stride, padding, dilation, groups);
    }

    /**
     * Batch normalisation with the batch's own statistics: each channel is brought to mean β and standard deviation γ,
     * y = γ·(x − μ)/√(σ² + ε) + β. Ioffe and Szegedy, "Batch Normalization", ICML 2015.
     *
     * @param weight γ, [C]
     * @param bias β, [C]
     * @param epsilon ε
     * @return a tensor of this shape, [N, C] or [N, C, ...]
     * @throws IllegalArgumentException if the shapes do not fit
     */
    default Tensor batchNorm(Tensor weight, Tensor bias, double epsilon) {
        return Normalization.batchNorm(epsilon).apply(self(), weight, bias);
    }

    /**
     * Mean and variance (with n) of each channel of [N, C] or [N, C, ...]. No gradient passes.
     *
     * @return [2, C], the means first
     * @throws IllegalArgumentException if this has no channels
     */
    default Tensor channelMoments() {
        return Normalization.CHANNEL_MOMENTS.apply(self());
    }

    /**
     * Layer normalisation, y = (x − μ)/√(σ² + ε) with mean and variance over the last axes.
     * Ba, Kiros and Hinton, "Layer Normalization", 2016.
     *
     * @param axes how many axes, from the last
     * @param epsilon ε
     * @return a tensor of this shape
     * @throws IllegalArgumentException if there are fewer axes
     */
    default Tensor layerNorm(int axes, double epsilon) {
        return Normalization.layerNorm(axes, epsilon).apply(self());
    }

    /**
     * The largest element of each window.
     *
     * @param kernel height and width of a window, where this is [N, C, H, W]
     * @param stride steps between windows
     * @param padding a border that never wins, at most half the kernel
     * @return [N, C, ⌊(H + 2·padding − kernel)/stride⌋ + 1, …]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    default Tensor maxPool2d(int kernel, int stride, int padding) {
        return Convolution.maxPool2d(self(), kernel, stride, padding);
    }

    /**
     * The mean of each window, the zeros of the border included.
     *
     * @param kernel height and width of a window, where this is [N, C, H, W]
     * @param stride steps between windows
     * @param padding zeros around the image, at most half the kernel
     * @return [N, C, ⌊(H + 2·padding − kernel)/stride⌋ + 1, …]
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    default Tensor avgPool2d(int kernel, int stride, int padding) {
        return Convolution.avgPool2d(self(), kernel, stride, padding);
    }

    // ---- shape ----

    /**
     * The same elements in another shape; the memory is shared.
     *
     * @param shape the new shape; one size may be −1 and is worked out
     * @return a view
     * @throws IllegalArgumentException if the number of elements differs
     */
    default Tensor reshape(long... shape) {
        return Movement.reshape(shape).apply(self());
    }

    /**
     * All elements in one axis.
     *
     * @return a view of shape [n]
     */
    default Tensor flatten() {
        return reshape(-1);
    }

    /**
     * Joins all axes from one on: [N, C, H, W] flattened from 1 is [N, C·H·W].
     *
     * @param startAxis the first axis to join
     * @return a view
     * @throws IllegalArgumentException if there is no such axis
     */
    default Tensor flatten(int startAxis) {
        return reshape(Movement.flattened(self(), startAxis));
    }

    /**
     * Drops an axis of size 1.
     *
     * @param axis the axis
     * @return a view with one axis less
     * @throws IllegalArgumentException if there is no such axis or its size is not 1
     */
    default Tensor squeeze(int axis) {
        return reshape(Movement.squeezed(self(), axis));
    }

    /**
     * Adds an axis of size 1.
     *
     * @param axis where it stands in the result, −1 for last
     * @return a view with one more axis
     * @throws IllegalArgumentException if there is no such place
     */
    default Tensor unsqueeze(int axis) {
        return reshape(Movement.unsqueezed(self(), axis));
    }

    /**
     * Swaps the last two axes.
     *
     * @return the transpose of a matrix, or of each in a stack
     * @throws IllegalArgumentException if there are fewer than two axes
     */
    default Tensor transpose() {
        return transpose(-2, -1);
    }

    /**
     * Swaps two axes.
     *
     * @param axis1 one axis
     * @param axis2 the other
     * @return a tensor with these axes swapped
     * @throws IllegalArgumentException if there is no such axis
     */
    default Tensor transpose(int axis1, int axis2) {
        return permute(Movement.swapped(self(), axis1, axis2));
    }

    /**
     * Axes in another order: axis i of the result is axis order[i] of this tensor.
     *
     * @param order every axis once
     * @return the rearranged tensor
     * @throws IllegalArgumentException if an axis is missing, named twice or does not exist
     */
    default Tensor permute(int... order) {
        return Movement.permute(order).apply(self());
    }

    /**
     * Repeats axes of size 1 and adds axes in front.
     *
     * @param shape the new shape
     * @return a tensor of that shape
     * @throws IllegalArgumentException if this shape does not broadcast to it
     */
    default Tensor broadcastTo(long... shape) {
        return Movement.broadcastTo(shape).apply(self());
    }

    // ---- parts ----

    /**
     * Every step-th element from begin to end along each axis: {@code x[b0:e0:s0, b1:e1:s1, …]} in Python, whose rules for negative and too
     * large bounds hold.
     *
     * @param begin for each axis the first element
     * @param end for each axis the element to stop before
     * @param step for each axis, at least 1
     * @return the part
     * @throws IllegalArgumentException if there is not one entry for each axis, or a step is below 1
     */
    default Tensor slice(long[] begin, long[] end, long[] step) {
        return Slicing.slice(begin, end, step).apply(self());
    }

    /**
     * The elements from begin to end (exclusive) along one axis.
     *
     * @param axis the axis
     * @param begin the first element
     * @param end the element to stop before
     * @return the part
     * @throws IllegalArgumentException if there is no such axis
     */
    default Tensor slice(int axis, long begin, long end) {
        return Slicing.slice(self(), axis, begin, end);
    }

    /**
     * One slice along an axis, without the axis: row 2 of a matrix is {@code select(0, 2)}.
     *
     * @param axis the axis
     * @param index which, negative counted from the end
     * @return a tensor with one axis less
     * @throws IllegalArgumentException if there is no such axis or index
     */
    default Tensor select(int axis, long index) {
        return Slicing.select(self(), axis, index);
    }

    /**
     * The same elements with some axes back to front.
     *
     * @param axes the axes, or none for all
     * @return a tensor of this shape
     * @throws IllegalArgumentException if there is no such axis, or one is named twice
     */
    default Tensor flip(int... axes) {
        return Slicing.flip(axes).apply(self());
    }

    /**
     * This tensor with a border of zeros.
     *
     * @param before for each axis, how many elements come in front
     * @param after for each axis, how many come behind
     * @return a tensor with before + size + after along each axis
     * @throws IllegalArgumentException if there is not one entry for each axis, or one is negative
     */
    default Tensor pad(long[] before, long[] after) {
        return pad(before, after, 0);
    }

    /**
     * This tensor with a border of one number.
     *
     * @param before for each axis, how many elements come in front
     * @param after for each axis, how many come behind
     * @param value the number
     * @return a tensor with before + size + after along each axis
     * @throws IllegalArgumentException if there is not one entry for each axis, or one is negative
     */
    default Tensor pad(long[] before, long[] after, double value) {
        return Slicing.pad(before, after, value).apply(self());
    }

    /**
     * Looks up rows of this table: y[…, :] = this[index[…], :].
     *
     * @param index int64, any shape
     * @return [index's shape…, D], where this is [V, D]
     * @throws IllegalArgumentException if this is not a matrix, or an index is out of range or not int64
     */
    default Tensor embedding(Tensor index) {
        return Indexing.embedding(self(), index);
    }

    /**
     * The slices at the given places along an axis, in that order, repeated where named twice.
     *
     * @param axis the axis
     * @param index int64, [n]
     * @return a tensor with n along the axis
     * @throws IllegalArgumentException if an index is out of range or not int64
     */
    default Tensor indexSelect(int axis, Tensor index) {
        return Indexing.indexSelect(axis).apply(self(), index);
    }

    /**
     * Picks one element for each entry of an index: y[i, j] = x[index[i, j], j] for axis 0, x[i, index[i, j]] for axis 1, and so on.
     *
     * @param axis the axis that the index runs along
     * @param index int64, of this rank
     * @return a tensor of the index’s shape
     * @throws IllegalArgumentException if an index is out of range or not int64, or the shapes do not fit
     */
    default Tensor gather(int axis, Tensor index) {
        return Indexing.gather(axis).apply(self(), index);
    }

    // ---- the rest ----

    /**
     * Converts to another type; to int64 by dropping the fraction.
     *
     * @param dtype the type
     * @return this tensor if it has that type, else a converted copy
     */
    default Tensor to(DType dtype) {
        return self().dtype() == dtype ? self() : Movement.to(dtype).apply(self());
    }

    /**
     * A copy in memory of its own, through which the gradient passes as it is ({@code clone} in PyTorch).
     *
     * @return the copy
     */
    default Tensor copy() {
        return Movement.CLONE.apply(self());
    }

    /**
     * Cross-entropy of each row of logits, −ln softmax(x)[i, target[i]], in one op; a loss reduces it.
     *
     * @param target int64 classes, [N], where this is [N, C]
     * @return [N]
     * @throws IllegalArgumentException if the shapes do not fit or a class is out of range
     */
    default Tensor crossEntropy(Tensor target) {
        return Indexing.CROSS_ENTROPY.apply(self(), target);
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
