package dev.adjoint.lab;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.List;
import java.util.function.Function;

/** Functions one after the other. */
public final class Chain {
    private Chain() {}

    /**
     * Applies them.
     *
     * @param steps the functions
     * @param x what the first is given
     * @return what the last returns
     */
    public static Tensor apply(List<Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) y = step.apply(y);
        return y;
    }

    /**
     * The same, each step giving back the memory of the one before: forward mode needs nothing of what lies behind.
     *
     * @param steps the functions
     * @param x what the first is given
     * @return what the last returns
     */
    public static Tensor applyFrugally(List<Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) {
            try (Scope scope = Scope.open()) {
                y = scope.keep(step.apply(y));
            }
        }
        return y;
    }
}
