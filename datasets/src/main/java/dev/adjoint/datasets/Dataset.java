package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;

/** A dataset with random access: inputs and targets by index. */
public interface Dataset {
    /**
     * The number of examples.
     *
     * @return the number of examples
     */
    int size();

    /**
     * The inputs of some examples.
     *
     * @param indices the indices of the examples, 0 … size − 1
     * @return a new tensor [n, …] in the open {@link dev.adjoint.autograd.Scope}, if there is one
     */
    Tensor inputs(int... indices);

    /**
     * The targets of some examples.
     *
     * @param indices the indices of the examples, 0 … size − 1
     * @return a new tensor [n, …] in the open {@link dev.adjoint.autograd.Scope}, if there is one
     */
    Tensor targets(int... indices);
}
