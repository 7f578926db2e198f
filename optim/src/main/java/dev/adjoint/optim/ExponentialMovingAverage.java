package dev.adjoint.optim;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exponential moving average of weights, a ← decay·a + (1 − decay)·w, which often does better on new data than the last weights.
 * Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM J. Control Optim. 30(4), 1992.
 */
public final class ExponentialMovingAverage {
    private final List<Tensor> parameters;
    private final List<Tensor> averages;
    private final double decay;

    /**
     * Begins with the weights as they are.
     *
     * @param parameters the weights
     * @param decay how slowly the average follows, 0 to 1
     * @throws IllegalArgumentException if the decay is out of range
     */
    public ExponentialMovingAverage(Collection<? extends Tensor> parameters, double decay) {
        this.parameters = List.copyOf(parameters);
        this.decay = Optimizer.check("decay", decay, 0, 1);
        this.averages = Scope.outside(
                () -> this.parameters.stream().map(w -> w.detach().copy()).toList());
    }

    /** Lets the average follow; after each step of the optimizer. */
    public void update() {
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            for (int i = 0; i < averages.size(); i++) {
                Tensor a = averages.get(i);
                Tensor w = parameters.get(i).detach();
                // A factor of 0 takes no part, also where the number is infinite.
                if (decay == 0) a.assign(w);
                else if (decay < 1) a.assign(a.mul(decay).add(w.mul(1 - decay)));
            }
        }
    }

    /** Exchanges weights and averages: once before an evaluation, once more after it. */
    public void swap() {
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < averages.size(); i++) {
                Tensor weights = parameters.get(i).detach().copy();
                parameters.get(i).assign(averages.get(i));
                averages.get(i).assign(weights);
            }
        }
    }

    /**
     * The averages, to be saved.
     *
     * @return copies, under their numbers
     */
    public Map<String, Tensor> stateDict() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (int i = 0; i < averages.size(); i++)
            state.put("average." + i, averages.get(i).copy());
        return state;
    }

    /**
     * Goes on from the averages of another one.
     *
     * @param state what {@link #stateDict} gave
     * @throws IllegalArgumentException if one is missing or of another shape; nothing is changed then
     */
    public void loadStateDict(Map<String, Tensor> state) {
        for (int i = 0; i < averages.size(); i++) {
            Tensor saved = state.get("average." + i);
            if (saved != null && Arrays.equals(saved.shape(), averages.get(i).shape())) continue;
            throw new IllegalArgumentException("average.loadStateDict: average " + i + " is "
                    + (saved == null ? "missing" : Arrays.toString(saved.shape())) + ": expected "
                    + Arrays.toString(averages.get(i).shape()) + "; load the state of an average of the same model");
        }
        for (int i = 0; i < averages.size(); i++) {
            Tensor average = averages.get(i);
            average.assign(state.get("average." + i).to(average.dtype()));
        }
    }
}
