package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Transforms of batches, and batches of streams. */
class TransformTest {
    private static final int SIDE = 8;

    /** Images with one bright pixel, at (3, 4). */
    private static Tensor dots(int n) {
        float[] pixels = new float[n * SIDE * SIDE];
        for (int i = 0; i < n; i++) pixels[(i * SIDE + 3) * SIDE + 4] = 1;
        return Tensor.of(pixels, n, 1, SIDE, SIDE);
    }

    private static Set<List<Integer>> places(Tensor images) {
        Set<List<Integer>> places = new HashSet<>();
        float[] pixels = images.toFloats();
        int side = (int) images.shape(3);
        for (int i = 0; i < pixels.length; i++) {
            if (pixels[i] == 1) places.add(List.of(i / side % side, i % side));
        }
        return places;
    }

    @Test
    void shiftsReachExactlyThePositionsInRange() {
        Tensor shifted = ImageTransforms.randomShift(2).apply(dots(600), new Rng(1));
        Set<List<Integer>> expected = new HashSet<>();
        for (int y = 1; y <= 5; y++) for (int x = 2; x <= 6; x++) expected.add(List.of(y, x));
        assertEquals(expected, places(shifted));
        assertArrayEquals(
                dots(5).toFloats(),
                ImageTransforms.randomShift(0).apply(dots(5), new Rng(1)).toFloats());
    }

    @Test
    void cropsAreWindowsOfThePaddedImage() {
        Tensor cropped = ImageTransforms.randomCrop(4, 0).apply(dots(400), new Rng(1));
        assertArrayEquals(new long[] {400, 1, 4, 4}, cropped.shape());
        // Windows start at 0 … 4: the dot's row 3 − top is from −1 to 3, its column 4 − left from 0 to 4.
        Set<List<Integer>> expected = new HashSet<>();
        for (int y = 0; y <= 3; y++) for (int x = 0; x <= 3; x++) expected.add(List.of(y, x));
        assertEquals(expected, places(cropped));
        assertEquals(
                SIDE,
                ImageTransforms.randomCrop(SIDE, 4).apply(dots(3), new Rng(1)).shape(2));
        refused("smaller window", () -> ImageTransforms.randomCrop(9, 0).apply(dots(1), new Rng(1)));
    }

    @Test
    void halfOfTheImagesAreFlipped() {
        Tensor flipped = ImageTransforms.randomFlip().apply(dots(1000), new Rng(1));
        assertEquals(Set.of(List.of(3, 4), List.of(3, 3)), places(flipped));
        double mirrored = flipped.select(3, 3).sum().item();
        assertEquals(500, mirrored, 60);
    }

    @Test
    void rotationTurnsAboutTheCentre() {
        // A bar from the centre to the right; after a rotation by a, its pixels are at the angle a.
        int side = 41;
        float[] pixels = new float[side * side];
        for (int x = 25; x < 38; x++) pixels[20 * side + x] = 1;
        Tensor one = Tensor.of(pixels, 1, side, side);
        List<Double> angles = new ArrayList<>();
        for (int seed = 0; seed < 60; seed++) {
            float[] turned =
                    ImageTransforms.randomRotation(30).apply(one, new Rng(seed)).toFloats();
            double y = 0;
            double x = 0;
            double ink = 0;
            for (int i = 0; i < turned.length; i++) {
                y += turned[i] * (i / side - 20);
                x += turned[i] * (i % side - 20);
                ink += turned[i];
            }
            assertEquals(13, ink, 1.2);
            assertEquals(11, Math.hypot(x, y) / ink, 0.3);
            angles.add(Math.toDegrees(Math.atan2(y, x)));
        }
        double least = angles.stream().mapToDouble(a -> a).min().orElseThrow();
        double most = angles.stream().mapToDouble(a -> a).max().orElseThrow();
        assertTrue(least > -30.5 && least < -24 && most < 30.5 && most > 24, least + " to " + most);
    }

    @Test
    void channelsAreTransformedTogetherAndTypesArePreserved() {
        Tensor x = Tensor.uniform(new Rng(4), DType.FLOAT64, 0, 1, 3, 1, 5, 5);
        Tensor two = Tensor.concat(1, x, x.mul(2));
        Tensor moved = ImageTransforms.randomShift(2)
                .then(ImageTransforms.randomRotation(20))
                .apply(two, new Rng(3));
        assertEquals(DType.FLOAT64, moved.dtype());
        assertArrayEquals(
                moved.slice(1, 0, 1).mul(2).toDoubles(), moved.slice(1, 1, 2).toDoubles(), 1e-12);
    }

    @Test
    void valuesAreNormalisedPerChannel() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 1, 2);
        Tensor y = Transform.normalise(new double[] {1, 3}, new double[] {1, 2}).apply(x, new Rng(0));
        assertArrayEquals(new float[] {0, 1, 0, 0.5f, 4, 5, 2, 2.5f}, y.toFloats());
        assertArrayEquals(
                new float[] {-1, -0.5f},
                Transform.normalise(3, 2).apply(Tensor.of(1f, 2f), new Rng(0)).toFloats());
        refused("std 0.0", () -> Transform.normalise(0, 0));
        refused("1 means, 2 standard deviations", () -> Transform.normalise(new double[1], new double[] {1, 1}));
    }

    @Test
    void classesBecomeOneHotRows() {
        assertArrayEquals(
                new float[] {0, 0, 1, 1, 0, 0},
                Transform.oneHot(3).apply(Tensor.of(2, 0), new Rng(0)).toFloats());
        refused("class 3 of example 1", () -> Transform.oneHot(3).apply(Tensor.of(2, 3), new Rng(0)));
    }

    @Test
    void settingsAreChecked() {
        refused("-1 pixels", () -> ImageTransforms.randomShift(-1));
        refused("-1.0 degrees", () -> ImageTransforms.randomRotation(-1));
        refused("size 0, margin 0", () -> ImageTransforms.randomCrop(0, 0));
        refused(
                "put Transform.reshape before it",
                () -> ImageTransforms.randomShift(1).apply(Tensor.ones(2, 784), new Rng(0)));
    }

    private static void refused(String part, Executable wrong) {
        String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
        assertTrue(message.contains(part), message);
    }

    // ---- in loaders ----

    private static DataLoader augmented(int workers) {
        TensorDataset data =
                new TensorDataset(dots(50), Tensor.of(IntStream.range(0, 50).toArray()));
        return DataLoader.shuffled(data, 8, new Rng(6))
                .mapInputs(ImageTransforms.randomShift(3))
                .mapInputs(ImageTransforms.randomRotation(10))
                .mapTargets(Transform.oneHot(50))
                .prefetch(workers);
    }

    private static List<float[]> loops(Batches batches) {
        List<float[]> all = new ArrayList<>();
        for (int loop = 0; loop < 2; loop++) {
            for (Batch batch : batches) {
                all.add(batch.inputs().toFloats());
                all.add(batch.targets().toFloats());
            }
        }
        return all;
    }

    @Test
    void randomTransformsDoNotDependOnTheNumberOfWorkers() {
        List<float[]> alone = loops(augmented(0));
        assertEquals(2 * 2 * 7, alone.size());
        for (int workers : new int[] {1, 4}) {
            List<float[]> ahead = loops(augmented(workers));
            for (int i = 0; i < alone.size(); i++) assertArrayEquals(alone.get(i), ahead.get(i));
        }
        assertFalse(Arrays.equals(alone.get(0), alone.get(2 * 7)), "each loop draws anew");
        assertFalse(Arrays.equals(alone.get(0), alone.get(2)), "each batch draws for itself");
    }

    @Test
    void iterationCanStartInTheMiddleOfAnEpoch() {
        Rng rng = new Rng(8);
        TensorDataset data =
                new TensorDataset(dots(50), Tensor.of(IntStream.range(0, 50).toArray()));
        DataLoader loader = DataLoader.shuffled(data, 8, rng).mapInputs(ImageTransforms.randomShift(3));
        long before = rng.state();
        Iterator<Batch> whole = loader.iterator();
        long after = rng.state();
        for (int i = 0; i < 3; i++) whole.next();
        rng.setState(before);
        Iterator<Batch> rest = loader.from(3);
        assertEquals(after, rng.state());
        while (whole.hasNext()) {
            Batch expected = whole.next();
            Batch actual = rest.next();
            assertArrayEquals(expected.indices(), actual.indices());
            assertArrayEquals(expected.inputs().toFloats(), actual.inputs().toFloats());
        }
        assertFalse(rest.hasNext());
        assertEquals(List.of(rng), loader.generators());
        assertEquals(7, loader.count().orElseThrow());
    }

    // ---- streams ----

    private static Streaming numbers(int n) {
        return () -> IntStream.range(0, n)
                .mapToObj(i -> new Streaming.Example(
                        Tensor.of((float) i, (float) -i), Tensor.of((long) i).reshape()))
                .iterator();
    }

    private static List<Long> order(Batches batches) {
        List<Long> seen = new ArrayList<>();
        for (Batch batch : batches) {
            float[] x = batch.inputs().toFloats();
            long[] y = batch.targets().toLongs();
            assertArrayEquals(new long[] {batch.size(), 2}, batch.inputs().shape());
            for (int i = 0; i < y.length; i++) {
                assertEquals(y[i], x[2 * i]);
                seen.add(y[i]);
            }
        }
        return seen;
    }

    @Test
    void aStreamIsCutIntoBatches() {
        StreamLoader loader = StreamLoader.inOrder(numbers(10), 4);
        assertEquals(IntStream.range(0, 10).mapToObj(i -> (long) i).toList(), order(loader));
        assertTrue(loader.count().isEmpty());
        List<Integer> sizes = new ArrayList<>();
        for (Batch batch : loader) sizes.add(batch.size());
        assertEquals(List.of(4, 4, 2), sizes);
        assertEquals(List.of(), order(StreamLoader.inOrder(numbers(0), 4)));
        refused("batch size 0", () -> StreamLoader.inOrder(numbers(1), 0));
    }

    @Test
    void streamIsShuffledWithinItsBuffer() {
        for (int workers : new int[] {0, 1, 4}) {
            StreamLoader loader =
                    StreamLoader.shuffled(numbers(1000), 7, 100, new Rng(2)).prefetch(workers);
            List<Long> first = order(loader);
            List<Long> second = order(loader);
            assertEquals(1000, new HashSet<>(first).size());
            assertFalse(first.equals(second));
            assertEquals(first, order(StreamLoader.shuffled(numbers(1000), 3, 100, new Rng(2))));
            // The element at index i was among the first i + 100.
            for (int i = 0; i < first.size(); i++) assertTrue(first.get(i) < i + 100);
        }
        List<Long> all = order(StreamLoader.shuffled(numbers(50), 7, 1000, new Rng(2)));
        assertEquals(50, new HashSet<>(all).size());
    }
}
