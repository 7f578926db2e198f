package dev.adjoint.train;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Prints training progress: on a terminal, a progress bar with the steps of the epoch, loss, metrics, examples per second and remaining
 * time; after each epoch, with or without a terminal, a summary line.
 */
public final class ProgressReport implements Callback {
    private static final int UPDATE_MILLIS = 200;
    private static final int WIDTH = 110;

    private final PrintStream bars;
    private final PrintStream lines;
    private int epochs;
    private ProgressBar bar;
    private long examples;
    private long initialExamples;
    private long lastUpdateNanos;

    /**
     * Makes a report with a progress bar, if the program has a terminal, and summary lines.
     *
     * @param bars the stream for the progress bar, such as System.err; null for none
     * @param lines the stream for the summary lines, such as System.out; null for none
     */
    public ProgressReport(PrintStream bars, PrintStream lines) {
        this(bars, lines, isTerminal());
    }

    ProgressReport(PrintStream bars, PrintStream lines, boolean terminal) {
        this.bars = terminal ? bars : null;
        this.lines = lines;
    }

    /** Before JDK 22, System.console() is null without a terminal; since then Console.isTerminal() has to be called. */
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) return false;
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void fitBegan(TrainingRun run, Plan plan) {
        epochs = plan.epochs();
    }

    @Override
    public void stepEnded(TrainingRun run, Step step) {
        if (bars == null) return;
        if (bar == null) {
            bar = open(step);
            initialExamples = step.examples();
        }
        bar.stepTo(step.batch());
        examples = step.examples();
        long now = System.nanoTime();
        if (now - lastUpdateNanos < UPDATE_MILLIS * 1_000_000L) return;
        lastUpdateNanos = now;
        double seconds = Math.max(1e-3, bar.getElapsedAfterStart().toMillis() / 1e3);
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, " loss %.4f", step.meanLoss()));
        for (Metric metric : run.metrics()) {
            text.append(String.format(Locale.ROOT, "  %s %.4f", metric.name(), metric.value()));
        }
        bar.setExtraMessage(
                text.append(String.format(Locale.ROOT, "  %,.0f examples/s", (examples - initialExamples) / seconds))
                        .toString());
    }

    private ProgressBar open(Step step) {
        return new ProgressBarBuilder()
                .setTaskName("epoch " + step.epoch() + "/" + epochs)
                .setInitialMax(step.batches() == 0 ? -1 : step.batches())
                .startsFrom(step.batch(), Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setMaxRenderedLength(WIDTH)
                .setConsumer(new ConsoleProgressBarConsumer(bars, WIDTH))
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public void epochEnded(TrainingRun run, Epoch epoch) {
        closeBar();
        if (lines == null) return;
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "epoch %" + Integer.toString(epochs).length() + "d/%d", epoch.number(), epochs));
        for (Map.Entry<String, Double> value : epoch.values().entrySet()) {
            text.append(String.format(Locale.ROOT, "  %s %.4f", value.getKey(), value.getValue()));
        }
        lines.println(text.append(String.format(Locale.ROOT, "  %.1f s", epoch.seconds())));
    }

    @Override
    public void fitEnded(TrainingRun run) {
        closeBar();
    }

    private void closeBar() {
        if (bar != null) bar.close();
        bar = null;
    }
}
