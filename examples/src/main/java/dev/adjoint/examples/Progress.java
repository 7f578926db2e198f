package dev.adjoint.examples;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Help.Ansi;

/** A progress bar with loss and speed, on a terminal; nothing where there is none. */
final class Progress implements AutoCloseable {
    private static final int UPDATE_MILLIS = 200;
    private static final int WIDTH = 100;

    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    static Progress start(boolean wanted, String task, long images) {
        if (!wanted || !Ansi.AUTO.enabled()) return new Progress(null);
        return new Progress(new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(images)
                .setUnit(" images", 1)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setMaxRenderedLength(WIDTH)
                .clearDisplayOnFinish()
                .build());
    }

    void advance(long seen, double loss) {
        if (bar == null) return;
        bar.stepTo(seen);
        bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
    }
}
