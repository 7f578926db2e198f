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
 * An exponential moving average of weights, a ← decay·a + (1 − decay)·w, which often generalises better than the last weights.
 * Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM J. Control Optim. 30(4), 1992.
 */
public final class ExponentialMovingAverage {
    private final List<Tensor> parameters;
    private final List<Tensor> averages;
    private final double decay;

    /**
     * Makes an average that is initialised with the current weights.
     *
     * @param parameters the weights
     * @param decay the decay rate, 0 to 1; larger values average over more steps
     * @throws IllegalArgumentException if the decay is out of range
     */
    public ExponentialMovingAverage(Collection<? extends Tensor> parameters, double decay) {
        this.parameters = List.copyOf(parameters);
        this.decay = Optimizer.check("decay", decay, 0, 1);
        this.averages = Scope.outside(
                () -> this.parameters.stream().map(w -> w.detach().copy()).toList());
    }

    /** Updates the averages with the current weights. Call it after each optimizer step. */
    public void update() {
        try (Scope scope = Scope.open();
                NoGrad off = NoGrad.open()) {
            for (int i = 0; i < averages.size(); i++) {
                Tensor a = averages.get(i);
                Tensor w = parameters.get(i).detach();
                // Skip terms with factor 0: they would be NaN for infinite values.
                if (decay == 0) a.assign(w);
                else if (decay < 1) a.assign(a.mul(decay).add(w.mul(1 - decay)));
            }
        }
    }

    /** Swaps weights and averages. Call it once before an evaluation and again after it. */
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
     * The averages, for saving.
     *
     * @return copies, named "average." and the index of the parameter
     */
    public Map<String, Tensor> stateDict() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (int i = 0; i < averages.size(); i++)
            state.put("average." + i, averages.get(i).copy());
        return state;
    }

    /**
     * Restores saved averages.
     *
     * @param state the result of {@link #stateDict}
     * @throws IllegalArgumentException if an average is missing or of another shape; nothing is changed then
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
