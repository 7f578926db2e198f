package dev.adjoint.datasets;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.function.Supplier;

/** Some examples of a dataset. Its tensors are made when they are asked for, so that they lie in the step's own scope. */
public final class Batch {
    private final int[] indices;
    private Supplier<Tensor> inputs;
    private Supplier<Tensor> targets;

    Batch(int[] indices, Supplier<Tensor> inputs, Supplier<Tensor> targets) {
        this.indices = indices;
        this.inputs = inputs;
        this.targets = targets;
    }

    /** Makes the tensors now, outside of every scope of this thread, to be handed to another. */
    Batch loaded() {
        Tensor x = Scope.outside(inputs);
        Tensor y = Scope.outside(targets);
        inputs = () -> x;
        targets = () -> y;
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
     * @return [size, …], new with each call, or the one that was made ahead of time
     */
    public Tensor inputs() {
        return inputs.get();
    }

    /**
     * Makes the tensor of targets.
     *
     * @return [size, …], new with each call, or the one that was made ahead of time
     */
    public Tensor targets() {
        return targets.get();
    }
}
