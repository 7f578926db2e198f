package dev.adjoint.datasets;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;

/** Some examples of a dataset. Its tensors are made when they are asked for, so that they lie in the step's own scope. */
public final class Batch {
    private final Dataset dataset;
    private final int[] indices;
    /** Made ahead of time, or null. */
    private Tensor inputs;

    private Tensor targets;

    Batch(Dataset dataset, int... indices) {
        this.dataset = dataset;
        this.indices = indices;
    }

    /** Makes the tensors now, outside of every scope of this thread, to be handed to another. */
    Batch loaded() {
        inputs = Scope.outside(() -> dataset.inputs(indices));
        targets = Scope.outside(() -> dataset.targets(indices));
        return this;
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
        return inputs == null ? dataset.inputs(indices) : inputs;
    }

    /**
     * Makes the tensor of targets.
     *
     * @return [size, …], new with each call
     */
    public Tensor targets() {
        return targets == null ? dataset.targets(indices) : targets;
    }
}
