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
    private final Parameter weight;
    private final Parameter bias;
    private final int stride;
    private final int padding;
    private final int dilation;
    private final int groups;

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
        boolean sizes = in >= 1 && out >= 1 && kernel >= 1 && stride >= 1 && padding >= 0 && dilation >= 1;
        if (!sizes || groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("Conv2d: in " + in + ", out " + out + ", kernel " + kernel + ", stride "
                    + stride + ", padding " + padding + ", dilation " + dilation + ", groups " + groups
                    + ": expected at least 1 each (padding 0), and groups that divide in and out");
        }
        double bound = 1 / Math.sqrt((double) in / groups * kernel * kernel);
        weight = parameter("weight", Tensor.uniform(rng, -bound, bound, out, in / groups, kernel, kernel));
        bias = hasBias ? parameter("bias", Tensor.uniform(rng, -bound, bound, out)) : null;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.groups = groups;
    }

    @Override
    public Tensor forward(Tensor x) {
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
