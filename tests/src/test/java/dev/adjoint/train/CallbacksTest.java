package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.adjoint.autograd.Rng;
import dev.adjoint.datasets.Batches;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.SGD;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Progress output and logs during training. */
class CallbacksTest {
    @TempDir
    private Path folder;

    private final Rng rng = new Rng(1);
    private final Batches data = DataLoader.shuffled(Generated.moons(60, 0.1, rng), 10, rng);
    private final ByteArrayOutputStream bars = new ByteArrayOutputStream();
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    private Trainer trainer() {
        Sequential model = new Sequential(new Linear(2, 2, true, rng));
        return new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1)).measure(TopK.accuracy());
    }

    private static PrintStream utf8(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private ProgressReport report(boolean terminal) {
        return new ProgressReport(utf8(bars), utf8(lines), terminal);
    }

    @Test
    void progressReportPrintsOnlyEpochLinesWithoutATerminal() {
        trainer().validate(data).with(report(false)).fit(data, 10);
        List<String> said = lines.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(10, said.size());
        String form = "epoch +\\d+/10  loss \\d\\.\\d{4}  accuracy \\d\\.\\d{4}  val_loss \\d\\.\\d{4}"
                + "  val_accuracy \\d\\.\\d{4}  \\d+\\.\\d s";
        for (String line : said) assertTrue(line.matches(form), line);
        assertTrue(said.get(0).startsWith("epoch  1/10"));
        assertEquals("", bars.toString(StandardCharsets.UTF_8));
    }

    @Test
    void progressBarIsShownOnATerminal() {
        Callback slow = new Callback() {
            @Override
            public void stepEnded(TrainingRun run, Step step) {
                try {
                    Thread.sleep(120);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
        trainer().with(slow).with(report(true)).fit(data, 1);
        String drawn = bars.toString(StandardCharsets.UTF_8);
        assertTrue(drawn.contains("epoch 1/1"), drawn);
        assertTrue(drawn.contains("/6 "), drawn);
        assertTrue(drawn.matches("(?s).*loss \\d\\.\\d{4}  accuracy \\d\\.\\d{4}  [\\d,]+ examples/s.*"), drawn);
        assertEquals(1, lines.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void metricsLogHasLinesForEpochsAndSteps() throws IOException {
        Path file = folder.resolve("logs/metrics.jsonl");
        trainer().with(new MetricsLog(file, 4)).fit(data, 2);
        List<JsonObject> all = Files.readAllLines(file).stream()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertEquals(
                List.of(4, 6, 8, 12, 12),
                all.stream().map(line -> line.get("step").getAsInt()).toList());
        assertEquals(0.1, all.get(0).get("learning_rate").getAsDouble());
        assertEquals(2, all.get(4).get("epoch").getAsInt());
        assertTrue(all.get(4).has("seconds")
                && all.get(4).has("loss")
                && all.get(4).has("accuracy"));
        // A new run truncates the file.
        trainer().with(new MetricsLog(file, 4)).fit(data, 1);
        assertEquals(2, Files.readAllLines(file).size());
        assertThrows(IllegalArgumentException.class, () -> new MetricsLog(file, 0));
    }

    @Test
    void tensorBoardGetsAFileForEachRun() throws IOException, InterruptedException {
        Trainer trainer = trainer().with(new TensorBoard(folder.resolve("events"), 1));
        trainer.fit(data, 1);
        Thread.sleep(5); // file names contain the time in milliseconds
        trainer.fit(data, 1);
        try (Stream<Path> files = Files.list(folder.resolve("events"))) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void fitEndedIsCalledAlsoAfterAnError() {
        boolean[] ended = new boolean[1];
        Callback callback = new Callback() {
            @Override
            public void stepEnded(TrainingRun run, Step step) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void fitEnded(TrainingRun run) {
                ended[0] = true;
            }
        };
        assertThrows(IllegalStateException.class, () -> trainer().with(callback).fit(data, 1));
        assertTrue(ended[0]);
    }
}
