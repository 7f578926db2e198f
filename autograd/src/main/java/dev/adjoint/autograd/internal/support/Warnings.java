package dev.adjoint.autograd.internal.support;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Warnings that must be seen. They go to the program's log; if the program has no slf4j provider, so that slf4j discards all
 * messages, they go to standard error, each once.
 */
public final class Warnings {
    private static final Set<String> PRINTED = ConcurrentHashMap.newKeySet();

    private Warnings() {}

    /**
     * Logs a warning.
     *
     * @param log the logger of the class that warns
     * @param message the text, with {@code {}} for each argument
     * @param arguments the arguments
     */
    public static void warn(Logger log, String message, Object... arguments) {
        if (!(LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory)) {
            log.warn(message, arguments);
            return;
        }
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        if (PRINTED.add(text)) System.err.println("warning: " + text);
    }
}
