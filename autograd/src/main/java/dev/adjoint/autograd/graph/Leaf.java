package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import dev.adjoint.autograd.kernels.Workspace;

/** Where the graph begins: a tensor that the user asked gradients for. Gradients add up here until they are cleared. */
public final class Leaf extends Node {
    private final Array value;
    /** Made with the first gradient and used for all later ones; it lives as long as the value, whatever scope backward ran in. */
    private Array buffer;

    private Tensor grad;

    /**
     * Makes the leaf of a tensor.
     *
     * @param value the tensor's value
     */
    public Leaf(Array value) {
        super(null);
        this.value = value;
    }

    @Override
    public String name() {
        return "leaf";
    }

    @Override
    boolean isReleased() {
        return false;
    }

    /**
     * The sum of the gradients so far.
     *
     * @return the gradient, or null if there is none
     */
    public synchronized Tensor grad() {
        return grad;
    }

    /** Forgets the gradient; its memory is kept for the next one. */
    public synchronized void clear() {
        grad = null;
    }

    /** Adds a gradient. */
    synchronized void accumulate(Tensor contribution) {
        Array g = contribution.array();
        if (grad == null) {
            if (buffer == null) buffer = Workspace.allocateBeside(value);
            Kernels.current().copy(g, buffer);
            grad = Tensor.of(buffer, "grad");
        } else {
            Kernels.current().add(buffer, g, buffer);
        }
        buffer.touch();
    }
}
