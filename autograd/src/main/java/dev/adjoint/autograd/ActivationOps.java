package dev.adjoint.autograd;

/** Activation functions of a {@link Tensor}. Their derivatives are declared in {@link Activations}. */
sealed interface ActivationOps permits Tensor {

    /**
     * y = 1 / (1 + e⁻ˣ).
     *
     * @return a tensor of this shape
     */
    default Tensor sigmoid() {
        return Activations.SIGMOID.apply(self());
    }

    /**
     * y = max(x, 0); the gradient at 0 is 0.
     *
     * @return a tensor of this shape
     */
    default Tensor relu() {
        return Activations.RELU.apply(self());
    }

    /**
     * y = ln σ(x), without overflow.
     *
     * @return a tensor of this shape
     */
    default Tensor logsigmoid() {
        return Activations.LOGSIGMOID.apply(self());
    }

    /**
     * y = ln(1 + eˣ), without overflow.
     *
     * @return a tensor of this shape
     */
    default Tensor softplus() {
        return Activations.SOFTPLUS.apply(self());
    }

    /**
     * y = x / (1 + |x|).
     *
     * @return a tensor of this shape
     */
    default Tensor softsign() {
        return Activations.SOFTSIGN.apply(self());
    }

    /**
     * y = x where x &gt; 0, else 0.01·x.
     *
     * @return a tensor of this shape
     */
    default Tensor leakyRelu() {
        return leakyRelu(0.01);
    }

    /**
     * y = x where x &gt; 0, else slope·x.
     *
     * @param slope the slope for negative x
     * @return a tensor of this shape
     */
    default Tensor leakyRelu(double slope) {
        return Activations.leakyRelu(slope).apply(self());
    }

    /**
     * y = x where x &gt; 0, else eˣ − 1.
     *
     * @return a tensor of this shape
     */
    default Tensor elu() {
        return elu(1);
    }

    /**
     * y = x where x &gt; 0, else α(eˣ − 1).
     *
     * @param alpha α
     * @return a tensor of this shape
     */
    default Tensor elu(double alpha) {
        return Activations.elu(alpha).apply(self());
    }

    /**
     * y = x·Φ(x), where Φ is the cumulative distribution function of the standard normal distribution.
     *
     * @return a tensor of this shape
     */
    default Tensor gelu() {
        return Activations.GELU.apply(self());
    }

    /**
     * y = ½x(1 + tanh(√(2/π)·(x + 0.044715x³))), the approximation of GELU that PyTorch calls "tanh".
     *
     * @return a tensor of this shape
     */
    default Tensor geluTanh() {
        return Activations.GELU_TANH.apply(self());
    }

    /**
     * y = x·σ(x), also called swish.
     *
     * @return a tensor of this shape
     */
    default Tensor silu() {
        return Activations.SILU.apply(self());
    }

    /**
     * y = x·tanh(ln(1 + eˣ)).
     *
     * @return a tensor of this shape
     */
    default Tensor mish() {
        return Activations.MISH.apply(self());
    }

    /**
     * y = min(max(x, 0), 6).
     *
     * @return a tensor of this shape
     */
    default Tensor relu6() {
        return Activations.hardtanh("relu6", 0, 6).apply(self());
    }

    /**
     * y = min(max(x, −1), 1).
     *
     * @return a tensor of this shape
     */
    default Tensor hardtanh() {
        return hardtanh(-1, 1);
    }

    /**
     * y = min(max(x, min), max); unlike with clamp, no gradient passes where x equals a bound.
     *
     * @param min lower bound
     * @param max upper bound
     * @return a tensor of this shape
     * @throws IllegalArgumentException unless min &lt; max
     */
    default Tensor hardtanh(double min, double max) {
        return Activations.hardtanh("hardtanh", min, max).apply(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
