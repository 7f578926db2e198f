package dev.adjoint.examples;

import com.google.gson.Gson;
import dev.adjoint.train.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How far the main job has come: in which epoch, how far in its data, and what the epochs before it brought. */
final class MnistProgress {
    private static final Gson JSON = new Gson();

    /** What an epoch brought. */
    record Epoch(int epoch, double train_loss, double test_accuracy, double seconds, long images_per_second) {}

    final List<Epoch> history = new ArrayList<>();
    /** From 1. */
    int epoch = 1;
    /** The generator's state when this epoch's order was drawn. */
    long order;
    /** Batches of this epoch that have been learned from, images in them, and the sum of their losses. */
    int batch;

    int seen;
    double total;
    /** Steps in all. */
    long step;

    /** Ends an epoch. */
    void next(Epoch done) {
        history.add(done);
        epoch++;
        batch = 0;
        seen = 0;
        total = 0;
    }

    double loss() {
        return total / seen;
    }

    Map<String, String> toTexts(String settings) {
        return Map.of(
                "settings", settings,
                "epoch", Integer.toString(epoch),
                "order", Long.toString(order),
                "batch", Integer.toString(batch),
                "seen", Integer.toString(seen),
                "total", Double.toString(total),
                "step", Long.toString(step),
                "history", JSON.toJson(history));
    }

    /** Reads what was written; refuses that of a run with other settings, which would not go on as it began. */
    static MnistProgress of(Snapshot snapshot, String settings) {
        Map<String, String> texts = snapshot.texts();
        String theirs = texts.get("settings");
        if (!settings.equals(theirs)) {
            throw new IllegalArgumentException("--resume: the run was started with other settings: " + theirs
                    + ", these are " + settings + "; give the same, or another --out");
        }
        MnistProgress progress = new MnistProgress();
        progress.epoch = Integer.parseInt(texts.get("epoch"));
        progress.order = Long.parseLong(texts.get("order"));
        progress.batch = Integer.parseInt(texts.get("batch"));
        progress.seen = Integer.parseInt(texts.get("seen"));
        progress.total = Double.parseDouble(texts.get("total"));
        progress.step = Long.parseLong(texts.get("step"));
        progress.history.addAll(Arrays.asList(JSON.fromJson(texts.get("history"), Epoch[].class)));
        return progress;
    }
}
