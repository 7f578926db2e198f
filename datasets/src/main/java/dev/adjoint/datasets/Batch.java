package dev.adjoint.datasets;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;

/** Some examples of a dataset. Its tensors are made when they are asked for, so that they lie in the step's own scope. */
public final class Batch {
    private final int[] indices;
    private final Supplier<Tensor> inputs;
    private final Supplier<Tensor> targets;
    /** Where the tensors lie if they were made ahead of time. */
    private Slot slot;

    Batch(int[] indices, Supplier<Tensor> inputs, Supplier<Tensor> targets) {
        this.indices = indices;
        this.inputs = inputs;
        this.targets = targets;
    }

    /** Memory for a batch that is made ahead of time, used again for a later one. */
    static final class Slot {
        private Tensor inputs;
        private Tensor targets;

        private static Tensor put(Tensor value, Tensor place) {
            if (place == null || place.dtype() != value.dtype() || !Arrays.equals(place.shape(), value.shape())) {
                return Scope.outside(value::copy);
            }
            place.assign(value);
            return place;
        }
    }

    /** Makes the tensors now, to be handed to another thread. */
    Batch load(Slot free) {
        try (Scope scope = Scope.open()) {
            free.inputs = Slot.put(inputs.get(), free.inputs);
            free.targets = Slot.put(targets.get(), free.targets);
        }
        slot = free;
        return this;
    }

    /** Gives the slot back: whoever still asks for the tensors has them made anew. */
    Slot release() {
        Slot free = slot;
        slot = null;
        return free;
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
        return slot == null ? inputs.get() : slot.inputs.copy();
    }

    /**
     * Makes the tensor of targets.
     *
     * @return [size, …], new with each call
     */
    public Tensor targets() {
        return slot == null ? targets.get() : slot.targets.copy();
    }
}
