package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.util.Arrays;

/** A dataset in two tensors, with one example per index of the first axis. */
public final class TensorDataset implements Dataset {
    private final Tensor inputs;
    private final Tensor targets;

    /**
     * Makes a dataset from tensors.
     *
     * @param inputs [N, …]
     * @param targets [N, …]
     * @throws IllegalArgumentException if a tensor is a scalar, or their first axes differ in size
     */
    public TensorDataset(Tensor inputs, Tensor targets) {
        if (inputs.rank() == 0 || targets.rank() == 0 || inputs.shape(0) != targets.shape(0)) {
            throw new IllegalArgumentException("dataset: inputs " + Arrays.toString(inputs.shape()) + ", targets "
                    + Arrays.toString(targets.shape()) + ": expected as many targets as inputs along the first axis");
        }
        this.inputs = inputs;
        this.targets = targets;
    }

    @Override
    public int size() {
        return Math.toIntExact(inputs.shape(0));
    }

    @Override
    public Tensor inputs(int... indices) {
        return inputs.indexSelect(0, Tensor.of(indices));
    }

    @Override
    public Tensor targets(int... indices) {
        return targets.indexSelect(0, Tensor.of(indices));
    }
}
