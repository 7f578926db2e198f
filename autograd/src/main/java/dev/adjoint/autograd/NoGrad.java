package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.engine.Recording;

/**
 * A stretch of work in which this thread records nothing: values are computed, no result requires a gradient.
 *
 * <pre>{@code
 * try (NoGrad off = NoGrad.open()) {
 *     Tensor prediction = model.apply(x).argmax(1);
 * }
 * }</pre>
 */
public final class NoGrad implements AutoCloseable {
    private final Recording off = Recording.offForProgram();

    private NoGrad() {}

    /**
     * Whether this thread is in such a stretch.
     *
     * @return true if the program has switched recording off
     */
    public static boolean isOpen() {
        return Recording.isOffForProgram();
    }

    /**
     * Switches recording off for this thread.
     *
     * @return switches it back when closed
     */
    public static NoGrad open() {
        return new NoGrad();
    }

    /**
     * Switches recording back to what it was; closing twice does nothing.
     *
     * @throws IllegalStateException if another thread opened it
     */
    @Override
    public void close() {
        off.close();
    }
}
