package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.List;

/** Where the graph begins: a tensor that the user asked gradients for. Gradients add up here until they are cleared. */
public final class Leaf extends Node {
    private final Array value;
    /** Made with the first gradient and used for all later ones; it lives as long as the value, whatever scope backward ran in. */
    private Array buffer;

    private Value grad;
    /** Whether code that is not ours has got the gradient, and so its memory. */
    private boolean isHandedOut;

    /** The leaf of a tensor with this value. */
    Leaf(Array value) {
        super(null, null);
        this.value = value;
    }

    @Override
    public String name() {
        return "leaf";
    }

    @Override
    public List<Value> inputs() {
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
    public synchronized Value grad() {
        return grad;
    }

    /** The gradient for somebody who may keep it: what comes after it gets other memory. */
    @Override
    public synchronized Value handOutGrad() {
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
    synchronized void accumulate(Value contribution) {
        if (contribution.isDifferentiable()) {
            grad = grad == null ? contribution : Value.arithmetic().add(grad, contribution);
            return;
        }
        Array g = contribution.array();
        if (grad == null) {
            take(g);
            grad = Value.of(buffer, "grad");
        } else if (grad.isDifferentiable()) {
            grad = Value.arithmetic().add(grad, contribution);
        } else if (isHandedOut) {
            Array sum = Workspace.allocateBeside(value);
            Kernels.current().add(buffer, g, sum);
            buffer = sum;
            grad = Value.of(buffer, "grad");
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
