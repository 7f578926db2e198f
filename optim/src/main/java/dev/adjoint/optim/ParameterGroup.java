package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;
import java.util.List;

/** A group of parameters of an optimizer with its own learning rate and weight decay. */
public final class ParameterGroup {
    private final List<Tensor> parameters;
    private double learningRate;
    /** The base rate of schedules: the learning rate set by the user. */
    private double baseLearningRate;

    private double weightDecay;

    ParameterGroup(Collection<? extends Tensor> parameters, double learningRate, double weightDecay) {
        this.parameters = List.copyOf(parameters);
        setLearningRate(learningRate);
        setWeightDecay(weightDecay);
    }

    /**
     * The parameters.
     *
     * @return leaves, in the order in which they were given
     */
    public List<Tensor> parameters() {
        return parameters;
    }

    /**
     * The learning rate.
     *
     * @return the learning rate
     */
    public double learningRate() {
        return learningRate;
    }

    /**
     * Sets the learning rate, which is also the new base rate of a {@link Scheduler}.
     *
     * @param learningRate the learning rate from the next step on
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public void setLearningRate(double learningRate) {
        this.learningRate = checkRate(learningRate);
        baseLearningRate = learningRate;
    }

    static double checkRate(double learningRate) {
        return Optimizer.check("learningRate", learningRate, 0, Double.MAX_VALUE);
    }

    double baseLearningRate() {
        return baseLearningRate;
    }

    /** Sets the current rate of a schedule without changing the base rate. */
    void schedule(double rate) {
        learningRate = checkRate(rate);
    }

    void scaleLearningRate(double factor) {
        learningRate *= factor;
        baseLearningRate *= factor;
    }

    /**
     * The weight decay coefficient.
     *
     * @return the coefficient
     */
    public double weightDecay() {
        return weightDecay;
    }

    /**
     * Sets the weight decay coefficient.
     *
     * @param weightDecay the coefficient from the next step on
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public void setWeightDecay(double weightDecay) {
        this.weightDecay = Optimizer.check("weightDecay", weightDecay, 0, Double.MAX_VALUE);
    }
}
