package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.Collection;

/**
 * Adam with Nesterov momentum, same as {@code torch.optim.NAdam}; at step t = 1, 2, …:
 *
 * <pre>
 * g ← g + weightDecay·w
 * μₜ = β₁·(1 − ½·0.96^(t·momentumDecay))
 * m ← β₁·m + (1 − β₁)·g
 * v ← β₂·v + (1 − β₂)·g²
 * d = ((1 − μₜ)/(1 − ∏μ)·g + μₜ₊₁/(1 − ∏μ·μₜ₊₁)·m) / (√(v/(1 − β₂ᵗ)) + ε)
 * w ← w − learningRate·d
 * </pre>
 *
 * <p>Dozat, "Incorporating Nesterov Momentum into Adam", ICLR Workshop 2016.
 */
public final class NAdam extends AdamFamily<NAdam> {
    private double momentumDecay;
    private double[] products = new double[0];
    private long[] productSteps = new long[0];

    /**
     * Makes the optimizer with PyTorch's defaults: learning rate 0.002.
     *
     * @param parameters the parameters
     */
    public NAdam(Collection<? extends Tensor> parameters) {
        this(parameters, 2e-3);
    }

    /**
     * Makes the optimizer with PyTorch's defaults.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     */
    public NAdam(Collection<? extends Tensor> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, 0, 4e-3);
    }

    /**
     * Makes the optimizer with all settings.
     *
     * @param parameters the parameters
     * @param learningRate the learning rate
     * @param beta1 the decay rate of the first moment, 0 ≤ β₁ &lt; 1
     * @param beta2 the decay rate of the second moment, 0 ≤ β₂ &lt; 1
     * @param epsilon the constant added to the square root of the second moment
     * @param weightDecay the coefficient of the L2 penalty
     * @param momentumDecay how fast the momentum approaches β₁
     * @throws IllegalArgumentException if a setting is out of range
     */
    public NAdam(
            Collection<? extends Tensor> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double momentumDecay) {
        super(parameters, learningRate, beta1, beta2, epsilon, weightDecay);
        momentumDecay(momentumDecay);
    }

    /**
     * Sets the momentum decay: how fast the momentum approaches β₁.
     *
     * @param decay the momentum decay, not negative; 0.004 by default
     * @return this optimizer
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     * @throws IllegalStateException if a step has already been taken
     */
    public NAdam momentumDecay(double decay) {
        checkNotStarted("momentumDecay");
        momentumDecay = check("momentumDecay", decay, 0, Double.MAX_VALUE);
        return this;
    }

    @Override
    protected void update(ParameterGroup group, int index, Tensor parameter, Tensor grad) {
        Tensor g = withDecay(group, parameter, grad);
        long t = steps(index);
        double momentumProduct = momentumProduct(index, t);
        updateMoments(index, g);
        Tensor denominator = second(index).div(1 - Math.pow(beta2(), t)).sqrt().add(epsilon());
        Tensor gradientTerm = g.mul((1 - momentum(t)) / (1 - momentumProduct));
        Tensor momentumTerm = first(index).mul(momentum(t + 1) / (1 - momentumProduct * momentum(t + 1)));
        parameter.assign(parameter.sub(
                safeDivide(gradientTerm.add(momentumTerm), denominator).mul(group.learningRate())));
    }

    /** The product μ₁·…·μₜ, updated from that of the last step, or recomputed after a state was loaded. */
    private double momentumProduct(int index, long t) {
        if (products.length <= index) {
            products = Arrays.copyOf(products, index + 1);
            productSteps = Arrays.copyOf(productSteps, index + 1);
        }
        boolean known = productSteps[index] > 0 && productSteps[index] == t - 1;
        double momentumProduct = known ? products[index] : 1;
        for (long k = known ? t : 1; k <= t; k++) momentumProduct *= momentum(k);
        products[index] = momentumProduct;
        productSteps[index] = t;
        return momentumProduct;
    }

    /** μ at step t. */
    private double momentum(long t) {
        return beta1() * (1 - 0.5 * Math.pow(0.96, t * momentumDecay));
    }
}
