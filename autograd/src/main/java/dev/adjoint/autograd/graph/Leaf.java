package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Role;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import dev.adjoint.autograd.kernels.Workspace;
import java.util.List;

/** Where the graph begins: a tensor that the user asked gradients for. Gradients add up here until they are cleared. */
public final class Leaf extends Node {
    private final Array value;
    /** Made with the first gradient and used for all later ones; it lives as long as the value, whatever scope backward ran in. */
    private Array buffer;

    private Tensor grad;
    /** Whether code that is not ours has got the gradient, and so its memory. */
    private boolean isHandedOut;

    /**
     * Makes the leaf of a tensor.
     *
     * @param value the tensor's value
     */
    public Leaf(Array value) {
        super(null, null);
        this.value = value;
    }

    @Override
    public String name() {
        return "leaf";
    }

    @Override
    public Role role() {
        return Role.LEAF;
    }

    @Override
    public List<Tensor> inputs() {
        return List.of();
    }

    @Override
    boolean isReleased() {
        return false;
    }

    /** A leaf's gradient is kept anyway. */
    @Override
    public void retainGrad() {}

    @Override
    public synchronized Tensor grad() {
        return grad;
    }

    /** The gradient for somebody who may keep it: what comes after it gets other memory. */
    @Override
    public synchronized Tensor handOutGrad() {
        isHandedOut = grad != null;
        return grad;
    }

    /** Forgets the gradient; its memory is kept for the next one, unless somebody may hold it. */
    @Override
    public synchronized void clear() {
        grad = null;
        if (isHandedOut) buffer = null;
        isHandedOut = false;
    }

    /** Adds a gradient. One that can be differentiated in its turn, or that carries a tangent, stays the tensor that it is. */
    synchronized void accumulate(Tensor contribution) {
        if (contribution.requiresGrad() || contribution.dual() != null) {
            grad = grad == null ? contribution : grad.add(contribution);
            return;
        }
        Array g = contribution.array();
        if (grad == null) {
            take(g);
            grad = Tensor.of(buffer, "grad");
        } else if (grad.requiresGrad() || grad.dual() != null) {
            grad = grad.add(contribution);
        } else if (isHandedOut) {
            Array sum = Workspace.allocateBeside(value);
            Kernels.current().add(buffer, g, sum);
            buffer = sum;
            grad = Tensor.of(buffer, "grad");
            isHandedOut = false;
        } else {
            Kernels.current().add(buffer, g, buffer);
        }
        if (buffer != null) buffer.touch();
    }

    /** Makes a fresh gradient ours: by exchanging it for the last one's memory, or else by copying it. */
    private void take(Array fresh) {
        Array taken = buffer == null ? null : fresh.exchangeFor(buffer);
        if (taken != null) {
            buffer = taken;
            return;
        }
        if (buffer == null) buffer = Workspace.allocateBeside(value);
        Kernels.current().copy(fresh, buffer);
    }
}
