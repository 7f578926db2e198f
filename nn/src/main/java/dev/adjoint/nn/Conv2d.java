package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * 2D convolution (cross-correlation, as in PyTorch) of images with learned kernels.
 *
 * <p>Input [N, C, H, W]; weight [O, C/groups, k, k], bias [O]; output [N, O, H', W'] with
 * H' = ⌊(H + 2·padding − dilation·(k − 1) − 1)/stride⌋ + 1. Weight and bias are initialised uniformly in ±1/√fanIn.
 * LeCun et al., "Gradient-based learning applied to document recognition", Proc. IEEE 86(11), 1998.
 */
public final class Conv2d extends Module {
    private final long in;
    private final long out;
    private final int kernel;
    private final Parameter weight;
    private Parameter bias;
    private int stride;
    private int padding;
    private int dilation;
    private int groups;
    private Rng rng;

    /**
     * Makes a convolution with stride 1, no padding and a bias. The setters change these defaults:
     *
     * <pre>{@code
     * new Conv2d(16, 32, 3).stride(2).padding(1).bias(false).rng(rng)
     * }</pre>
     *
     * @param in the number of input channels
     * @param out the number of output channels
     * @param kernel height and width of the kernel
     */
    public Conv2d(long in, long out, int kernel) {
        this(in, out, kernel, 0);
    }

    /**
     * Makes a convolution with stride 1.
     *
     * @param in the number of input channels
     * @param out the number of output channels
     * @param kernel height and width of the kernel
     * @param padding zero padding on each side
     */
    public Conv2d(long in, long out, int kernel, int padding) {
        this(in, out, kernel, 1, padding, 1, 1, true, Rng.shared());
    }

    /**
     * Makes a convolution with all settings.
     *
     * @param in the number of input channels
     * @param out the number of output channels
     * @param kernel height and width of the kernel
     * @param stride the stride of the convolution
     * @param padding zero padding on each side
     * @param dilation the spacing between kernel elements
     * @param groups the number of groups that input and output channels are split into
     * @param hasBias whether a bias is added
     * @param rng the generator that draws the initial weights
     * @throws IllegalArgumentException if a setting is out of range, or groups does not divide in and out
     */
    public Conv2d(
            long in,
            long out,
            int kernel,
            int stride,
            int padding,
            int dilation,
            int groups,
            boolean hasBias,
            Rng rng) {
        check(in, out, kernel, stride, padding, dilation, groups);
        this.in = in;
        this.out = out;
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.groups = groups;
        this.rng = rng;
        weight = parameter("weight", Tensor.zeros(out, in / groups, kernel, kernel));
        bias = hasBias ? parameter("bias", Tensor.zeros(out)) : null;
        resetParameters();
    }

    private static void check(long in, long out, int kernel, int stride, int padding, int dilation, int groups) {
        boolean sizes = in >= 1 && out >= 1 && kernel >= 1 && stride >= 1 && padding >= 0 && dilation >= 1;
        if (!sizes || groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("Conv2d: in " + in + ", out " + out + ", kernel " + kernel + ", stride "
                    + stride + ", padding " + padding + ", dilation " + dilation + ", groups " + groups
                    + ": expected at least 1 each (padding 0), and groups that divide in and out");
        }
    }

    private void resetParameters() {
        double bound = 1 / Math.sqrt((double) in / groups * kernel * kernel);
        weight.replace(Tensor.uniform(rng, -bound, bound, out, in / groups, kernel, kernel));
        if (bias != null) bias.replace(Tensor.uniform(rng, -bound, bound, out));
    }

    // ---- settings, to be called right after the constructor ----

    /**
     * Sets the stride of the convolution.
     *
     * @param steps the stride, at least 1; 1 by default
     * @return this layer
     * @throws IllegalArgumentException if the stride is out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d stride(int steps) {
        checkNotApplied("stride");
        check(in, out, kernel, steps, padding, dilation, groups);
        stride = steps;
        return this;
    }

    /**
     * Sets the zero padding.
     *
     * @param zeros the number of zeros added on each side; 0 by default
     * @return this layer
     * @throws IllegalArgumentException if the padding is negative
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d padding(int zeros) {
        checkNotApplied("padding");
        check(in, out, kernel, stride, zeros, dilation, groups);
        padding = zeros;
        return this;
    }

    /**
     * Sets the dilation: the spacing between kernel elements.
     *
     * @param steps the dilation, at least 1; 1 by default
     * @return this layer
     * @throws IllegalArgumentException if the dilation is out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d dilation(int steps) {
        checkNotApplied("dilation");
        check(in, out, kernel, stride, padding, steps, groups);
        dilation = steps;
        return this;
    }

    /**
     * Sets the number of groups and redraws the weights.
     *
     * @param parts the number of groups, a divisor of in and out; 1 by default
     * @return this layer
     * @throws IllegalArgumentException if it does not divide both
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d groups(int parts) {
        checkNotApplied("groups");
        check(in, out, kernel, stride, padding, dilation, parts);
        groups = parts;
        resetParameters();
        return this;
    }

    /**
     * Sets whether the layer has a bias.
     *
     * @param isAdded whether a bias is added; true by default
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d bias(boolean isAdded) {
        checkNotApplied("bias");
        if (isAdded == (bias != null)) return this;
        if (isAdded) bias = parameter("bias", Tensor.zeros(out));
        else {
            removeParameter("bias");
            bias = null;
        }
        return this;
    }

    /**
     * Redraws the initial weights with the given generator.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d rng(Rng rng) {
        checkNotApplied("rng");
        this.rng = rng;
        resetParameters();
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.conv2d(weight, bias, stride, padding, dilation, groups);
    }

    /**
     * The stride of the convolution.
     *
     * @return the stride in pixels
     */
    public int stride() {
        return stride;
    }

    /**
     * The zero padding on each side.
     *
     * @return the padding in pixels
     */
    public int padding() {
        return padding;
    }

    /**
     * The dilation: the spacing between kernel elements.
     *
     * @return the dilation in pixels
     */
    public int dilation() {
        return dilation;
    }

    /**
     * The number of groups that input and output channels are split into.
     *
     * @return the number of groups
     */
    public int groups() {
        return groups;
    }

    @Override
    protected String describe() {
        return weight.shape(1) * groups + " -> " + weight.shape(0) + ", kernel " + weight.shape(2) + ", stride "
                + stride + ", padding " + padding;
    }
}
