package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;

/** Examples that can be asked for by number: inputs and what a model should make of them. */
public interface Dataset {
    /**
     * The number of examples.
     *
     * @return how many there are
     */
    int size();

    /**
     * The inputs of some examples.
     *
     * @param indices which, 0 … size − 1
     * @return a new tensor [n, …] in the open {@link dev.adjoint.autograd.Scope}, if there is one
     */
    Tensor inputs(int... indices);

    /**
     * The targets of some examples.
     *
     * @param indices which, 0 … size − 1
     * @return a new tensor [n, …] in the open {@link dev.adjoint.autograd.Scope}, if there is one
     */
    Tensor targets(int... indices);
}
