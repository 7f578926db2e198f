package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.datasets.files.Npy;
import dev.adjoint.datasets.files.SafeTensors;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Linear;
import dev.adjoint.optim.SGD;
import dev.adjoint.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshot folders and the other files of a run, in any locale and with concurrent runs. */
class SnapshotFolderTest {
    @TempDir
    Path folder;

    private final Locale before = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(before);
    }

    private static Snapshot of(int number) {
        return new Snapshot(Map.of("w", Tensor.of(number)), Map.of());
    }

    private TreeSet<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            TreeSet<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "tr", "fa", "ar", "ar-EG", "my", "ne", "th-TH-u-nu-thai", "hi-IN-u-nu-deva"})
    void fileNamesAndNumbersDoNotDependOnTheLocale(String locale) throws IOException {
        Locale.setDefault(Locale.forLanguageTag(locale));
        Snapshots snapshots = new Snapshots(folder, 2);
        for (int step = 5; step <= 8; step++) snapshots.save(step, of(step));
        assertEquals(
                List.of("snapshot-000000000007.safetensors", "snapshot-000000000008.safetensors"),
                List.copyOf(names()));
        assertEquals(8, snapshots.latest().orElseThrow().tensors().get("w").item());
        Linear model = new Linear(2, 2, true, new Rng(1));
        Trainer trainer = new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1))
                .measure(TopK.accuracy())
                .with(new MetricsLog(folder.resolve("metrics.jsonl"), 1))
                .with(new TensorBoard(folder.resolve("events"), 1));
        trainer.fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 2);
        for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
            assertTrue(line.matches("[\\x20-\\x7e]+"), line);
            JsonParser.parseString(line);
        }
        Npy.write(folder.resolve("x.npy"), Tensor.ones(3, 12));
        assertEquals(12, Npy.read(folder.resolve("x.npy")).shape(1));
        SafeTensors.write(folder.resolve("x.safetensors"), model.stateDict(), Map.of());
        assertEquals(
                2, SafeTensors.open(folder.resolve("x.safetensors")).tensors().size());
        assertTrue(model.summary(Tensor.ones(1, 2)).contains("6"), "summary");
    }

    /** Snapshots written by an earlier version in a locale with non-ASCII digits. */
    @Test
    void snapshotsWithForeignDigitsAreSortedByStep() throws IOException {
        Snapshots snapshots = new Snapshots(folder, 2);
        Path seven = snapshots.save(7, of(7));
        Files.move(seven, folder.resolve("snapshot-۰۰۰۰۰۰۰۰۰۰۰۷.safetensors"));
        snapshots.save(6, of(6));
        snapshots.save(8, of(8));
        assertEquals(2, names().size());
        assertFalse(names().contains("snapshot-000000000006.safetensors"));
        assertTrue(names().contains("snapshot-000000000008.safetensors"));
    }

    @Test
    void snapshotsWithLargeStepNumbersAreSortedByStep() throws IOException {
        Snapshots snapshots = new Snapshots(folder, 1);
        snapshots.save(999_999_999_999L, of(1));
        snapshots.save(1_000_000_000_000L, of(2));
        assertEquals(2, snapshots.latest().orElseThrow().tensors().get("w").item());
    }

    @Test
    void damagedSnapshotsDoNotDisplaceGoodOnes() throws IOException {
        Files.writeString(folder.resolve("snapshot-000000009998.safetensors"), "damaged");
        Files.writeString(folder.resolve("snapshot-000000009999.safetensors"), "damaged");
        Snapshots snapshots = new Snapshots(folder, 2);
        for (int step = 5; step <= 8; step++) snapshots.save(step, of(step));
        assertEquals(8, snapshots.latest().orElseThrow().tensors().get("w").item());
        assertEquals(4, names().size());
        snapshots.clear();
        assertEquals(2, names().size(), "what cannot be read is left to be looked at");
    }

    private Trainer trainer(Path where) {
        Linear model = new Linear(2, 2, true, new Rng(1));
        return new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1))
                .saveTo(new Snapshots(where, 2))
                .saveEverySteps(1);
    }

    /** Locks a snapshot folder until the process is ended. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (Snapshots.Hold hold = new Snapshots(Path.of(args[0]), 1).hold()) {
                System.out.println("held");
                System.out.flush();
                if (System.in.read() < 0) System.out.println("the end");
            }
        }
    }

    @Test
    void folderInUseByAnotherProcessIsRefused() throws IOException, InterruptedException {
        Path logs = Files.createDirectory(folder.resolve("logs"));
        Path where = folder.resolve("snapshots");
        Process other = ChildJvm.start(logs, List.of(), Holder.class, where.toString());
        try {
            for (int i = 0; i < 600 && Files.size(logs.resolve("out.txt")) == 0; i++) Thread.sleep(50);
            var e = assertThrows(
                    IllegalStateException.class,
                    () -> trainer(where).fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 1));
            assertTrue(e.getMessage().contains("process " + other.pid()), e.getMessage());
        } finally {
            other.destroyForcibly().waitFor();
        }
        trainer(where).fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 1);
        assertFalse(Files.exists(where.resolve(".lock")));
    }

    @Test
    void nonFiniteNumbersAreWrittenAsNull() throws IOException {
        MetricsLog log = new MetricsLog(folder.resolve("m.jsonl"), 1);
        TrainingRun run = new TrainingRun(
                trainer(folder.resolve("s")), DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 1);
        log.fitBegan(run, new Callback.Plan(1, 0, 0));
        log.epochEnded(run, new Callback.Epoch(1, Map.of("loss", Double.NaN), 1));
        log.fitEnded(run);
        assertTrue(Files.readString(folder.resolve("m.jsonl")).contains("\"loss\":null"));
    }

    @Test
    void metricsAreFlushedBeforeASnapshotIsSaved() throws IOException {
        Path file = folder.resolve("m.jsonl");
        Linear model = new Linear(2, 2, true, new Rng(1));
        List<Integer> lines = new java.util.ArrayList<>();
        Snapshots snapshots = new Snapshots(folder.resolve("s"), 1);
        Trainer trainer = new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1))
                .with(new MetricsLog(file, 1))
                .with(new Callback() {
                    @Override
                    public void saving(TrainingRun run) {
                        try {
                            lines.add(Files.readAllLines(file).size());
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                })
                .saveTo(snapshots)
                .saveEverySteps(1);
        trainer.fit(DataLoader.inOrder(Generated.moons(30, 0.1, new Rng(2)), 10), 1);
        assertEquals(List.of(1, 2, 3), lines);
    }

    /** If a callback fails to start, its exception is reported, and the callbacks that have started are ended. */
    @Test
    void firstExceptionIsReportedWhenACallbackFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        Linear model = new Linear(2, 2, true, new Rng(1));
        Trainer trainer = new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1))
                .with(new MetricsLog(folder.resolve("m.jsonl"), 1))
                .with(new TensorBoard(file.resolve("events"), 1));
        var e = assertThrows(
                java.io.UncheckedIOException.class,
                () -> trainer.fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 1));
        assertTrue(e.getMessage().contains("folder"), e.getMessage());
    }
}
