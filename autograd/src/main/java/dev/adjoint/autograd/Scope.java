package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Dual;
import java.util.function.Supplier;

/**
 * A memory scope: the tensors created while it is open are released together when it closes. With a scope around each training
 * step, every step reuses the memory of the step before, and nothing is allocated:
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
 * <p>A tensor created inside must not be used after the scope has closed; that throws an exception which names the op that created
 * the tensor. {@link #keep} makes a tensor outlive the scope; {@code item()} and {@code toFloats()} copy values out of it. Tensors
 * created outside, and the gradients of leaves created outside, are not affected. A scope belongs to the thread that opened it;
 * scopes can be nested. Scopes are optional: without one, the garbage collector frees the memory.
 */
public final class Scope implements AutoCloseable {
    private final Workspace.Frame frame;

    private Scope(Workspace.Frame frame) {
        this.frame = frame;
    }

    /**
     * Opens a scope for this thread, nested in the innermost open one.
     *
     * @return the scope, to be closed by the same thread
     */
    public static Scope open() {
        return new Scope(Workspace.open());
    }

    /**
     * Runs code whose tensors outlive all open scopes, such as the creation of a model inside a step.
     *
     * @param work the code to run
     * @param <T> the type of its result
     * @return its result
     */
    public static <T> T outside(Supplier<T> work) {
        try (Workspace.Frame unpooled = Workspace.openUnpooled()) {
            return work.get();
        }
    }

    /**
     * The peak memory held by this thread's scopes since {@link #resetPeak}.
     *
     * @return bytes
     */
    public static long peakBytes() {
        return Workspace.peakBytes();
    }

    /** Resets the peak to the memory held now. */
    public static void resetPeak() {
        Workspace.resetPeak();
    }

    /**
     * Makes a tensor's value outlive this scope: it moves to the enclosing scope or, if there is none, is left to the garbage
     * collector.
     *
     * @param tensor a tensor created in this scope; any other is only detached
     * @return a tensor with the same value, and the same tangent in forward mode, but without the graph
     */
    public Tensor keep(Tensor tensor) {
        Tensor kept = Tensor.of(frame.keep(tensor.array()), "keep");
        Dual dual = Access.dual(tensor);
        if (dual == null) return kept;
        Tensor primal = keep((Tensor) dual.primal());
        return (Tensor) Access.with(kept, new Dual(primal, keep((Tensor) dual.tangent()), dual.level()));
    }

    /**
     * Releases the memory of the scope. Closing twice has no effect.
     *
     * @throws IllegalStateException if a scope inside this one is still open, or another thread opened it
     */
    @Override
    public void close() {
        frame.close();
    }
}
