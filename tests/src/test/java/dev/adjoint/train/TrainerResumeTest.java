package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batches;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.datasets.StreamLoader;
import dev.adjoint.datasets.Streaming;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.datasets.Transform;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An interrupted and resumed run is equivalent to an uninterrupted one. */
class TrainerResumeTest {
    private static final int EPOCHS = 4;
    private static final TensorDataset MOONS = Generated.moons(90, 0.2, new Rng(3));

    @TempDir
    private Path folder;

    /** A program that is started anew for each part of a run; the parts share only files. */
    private final class Program {
        final Rng rng = new Rng(1);
        final Sequential model = new Sequential(
                new Linear(2, 16, true, rng),
                new ReLU(),
                new Dropout(0.3, rng),
                new Linear(16, 16, true, rng),
                new ReLU(),
                new Dropout(0.3, new Rng(77)),
                new Linear(16, 2, true, rng));
        final Adam adam = new Adam(model.parameters(), 0.02);
        final EarlyStopping stopping = EarlyStopping.min("val_loss").patience(2);
        final Trainer trainer;
        final Batches data;

        Program(String name, Function<Rng, Batches> loader) {
            data = loader.apply(rng);
            trainer = new Trainer(model, new CrossEntropyLoss(), adam)
                    .accumulate(2)
                    .clipNorm(1)
                    .scheduleEachEpoch(new Scheduler(adam, Schedule.exponential(0.8)))
                    .scheduleEachStep(new Scheduler(adam, Schedule.cosine(60, 0)))
                    .measure(TopK.accuracy())
                    .measure(new ConfusionMatrix(2))
                    .validate(DataLoader.inOrder(MOONS, 45))
                    .with(stopping)
                    .with(new MetricsLog(folder.resolve(name + ".jsonl"), 3))
                    .saveTo(new Snapshots(folder.resolve(name), 3))
                    .saveEverySteps(1)
                    .setting("rate", 0.02);
        }

        float[] weights() {
            return Tensor.concat(
                            0, model.parameters().stream().map(Tensor::flatten).toArray(Tensor[]::new))
                    .toFloats();
        }
    }

    /** Simulates a power cut during a step. */
    private static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Callback cutAt(long step) {
        return new Callback() {
            @Override
            public void stepEnded(TrainingRun run, Step done) {
                if (done.step() == step) throw new PowerCut();
            }
        };
    }

    static Stream<Arguments> loaders() {
        Streaming stream = () -> IntStream.range(0, MOONS.size())
                .mapToObj(i -> new Streaming.Example(
                        MOONS.inputs(i).select(0, 0), MOONS.targets(i).select(0, 0)))
                .iterator();
        Transform noise = (x, rng) -> x.add(Tensor.normal(rng, 0, 0.05, x.shape()));
        return Stream.of(
                loader("shuffled", rng -> DataLoader.shuffled(MOONS, 8, rng)),
                loader("in order, ahead", rng -> DataLoader.inOrder(MOONS, 8).prefetch(2)),
                loader(
                        "noise",
                        rng -> DataLoader.shuffled(MOONS, 8, new Rng(9))
                                .mapInputs(noise)
                                .prefetch(1)),
                loader("stream", rng -> StreamLoader.shuffled(stream, 8, 20, rng)));
    }

    private static Arguments loader(String name, Function<Rng, Batches> loader) {
        return Arguments.argumentSet(name, loader);
    }

    @ParameterizedTest
    @MethodSource("loaders")
    void resumedRunGivesTheSameWeightsBitForBit(Function<Rng, Batches> loader) throws IOException {
        Program whole = new Program("whole", loader);
        List<Callback.Epoch> expected = whole.trainer.fit(whole.data, EPOCHS);
        List<Callback.Epoch> actual = null;
        Program last = null;
        // Also in the middle of an accumulation group of two batches, at the end of an epoch, and twice in one epoch.
        for (long cut : new long[] {1, 4, 9, 12, 13, 24, 31, Long.MAX_VALUE}) {
            last = new Program("broken", loader);
            Program part = last;
            part.trainer.with(cutAt(cut));
            if (cut < Long.MAX_VALUE) {
                assertThrows(PowerCut.class, () -> part.trainer.resume(part.data, EPOCHS));
            } else {
                actual = part.trainer.resume(part.data, EPOCHS);
            }
        }
        assertArrayEquals(whole.weights(), last.weights());
        assertEquals(EPOCHS, actual.size());
        for (int i = 0; i < EPOCHS; i++) {
            assertEquals(expected.get(i).values(), actual.get(i).values());
        }
        assertEquals(whole.stopping.bestEpoch(), last.stopping.bestEpoch());
        assertEquals(lines("whole"), lines("broken"));
    }

    /** The lines of the log without times. */
    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name + ".jsonl")).stream()
                .map(line -> line.replaceAll("\"seconds\":[^,]*,", ""))
                .toList();
    }

    @Test
    void runWithOtherSettingsIsNotResumed() {
        Function<Rng, Batches> loader = rng -> DataLoader.shuffled(MOONS, 8, rng);
        Program first = new Program("other", loader);
        first.trainer.with(cutAt(5));
        assertThrows(PowerCut.class, () -> first.trainer.fit(first.data, EPOCHS));
        Program second = new Program("other", loader);
        float[] before = second.weights();
        second.trainer.setting("rate", 0.5);
        String message = assertThrows(IllegalArgumentException.class, () -> second.trainer.resume(second.data, EPOCHS))
                .getMessage();
        assertTrue(message.contains("{\"rate\":\"0.02\"}, these are {\"rate\":\"0.5\"}"), message);
        assertArrayEquals(before, second.weights());
        Trainer nowhere = new Trainer(second.model, new CrossEntropyLoss(), second.adam);
        assertThrows(IllegalStateException.class, () -> nowhere.resume(second.data, 1));
    }

    /** Bit-for-bit results depend on the JDK, the kernels and the number of threads; resuming with others works, with a warning. */
    @Test
    void resumingOnAnotherJdkWarnsOnce() {
        Function<Rng, Batches> loader = rng -> DataLoader.shuffled(MOONS, 8, rng);
        Program first = new Program("elsewhere", loader);
        first.trainer.with(cutAt(5));
        assertThrows(PowerCut.class, () -> first.trainer.fit(first.data, EPOCHS));
        Snapshots snapshots = new Snapshots(folder.resolve("elsewhere"), 3);
        Snapshot saved = snapshots.latest().orElseThrow();
        Map<String, String> texts = new HashMap<>(saved.texts());
        assertEquals(Integer.toString(Runtime.version().feature()), texts.put("java", "11"));
        snapshots.save(5, new Snapshot(saved.tensors(), texts));
        Program second = new Program("elsewhere", loader);
        try (CapturedLog log = CapturedLog.of(TrainingRun.class)) {
            second.trainer.resume(second.data, EPOCHS);
            List<String> warnings = log.lines().stream()
                    .filter(line -> line.startsWith("the run was started with"))
                    .toList();
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).startsWith("the run was started with java 11, this is "), warnings.get(0));
        }
    }

    @Test
    void newRunDeletesTheSnapshotsOfTheOldOne() {
        Function<Rng, Batches> loader = rng -> DataLoader.shuffled(MOONS, 8, rng);
        Program first = new Program("old", loader);
        first.trainer.with(cutAt(20));
        assertThrows(PowerCut.class, () -> first.trainer.fit(first.data, EPOCHS));
        Program second = new Program("old", loader);
        second.trainer.saveEverySteps(0).with(cutAt(3));
        assertThrows(PowerCut.class, () -> second.trainer.fit(second.data, EPOCHS));
        assertFalse(new Snapshots(folder.resolve("old"), 3).latest().isPresent());
    }

    @Test
    void snapshotsAreSavedByTime() {
        Program program = new Program("time", rng -> DataLoader.shuffled(MOONS, 8, rng));
        program.trainer.saveEverySteps(0).saveEvery(Duration.ofNanos(1)).with(cutAt(5));
        assertThrows(PowerCut.class, () -> program.trainer.fit(program.data, EPOCHS));
        assertEquals(
                4,
                new Snapshots(folder.resolve("time"), 3)
                        .latest()
                        .orElseThrow()
                        .part("part.fit.")
                        .number("step"));
        assertThrows(IllegalArgumentException.class, () -> program.trainer.saveEvery(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> program.trainer.saveEverySteps(-1));
    }
}
