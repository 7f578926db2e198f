package dev.adjoint.nn;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;

/**
 * A convolution (cross-correlation, as in PyTorch) of images with learned kernels.
 *
 * <p>Input [N, C, H, W]; weight [O, C/groups, k, k], bias [O]; output [N, O, H', W'] with
 * H' = ⌊(H + 2·padding − dilation·(k − 1) − 1)/stride⌋ + 1. Both start uniformly distributed in ±1/√fanIn.
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
     * A convolution with stride 1, no padding and a bias, unless set otherwise:
     *
     * <pre>{@code
     * new Conv2d(16, 32, 3).stride(2).padding(1).bias(false).rng(rng)
     * }</pre>
     *
     * @param in channels of an image
     * @param out number of kernels
     * @param kernel height and width of a kernel
     */
    public Conv2d(long in, long out, int kernel) {
        this(in, out, kernel, 0);
    }

    /**
     * A convolution with stride 1.
     *
     * @param in channels of an image
     * @param out number of kernels
     * @param kernel height and width of a kernel
     * @param padding zeros around an image
     */
    public Conv2d(long in, long out, int kernel, int padding) {
        this(in, out, kernel, 1, padding, 1, 1, true, Rng.shared());
    }

    /**
     * A convolution with all settings.
     *
     * @param in channels of an image
     * @param out number of kernels
     * @param kernel height and width of a kernel
     * @param stride steps between windows
     * @param padding zeros around an image
     * @param dilation steps between neighbours in a window
     * @param groups into how many parts channels and kernels are divided
     * @param hasBias whether a bias is added
     * @param rng where the first weights come from
     * @throws IllegalArgumentException if a setting is out of range, or the groups do not divide channels and kernels
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
        draw();
    }

    private static void check(long in, long out, int kernel, int stride, int padding, int dilation, int groups) {
        boolean sizes = in >= 1 && out >= 1 && kernel >= 1 && stride >= 1 && padding >= 0 && dilation >= 1;
        if (!sizes || groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("Conv2d: in " + in + ", out " + out + ", kernel " + kernel + ", stride "
                    + stride + ", padding " + padding + ", dilation " + dilation + ", groups " + groups
                    + ": expected at least 1 each (padding 0), and groups that divide in and out");
        }
    }

    private void draw() {
        double bound = 1 / Math.sqrt((double) in / groups * kernel * kernel);
        weight.replace(Tensor.uniform(rng, -bound, bound, out, in / groups, kernel, kernel));
        if (bias != null) bias.replace(Tensor.uniform(rng, -bound, bound, out));
    }

    // ---- settings, right behind the constructor ----

    /**
     * Sets the steps between windows.
     *
     * @param steps at least 1; 1 unless set
     * @return this layer
     * @throws IllegalArgumentException if they are out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d stride(int steps) {
        checkUnused("stride");
        check(in, out, kernel, steps, padding, dilation, groups);
        stride = steps;
        return this;
    }

    /**
     * Sets how many zeros are put around an image.
     *
     * @param zeros on each side; none unless set
     * @return this layer
     * @throws IllegalArgumentException if they are out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d padding(int zeros) {
        checkUnused("padding");
        check(in, out, kernel, stride, zeros, dilation, groups);
        padding = zeros;
        return this;
    }

    /**
     * Sets the steps between neighbours in a window.
     *
     * @param steps at least 1; 1 unless set
     * @return this layer
     * @throws IllegalArgumentException if they are out of range
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d dilation(int steps) {
        checkUnused("dilation");
        check(in, out, kernel, stride, padding, steps, groups);
        dilation = steps;
        return this;
    }

    /**
     * Sets into how many parts channels and kernels are divided; the weights are drawn anew.
     *
     * @param parts divides both; 1 unless set
     * @return this layer
     * @throws IllegalArgumentException if it does not
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d groups(int parts) {
        checkUnused("groups");
        check(in, out, kernel, stride, padding, dilation, parts);
        groups = parts;
        draw();
        return this;
    }

    /**
     * Sets whether a bias is added; it is unless set otherwise.
     *
     * @param isAdded whether a bias is added
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d bias(boolean isAdded) {
        checkUnused("bias");
        if (isAdded == (bias != null)) return this;
        if (isAdded) bias = parameter("bias", Tensor.zeros(out));
        else {
            removeParameter("bias");
            bias = null;
        }
        return this;
    }

    /**
     * Draws the first weights anew, from a generator of one's own.
     *
     * @param rng the generator
     * @return this layer
     * @throws IllegalStateException if the layer has been applied already
     */
    public Conv2d rng(Rng rng) {
        checkUnused("rng");
        this.rng = rng;
        draw();
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.conv2d(weight, bias, stride, padding, dilation, groups);
    }

    /**
     * How far the kernel moves from one output to the next.
     *
     * @return pixels
     */
    public int stride() {
        return stride;
    }

    /**
     * The margin of zeros on each side.
     *
     * @return pixels
     */
    public int padding() {
        return padding;
    }

    /**
     * How far the kernel's taps lie apart.
     *
     * @return pixels
     */
    public int dilation() {
        return dilation;
    }

    /**
     * How many groups of channels are convolved apart from each other.
     *
     * @return their number
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
