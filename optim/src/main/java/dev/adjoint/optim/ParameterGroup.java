package dev.adjoint.optim;

import dev.adjoint.autograd.Tensor;
import java.util.Collection;
import java.util.List;

/** Parameters of one optimizer with settings of their own. */
public final class ParameterGroup {
    private final List<Tensor> parameters;
    private double learningRate;
    /** What schedules start from: the rate that the program has set. */
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
     * The step size.
     *
     * @return the step size
     */
    public double learningRate() {
        return learningRate;
    }

    /**
     * Changes the step size; a {@link Scheduler} goes on from it.
     *
     * @param learningRate the step size from the next step on
     * @throws IllegalArgumentException if it is negative or not a number
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

    /** Sets the rate of a schedule, which leaves alone what it starts from. */
    void schedule(double rate) {
        learningRate = checkRate(rate);
    }

    void scaleLearningRate(double factor) {
        learningRate *= factor;
        baseLearningRate *= factor;
    }

    /**
     * How strongly weights are drawn towards 0.
     *
     * @return the factor
     */
    public double weightDecay() {
        return weightDecay;
    }

    /**
     * Changes the weight decay.
     *
     * @param weightDecay the factor from the next step on
     * @throws IllegalArgumentException if it is negative or not a number
     */
    public void setWeightDecay(double weightDecay) {
        this.weightDecay = Optimizer.check("weightDecay", weightDecay, 0, Double.MAX_VALUE);
    }
}
