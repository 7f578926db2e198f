package dev.adjoint.datasets;

import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;

/** A batch of examples of a dataset. Its tensors are created on request, so that they belong to the scope of the training step. */
public final class Batch {
    private final int[] indices;
    private final Supplier<Tensor> inputs;
    private final Supplier<Tensor> targets;
    /** The prefetched tensors; null if the batch was not prefetched. */
    private Slot slot;

    Batch(int[] indices, Supplier<Tensor> inputs, Supplier<Tensor> targets) {
        this.indices = indices;
        this.inputs = inputs;
        this.targets = targets;
    }

    /** Memory for a prefetched batch, reused for later batches. */
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

    /** Loads the tensors now, for use by another thread. */
    Batch load(Slot free) {
        try (Scope scope = Scope.open()) {
            free.inputs = Slot.put(inputs.get(), free.inputs);
            free.targets = Slot.put(targets.get(), free.targets);
        }
        slot = free;
        return this;
    }

    /** Releases the slot; tensors that are requested later are loaded again. */
    Slot release() {
        Slot free = slot;
        slot = null;
        return free;
    }

    /**
     * The number of examples.
     *
     * @return the batch size
     */
    public int size() {
        return indices.length;
    }

    /**
     * The indices of the examples in the dataset.
     *
     * @return a copy of the indices
     */
    public int[] indices() {
        return indices.clone();
    }

    /**
     * The inputs of the batch.
     *
     * @return [size, …], a new tensor with each call
     */
    public Tensor inputs() {
        return slot == null ? inputs.get() : slot.inputs.copy();
    }

    /**
     * The targets of the batch.
     *
     * @return [size, …], a new tensor with each call
     */
    public Tensor targets() {
        return slot == null ? targets.get() : slot.targets.copy();
    }
}
