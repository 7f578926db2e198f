package dev.adjoint.autograd.graph;

import java.util.List;
import java.util.regex.Pattern;

/** Whether nodes keep every value, and the line of the program that applied the op. Off unless switched on: both cost. */
public final class Tracing extends Switch<Tracing> {
    private static final String ENGINE = "dev.adjoint.autograd.";
    private static final Pattern FACE =
            Pattern.compile("(Tensor|\\w+Ops|CustomOp|Gradients|Transforms|Vjp|Checkpoint|Graph|Anomaly|OpCount)\\b");
    private static final StackWalker STACK = StackWalker.getInstance();

    private Tracing() {
        super(state -> state.tracings);
        begin(this);
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
    void apply(ThreadState state, List<Tracing> open) {
        state.tracing = !open.isEmpty();
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

    /** Engine rooms are known by their package, the face by name: others may live in its package, too. */
    private static boolean isEngine(String className) {
        if (!className.startsWith(ENGINE)) return false;
        String rest = className.substring(ENGINE.length());
        return rest.startsWith("graph.")
                || rest.startsWith("rules.")
                || FACE.matcher(rest).lookingAt();
    }
}
