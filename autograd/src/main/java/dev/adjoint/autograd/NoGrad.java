package dev.adjoint.autograd;

import dev.adjoint.autograd.graph.Recording;

/**
 * A stretch of work in which this thread records nothing: values are computed, no result requires a gradient.
 *
 * <pre>{@code
 * try (NoGrad off = NoGrad.open()) {
 *     Tensor prediction = model.forward(x).argmax(1);
 * }
 * }</pre>
 */
public final class NoGrad implements AutoCloseable {
    /** How many are open in a thread. */
    private static final ThreadLocal<Integer> OPEN = ThreadLocal.withInitial(() -> 0);

    private final Recording mode = Recording.set(false);
    private boolean isClosed;

    private NoGrad() {
        OPEN.set(OPEN.get() + 1);
    }

    /**
     * Whether this thread is in such a stretch.
     *
     * @return true if the program has switched recording off
     */
    public static boolean isOpen() {
        return OPEN.get() > 0;
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
        if (isClosed) return;
        mode.close();
        isClosed = true;
        OPEN.set(OPEN.get() - 1);
    }
}
