package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;

/** Some examples of a dataset. Its tensors are made when they are asked for, so that they lie in the step's own scope. */
public final class Batch {
    private final Dataset dataset;
    private final int[] indices;

    Batch(Dataset dataset, int... indices) {
        this.dataset = dataset;
        this.indices = indices;
    }

    /**
     * The number of examples.
     *
     * @return how many there are
     */
    public int size() {
        return indices.length;
    }

    /**
     * Which examples of the dataset these are.
     *
     * @return a copy of their numbers
     */
    public int[] indices() {
        return indices.clone();
    }

    /**
     * Makes the tensor of inputs.
     *
     * @return [size, …], new with each call
     */
    public Tensor inputs() {
        return dataset.inputs(indices);
    }

    /**
     * Makes the tensor of targets.
     *
     * @return [size, …], new with each call
     */
    public Tensor targets() {
        return dataset.targets(indices);
    }
}
