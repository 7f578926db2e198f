package dev.adjoint.autograd.internal.engine;

import java.net.URL;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;

/** Whether nodes keep every value, and the line of the program that applied the op. Off unless switched on: both cost. */
public final class Tracing extends Switch<Tracing> {
    private static final String ENGINE = "dev.adjoint.autograd.";
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

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
        return STACK.walk(frames -> frames.filter(frame -> !isEngine(frame.getDeclaringClass()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
    }

    /** By the package and the jar: a program may have classes in a package of this name, too. */
    private static boolean isEngine(Class<?> type) {
        return type.getName().startsWith(ENGINE) && source(type).equals(source(Tracing.class));
    }

    private static Optional<URL> source(Class<?> type) {
        return Optional.ofNullable(type.getProtectionDomain().getCodeSource()).map(CodeSource::getLocation);
    }
}
