package dev.adjoint.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.adjoint.datasets.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what training brings to a file, a JSON object a line: {@code {"step":100,"loss":0.31,"learning_rate":0.001}} every so many
 * steps and {@code {"step":469,"epoch":1,"seconds":1.2,"loss":0.28,"val_accuracy":0.96}} after each epoch. A run that is resumed goes on
 * in the same file; lines of steps that are taken again are replaced.
 */
public final class MetricsLog implements Callback {
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();
    private static final String STEP = "step";
    private static final String EPOCH = "epoch";

    private final Path file;
    private final int every;
    private Writer out;
    private long step;

    /**
     * Names the file.
     *
     * @param file such as metrics.jsonl; its folder is made if it is not there
     * @param every how many steps lie between two that are written, at least 1
     * @throws IllegalArgumentException if it is less
     */
    public MetricsLog(Path file, int every) {
        if (every < 1) throw new IllegalArgumentException("MetricsLog: every " + every + " steps: expected at least 1");
        this.file = file;
        this.every = every;
    }

    @Override
    public void fitBegan(Trainer trainer, Plan plan) {
        step = plan.step();
        attempt(() -> {
            if (file.getParent() != null) Files.createDirectories(file.getParent());
            keep(plan);
            out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        });
    }

    /** Takes the lines away that the run is about to write again. */
    private void keep(Plan plan) throws IOException {
        List<String> lines = plan.step() > 0 && Files.exists(file) ? Files.readAllLines(file) : List.of();
        List<String> kept = lines.stream().filter(line -> isBefore(line, plan)).toList();
        WholeFile.write(file, to -> {
            for (String line : kept) to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        });
    }

    private static boolean isBefore(String line, Plan plan) {
        try {
            JsonObject done = JsonParser.parseString(line).getAsJsonObject();
            return done.has(EPOCH)
                    ? done.get(EPOCH).getAsInt() <= plan.done()
                    : done.get(STEP).getAsLong() <= plan.step();
        } catch (JsonParseException | IllegalStateException e) {
            return false; // cut off when the program was killed
        }
    }

    @Override
    public void stepEnded(Trainer trainer, Step done) {
        step = done.step();
        if (step % every != 0) return;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.put("loss", done.loss());
        line.put("learning_rate", trainer.optimizer().learningRate());
        write(line);
    }

    @Override
    public void epochEnded(Trainer trainer, Epoch epoch) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.put(EPOCH, epoch.number());
        line.put("seconds", epoch.seconds());
        line.putAll(epoch.values());
        write(line);
        attempt(out::flush);
    }

    @Override
    public void fitEnded(Trainer trainer) {
        if (out != null) attempt(out::close);
    }

    private void write(Map<String, Object> line) {
        attempt(() -> out.write(JSON.toJson(line) + "\n"));
    }

    /** Work on the file. */
    private interface Work {
        void run() throws IOException;
    }

    private void attempt(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written (" + e + "); free some space", e);
        }
    }
}
