package dev.adjoint.autograd;

import java.util.Map;
import java.util.function.Function;

/** A function with parameters of its own, such as a layer of a net. */
public interface ParametricFunction extends Function<Tensor, Tensor> {
    /**
     * The parameters, in their own memory.
     *
     * @return leaves under their names
     */
    Map<String, ? extends Tensor> namedParameters();

    /**
     * Converts all parameters to another type; their gradients are forgotten.
     *
     * @param dtype float32 or float64
     */
    void to(DType dtype);

    /**
     * Remembers what evaluations change beside the parameters, such as running statistics.
     *
     * @return puts it back
     */
    default Runnable rememberState() {
        return () -> {};
    }
}
