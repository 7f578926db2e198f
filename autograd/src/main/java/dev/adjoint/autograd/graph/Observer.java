package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;

/** Is told of every op that a thread applies, of the forward pass, of backward and of forward mode. */
@FunctionalInterface
public interface Observer {
    /**
     * An op was applied.
     *
     * @param op the op
     * @param x its operands
     * @param y its value
     */
    void applied(Op op, Tensor[] x, Tensor y);

    /**
     * Tells an observer, and those before it, of every op of this thread until the result is closed.
     *
     * @param observer who is told
     * @return restores the previous state when closed
     */
    static Observation open(Observer observer) {
        return new Observation(observer);
    }

    /** An observer at work. */
    final class Observation implements AutoCloseable {
        private final ThreadState state = ThreadState.get();
        private final Observer before = state.observer;

        private Observation(Observer observer) {
            state.observer = before == null
                    ? observer
                    : (op, x, y) -> {
                        before.applied(op, x, y);
                        observer.applied(op, x, y);
                    };
        }

        @Override
        public void close() {
            state.observer = before;
        }
    }
}
