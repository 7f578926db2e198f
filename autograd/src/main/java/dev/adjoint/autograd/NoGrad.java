package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.engine.Recording;

/**
 * Switches recording off in this thread while it is open: values are computed, but no result requires a gradient.
 *
 * <pre>{@code
 * try (NoGrad off = NoGrad.open()) {
 *     Tensor prediction = model.apply(x).argmax(1);
 * }
 * }</pre>
 */
public final class NoGrad implements AutoCloseable {
    private final Recording off = Recording.noGrad();

    private NoGrad() {}

    /**
     * Whether recording is switched off by a NoGrad in this thread.
     *
     * @return true if a NoGrad is open
     */
    public static boolean isOpen() {
        return Recording.isNoGrad();
    }

    /**
     * Switches recording off for this thread.
     *
     * @return a handle that restores the previous state when closed
     */
    public static NoGrad open() {
        return new NoGrad();
    }

    /**
     * Restores the previous state; closing twice has no effect.
     *
     * @throws IllegalStateException if another thread opened it
     */
    @Override
    public void close() {
        off.close();
    }
}
