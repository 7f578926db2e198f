package dev.adjoint.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;

/**
 * Configures Logback: warnings only, to standard error, since standard output is for results. {@code -Dadjoint.log=debug} shows the
 * engine's choices. A custom configuration, logback.xml on the class path or the file given by {@code -Dlogback.configurationFile}, takes
 * precedence. Reading this configuration from an XML file would delay the start of each program by a fifth of a second.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class LogToStandardError extends ContextAwareBase implements Configurator {
    /** Called by Logback, which loads this class as a service. */
    public LogToStandardError() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        boolean named = System.getProperty("logback.configurationFile") != null;
        if (named || LogToStandardError.class.getResource("/logback.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Line line = new Line();
        line.setContext(context);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(line);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger("dev.adjoint").setLevel(Level.toLevel(System.getProperty("adjoint.log"), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Formats level, logger and message. A pattern layout would load seventy converter classes. */
    private static final class Line extends LayoutBase<ILoggingEvent> {
        @Override
        public String doLayout(ILoggingEvent event) {
            String line = String.format(
                    Locale.ROOT, "%-5s %s %s%n", event.getLevel(), event.getLoggerName(), event.getFormattedMessage());
            IThrowableProxy thrown = event.getThrowableProxy();
            return thrown == null ? line : line + ThrowableProxyUtil.asString(thrown);
        }
    }
}
