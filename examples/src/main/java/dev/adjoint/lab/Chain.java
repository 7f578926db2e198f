package dev.adjoint.lab;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.List;
import java.util.function.Function;

/** Compositions of functions. */
public final class Chain {
    private Chain() {}

    /**
     * Applies functions one after the other.
     *
     * @param steps the functions
     * @param x the argument of the first function
     * @return the result of the last function
     */
    public static Tensor apply(List<Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) y = step.apply(y);
        return y;
    }

    /**
     * Applies functions one after the other, each step freeing the memory of the previous one: forward mode does not need earlier values.
     *
     * @param steps the functions
     * @param x the argument of the first function
     * @return the result of the last function
     */
    public static Tensor applyFreeingMemory(List<Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) {
            try (Scope scope = Scope.open()) {
                y = scope.keep(step.apply(y));
            }
        }
        return y;
    }
}
