package dev.adjoint.autograd.internal.engine;

import java.net.URL;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;

/** Makes nodes save every value and the source line that applied the op. It is off by default, because both are costly. */
public final class Tracing extends ThreadSetting<Tracing> {
    private static final String ENGINE = "dev.adjoint.autograd.";
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private Tracing() {
        super(state -> state.tracings);
        begin(this);
    }

    /**
     * Switches tracing on for this thread.
     *
     * @return a handle that restores the previous state when closed
     */
    public static Tracing open() {
        return new Tracing();
    }

    @Override
    void apply(ThreadState state, List<Tracing> open) {
        state.tracing = !open.isEmpty();
    }

    /**
     * The source line that called into the engine.
     *
     * @return the innermost frame outside it
     */
    public static StackTraceElement caller() {
        return STACK.walk(frames -> frames.filter(frame -> !isEngine(frame.getDeclaringClass()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
    }

    /** Tests the package and the jar, since a program may also have classes in a package of this name. */
    private static boolean isEngine(Class<?> type) {
        return type.getName().startsWith(ENGINE) && source(type).equals(source(Tracing.class));
    }

    private static Optional<URL> source(Class<?> type) {
        return Optional.ofNullable(type.getProtectionDomain().getCodeSource()).map(CodeSource::getLocation);
    }
}
