package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Dual;
import java.util.function.Supplier;

/**
 * A stretch of work whose intermediate tensors are given back together. Opened around a training step, every step runs in the
 * memory of the one before, and nothing is allocated:
 *
 * <pre>{@code
 * try (Scope step = Scope.open()) {
 *     Tensor loss = Losses.crossEntropy(model.apply(x), y);
 *     loss.backward();
 *     optimizer.step();
 *     optimizer.zeroGrad();
 * }
 * }</pre>
 *
 * <p>A tensor made inside must not be used after the scope has closed; that is an error which names the op that made the
 * tensor. {@link #keep} carries one out, {@code item()} and {@code toFloats()} carry out numbers. Tensors made outside, and the
 * gradients of leaves made outside, are not affected. A scope belongs to the thread that opened it; scopes nest. Without any
 * scope everything works as well, and memory is left to the garbage collector.
 */
public final class Scope implements AutoCloseable {
    private final Workspace.Frame frame;

    private Scope(Workspace.Frame frame) {
        this.frame = frame;
    }

    /**
     * Opens a scope for this thread, inside the innermost one that is open.
     *
     * @return the scope, to be closed by the same thread
     */
    public static Scope open() {
        return new Scope(Workspace.open());
    }

    /**
     * Runs something whose tensors outlive every open scope, such as the making of a model inside a step.
     *
     * @param work what to run
     * @param <T> what it makes
     * @return its result
     */
    public static <T> T outside(Supplier<T> work) {
        try (Workspace.Frame unpooled = Workspace.openUnpooled()) {
            return work.get();
        }
    }

    /**
     * The most memory that this thread's scopes held at one time since {@link #resetPeak}: what the work in them needs.
     *
     * @return bytes
     */
    public static long peakBytes() {
        return Workspace.peakBytes();
    }

    /** Starts to look for the peak anew, from what is held now. */
    public static void resetPeak() {
        Workspace.resetPeak();
    }

    /**
     * Carries a tensor's value out of this scope, into the scope around it or to the garbage collector's care.
     *
     * @param tensor a tensor made in this scope; any other is merely detached
     * @return the same value, and tangent in forward mode, without its graph, which ends with the scope
     */
    public Tensor keep(Tensor tensor) {
        Tensor kept = Tensor.of(frame.keep(tensor.array()), "keep");
        Dual dual = Access.dual(tensor);
        if (dual == null) return kept;
        Tensor primal = keep((Tensor) dual.primal());
        return (Tensor) Access.with(kept, new Dual(primal, keep((Tensor) dual.tangent()), dual.level()));
    }

    /**
     * Gives all memory back. Closing twice does nothing.
     *
     * @throws IllegalStateException if a scope inside this one is still open, or another thread opened it
     */
    @Override
    public void close() {
        frame.close();
    }
}
