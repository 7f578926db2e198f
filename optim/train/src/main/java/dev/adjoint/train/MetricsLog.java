package dev.adjoint.train;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
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
 * Writes metrics to a JSON Lines file: {@code {"step":100,"loss":0.31,"learning_rate":0.001}} at regular steps and
 * {@code {"step":469,"epoch":1,"seconds":1.2,"loss":0.28,"val_accuracy":0.96}} after each epoch; NaN and infinite values are
 * {@code null}. A resumed run appends to the same file and replaces the lines of steps that are repeated.
 */
public final class MetricsLog implements Callback {
    private static final String STEP = "step";
    private static final String EPOCH = "epoch";

    private final Path file;
    private final int every;
    private Writer out;
    private long step;

    /**
     * Makes a log.
     *
     * @param file the file, such as metrics.jsonl; its directory is created if it does not exist
     * @param every the number of steps between log lines, at least 1
     * @throws IllegalArgumentException if {@code every} is below 1
     */
    public MetricsLog(Path file, int every) {
        if (every < 1) throw new IllegalArgumentException("MetricsLog: every " + every + " steps: expected at least 1");
        this.file = file;
        this.every = every;
    }

    @Override
    public void fitBegan(TrainingRun run, Plan plan) {
        step = plan.step();
        withIoErrors(() -> {
            if (file.getParent() != null) Files.createDirectories(file.getParent());
            removeRepeatedLines(plan);
            out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        });
    }

    /** Removes the lines that the run will write again. */
    private void removeRepeatedLines(Plan plan) throws IOException {
        boolean goesOn = plan.step() > 0 && Files.exists(file);
        // As ISO 8859-1, which accepts any bytes: a truncated line may end within a character.
        List<String> lines = goesOn
                ? Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()
                : List.of();
        List<String> kept = lines.stream().filter(line -> isBefore(line, plan)).toList();
        AtomicFile.write(file, to -> {
            for (String line : kept) to.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        });
    }

    private static boolean isBefore(String line, Plan plan) {
        try {
            JsonObject done = JsonParser.parseString(line).getAsJsonObject();
            return done.has(EPOCH)
                    ? done.get(EPOCH).getAsInt() <= plan.done()
                    : done.get(STEP).getAsLong() <= plan.step();
        } catch (JsonParseException e) {
            return false; // truncated when the program was killed
        } catch (RuntimeException e) {
            return true; // a line of another program, without our fields
        }
    }

    @Override
    public void stepEnded(TrainingRun run, Step done) {
        step = done.step();
        if (step % every != 0) return;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.put("loss", done.loss());
        line.put("learning_rate", run.optimizer().learningRate());
        write(line);
    }

    @Override
    public void epochEnded(TrainingRun run, Epoch epoch) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.put(EPOCH, epoch.number());
        line.put("seconds", epoch.seconds());
        line.putAll(epoch.values());
        write(line);
        withIoErrors(out::flush);
    }

    /** Flushes the file: a run resumed from the snapshot writes only the lines after it. */
    @Override
    public void saving(TrainingRun run) {
        withIoErrors(out::flush);
    }

    @Override
    public void fitEnded(TrainingRun run) {
        if (out != null) withIoErrors(out::close);
        out = null;
    }

    private void write(Map<String, Object> line) {
        withIoErrors(() -> out.write(Json.of(line) + "\n"));
    }

    /** An action on the file. */
    private interface IoAction {
        void run() throws IOException;
    }

    private void withIoErrors(IoAction work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
    }
}
