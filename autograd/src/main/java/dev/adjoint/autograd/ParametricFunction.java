package dev.adjoint.autograd;

import java.util.Map;
import java.util.function.Function;

/** A function with parameters, such as a layer of a neural network. */
public interface ParametricFunction extends Function<Tensor, Tensor> {
    /**
     * The parameters by name.
     *
     * @return the parameters themselves, which are leaves, not copies
     */
    Map<String, ? extends Tensor> namedParameters();

    /**
     * Converts all parameters to another type; their gradients are cleared.
     *
     * @param dtype float32 or float64
     */
    void to(DType dtype);

    /**
     * Saves the state that evaluations change besides the parameters, such as running statistics.
     *
     * @return an action that restores the state
     */
    default Runnable rememberState() {
        return () -> {};
    }
}
