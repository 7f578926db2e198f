package dev.adjoint.autograd.graph;

/** Whether nodes keep every value, and the line of the program that applied the op. Off unless switched on: both cost. */
public final class Tracing implements AutoCloseable {
    private static final String ENGINE = "dev.adjoint.autograd.";
    private static final StackWalker STACK = StackWalker.getInstance();

    private final ThreadState state = ThreadState.get();
    private final boolean before = state.tracing;

    private Tracing() {
        state.tracing = true;
    }

    /**
     * Switches it on for this thread.
     *
     * @return restores the previous state when closed
     */
    public static Tracing open() {
        return new Tracing();
    }

    @Override
    public void close() {
        state.tracing = before;
    }

    /**
     * The line that called into the engine.
     *
     * @return the innermost frame outside it
     */
    public static StackTraceElement caller() {
        return STACK.walk(frames -> frames.filter(frame -> !isEngine(frame.getClassName()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
    }

    /** The engine's own classes, by package, so that a caller's package may start with the same words. */
    private static boolean isEngine(String className) {
        if (!className.startsWith(ENGINE)) return false;
        String rest = className.substring(ENGINE.length());
        return rest.startsWith("graph.") || rest.startsWith("rules.") || isFace(rest);
    }

    private static boolean isFace(String simpleName) {
        return simpleName.equals("Tensor") || simpleName.endsWith("Ops") || simpleName.startsWith("CustomOp");
    }
}
