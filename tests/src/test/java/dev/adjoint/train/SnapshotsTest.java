package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import dev.adjoint.datasets.files.SafeTensors;
import dev.adjoint.nn.BatchNorm1d;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Training restored from a snapshot continues bit for bit; damaged snapshots are skipped. */
class SnapshotsTest {
    @TempDir
    private Path folder;

    /** A small program: a model with buffers and dropout, an optimizer with moments, a schedule. */
    private static final class Program {
        final Rng rng = new Rng(4);
        final Sequential model = new Sequential(
                new Linear(3, 5, true, rng), new BatchNorm1d(5), new Dropout(0.3, rng), new Linear(5, 1, true, rng));
        final Adam adam = new Adam(model.parameters(), 0.1);
        final Scheduler scheduler = new Scheduler(adam, Schedule.exponential(0.9));
        final TrainingState state =
                new TrainingState(model, adam).with("all", rng).with("rate", scheduler);

        void train(int steps) {
            for (int i = 0; i < steps; i++) {
                Tensor x = Tensor.normal(rng, 0, 1, 8, 3);
                Losses.mse(model.apply(x), x.sum(true, 1)).backward();
                adam.step();
                adam.zeroGrad();
                scheduler.step();
            }
        }

        float[] weights() {
            return Tensor.concat(
                            0,
                            model.stateDict().values().stream()
                                    .filter(value -> value.dtype().isFloating())
                                    .map(Tensor::flatten)
                                    .toArray(Tensor[]::new))
                    .toFloats();
        }
    }

    @Test
    void restoredRunContinuesBitForBit() {
        Program unbroken = new Program();
        unbroken.train(12);
        Program first = new Program();
        first.train(5);
        Snapshots snapshots = new Snapshots(folder, 2);
        snapshots.save(5, first.state.capture(Map.of("place", "here")));
        first.train(3);
        Program second = new Program();
        second.train(1);
        Snapshot latest = snapshots.latest().orElseThrow();
        assertEquals("here", latest.texts().get("place"));
        second.state.restore(latest);
        second.train(7);
        assertArrayEquals(unbroken.weights(), second.weights());
        assertEquals(unbroken.adam.learningRate(), second.adam.learningRate());
        assertEquals(unbroken.rng.state(), second.rng.state());
    }

    @Test
    void onlyTheLatestSnapshotsAreKept() throws IOException {
        Snapshots snapshots = new Snapshots(folder, 2);
        assertTrue(snapshots.latest().isEmpty());
        for (int step : new int[] {9, 10, 100}) snapshots.save(step, new Snapshot(Map.of(), Map.of("n", "" + step)));
        assertEquals("100", snapshots.latest().orElseThrow().texts().get("n"));
        assertEquals(2, Files.list(folder).count());
        Path other = Files.writeString(folder.resolve("notes.txt"), "mine");
        snapshots.clear();
        assertTrue(snapshots.latest().isEmpty() && Files.exists(other));
        Files.delete(other);
        snapshots.clear();
        assertFalse(Files.exists(folder));
    }

    @Test
    void damagedSnapshotIsSkipped() throws IOException {
        Snapshots snapshots = new Snapshots(folder, 3);
        Path old = snapshots.save(1, new Snapshot(Map.of("w", Tensor.of(1f, 2f)), Map.of("n", "1")));
        Path newest = snapshots.save(2, new Snapshot(Map.of("w", Tensor.of(3f, 4f)), Map.of("n", "2")));
        byte[] good = Files.readAllBytes(newest);
        int survived = 0;
        for (int bit = 0; bit < good.length * 8; bit += 7) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(newest, bad);
            Snapshot latest = snapshots.latest().orElseThrow();
            // Whitespace at the header's end may change to other whitespace, which is not damage.
            String n = latest.texts().get("n");
            if (n.equals("2")) survived++;
            float first = latest.tensors().get("w").toFloats()[0];
            assertEquals(n.equals("2") ? 3 : 1, first, "bit " + bit);
        }
        assertTrue(survived < 10, "went through as good: " + survived);
        for (int length = 0; length < good.length; length += 5) {
            Files.write(newest, Arrays.copyOf(good, length));
            assertEquals("1", snapshots.latest().orElseThrow().texts().get("n"));
        }
        assertEquals("1", Snapshots.read(old).texts().get("n"));
    }

    @Test
    void invalidSnapshotFileIsRefused() throws IOException {
        Path file = folder.resolve("model.safetensors");
        SafeTensors.write(file, Map.of("w", Tensor.of(1f)), Map.of("format", "pt"));
        refused("not a training snapshot", () -> Snapshots.read(file));
        SafeTensors.write(file, Map.of(), Map.of("format", "adjoint-snapshot", "version", "2", "sha256", "0"));
        refused("of version 2, expected 1", () -> Snapshots.read(file));
        assertThrows(IllegalArgumentException.class, () -> new Snapshots(folder, 0));
    }

    @Test
    void snapshotOfAnotherProgramIsRefusedAndChangesNothing() {
        Program program = new Program();
        float[] before = program.weights();
        Sequential other = new Sequential(new Linear(3, 4));
        Snapshot foreign = new TrainingState(other, new Adam(other.parameters(), 1)).capture(Map.of());
        refused("'rng.all'", () -> program.state.restore(foreign));
        Snapshot noMoments = program.state.capture(Map.of());
        noMoments.tensors().keySet().removeIf(name -> name.startsWith("optimizer.m"));
        noMoments.tensors().put("model.0.bias", Tensor.ones(5));
        assertThrows(IllegalArgumentException.class, () -> program.state.restore(noMoments));
        assertArrayEquals(before, program.weights());
    }

    private static void refused(String part, Executable wrong) {
        String message = assertThrows(DataException.class, wrong).getMessage();
        assertTrue(message.contains(part), message);
    }
}
