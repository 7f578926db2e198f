package dev.adjoint.autograd.internal.support;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Warnings that must be seen. They go to the program's log; where the program has none, slf4j throws every message away, and they go to
 * standard error, each once.
 */
public final class Warnings {
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private Warnings() {}

    /**
     * Warns.
     *
     * @param log the log of the class that warns
     * @param message the text, with {@code {}} for each argument
     * @param arguments what stands for these
     */
    public static void warn(Logger log, String message, Object... arguments) {
        if (!(LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory)) {
            log.warn(message, arguments);
            return;
        }
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        if (SAID.add(text)) System.err.println("warning: " + text);
    }
}
