package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.List;

/** A leaf of the graph: a tensor whose gradient the user requested. Gradients accumulate here until they are cleared. */
public final class Leaf extends Node {
    private final Array value;
    /** Allocated for the first gradient and reused for later ones; it lives as long as the value, whatever the scope of backward. */
    private Array buffer;

    private Value grad;
    /** Whether user code has received the gradient, and so its memory. */
    private boolean isExposed;

    /** Creates the leaf of a tensor with this value. */
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

    /** Does nothing: a leaf's gradient is always kept. */
    @Override
    public void retainGrad() {}

    @Override
    public synchronized Value grad() {
        return grad;
    }

    /** Returns the gradient to user code, which may keep it: later gradients get other memory. */
    @Override
    public synchronized Value gradForUser() {
        isExposed = grad != null;
        return grad;
    }

    /** Clears the gradient; its memory is kept for the next one, unless user code may hold it. */
    @Override
    public synchronized void clear() {
        grad = null;
        if (isExposed) buffer = null;
        isExposed = false;
    }

    /** Accumulates a gradient. One that can be differentiated again, or that has a tangent, is stored as it is. */
    synchronized void accumulate(Value contribution) {
        if (contribution.isDifferentiable()) {
            grad = grad == null ? contribution : Value.arithmetic().add(grad, contribution);
            return;
        }
        Array g = contribution.array();
        if (grad == null) {
            adopt(g);
            grad = Value.of(buffer, "grad");
        } else if (grad.isDifferentiable()) {
            grad = Value.arithmetic().add(grad, contribution);
        } else if (isExposed) {
            Array sum = Workspace.allocateLike(value);
            Kernels.current().add(buffer, g, sum);
            buffer = sum;
            grad = Value.of(buffer, "grad");
            isExposed = false;
        } else {
            Kernels.current().add(buffer, g, buffer);
        }
        if (buffer != null) buffer.touch();
    }

    /** Takes over a new gradient: exchanges its memory for the buffer's, or else copies it to the buffer. */
    private void adopt(Array fresh) {
        Array taken = buffer == null ? null : fresh.swapMemory(buffer);
        if (taken != null) {
            buffer = taken;
            return;
        }
        if (buffer == null) buffer = Workspace.allocateLike(value);
        Kernels.current().copy(fresh, buffer);
    }
}
