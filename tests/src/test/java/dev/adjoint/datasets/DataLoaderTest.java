package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataLoaderTest {
    private final Dataset ten = new TensorDataset(
            Tensor.arange(20).reshape(10, 2), Tensor.of(IntStream.range(0, 10).toArray()));

    private static List<Long> order(DataLoader loader) {
        List<Long> seen = new ArrayList<>();
        for (Batch batch : loader) for (long target : batch.targets().toLongs()) seen.add(target);
        return seen;
    }

    @Test
    void everyExampleOccursOncePerEpoch() {
        DataLoader loader = DataLoader.shuffled(ten, 3, new Rng(1));
        List<Long> first = order(loader);
        List<Long> second = order(loader);
        assertEquals(4, loader.batches());
        assertEquals(10, first.stream().distinct().count());
        assertEquals(10, second.stream().distinct().count());
        assertFalse(first.equals(second), "each loop has an order of its own");
        assertEquals(first, order(DataLoader.shuffled(ten, 4, new Rng(1))), "the seed decides, not the batch size");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void batchesDoNotDependOnTheNumberOfWorkers(int workers) {
        DataLoader alone = DataLoader.shuffled(ten, 3, new Rng(1));
        DataLoader ahead = DataLoader.shuffled(ten, 3, new Rng(1)).prefetch(workers);
        for (int loop = 0; loop < 3; loop++) {
            Iterator<Batch> expected = alone.iterator();
            try (Scope scope = Scope.open()) {
                for (Batch batch : ahead) {
                    Batch same = expected.next();
                    assertArrayEquals(same.indices(), batch.indices());
                    assertArrayEquals(same.inputs().toFloats(), batch.inputs().toFloats());
                    assertArrayEquals(same.targets().toLongs(), batch.targets().toLongs());
                }
            }
            assertFalse(expected.hasNext());
        }
    }

    @Test
    void exceptionsOfTheDatasetReachTheConsumer() {
        Dataset broken = new Dataset() {
            @Override
            public int size() {
                return 5;
            }

            @Override
            public Tensor inputs(int... indices) {
                throw new DataException("row " + indices[0] + " is damaged");
            }

            @Override
            public Tensor targets(int... indices) {
                return Tensor.of(indices);
            }
        };
        Iterator<Batch> batches = DataLoader.inOrder(broken, 2).prefetch(2).iterator();
        assertEquals(
                "row 0 is damaged",
                assertThrows(DataException.class, batches::next).getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> DataLoader.inOrder(ten, 2).prefetch(-1));
    }

    @Test
    void inOrderKeepsTheOrderOfTheDataset() {
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), order(DataLoader.inOrder(ten, 4)));
    }

    @Test
    void lastBatchIsSmallerOrDropped() {
        assertEquals(3, DataLoader.inOrder(ten, 4).batches());
        DataLoader dropping = new DataLoader(ten, 4, null, true);
        assertEquals(2, dropping.batches());
        assertEquals(8, order(dropping).size());
        Iterator<Batch> batches = DataLoader.inOrder(ten, 4).iterator();
        assertEquals(4, batches.next().size());
        batches.next();
        assertEquals(2, batches.next().size());
        assertThrows(NoSuchElementException.class, batches::next);
        assertEquals(0, new DataLoader(ten, 11, null, true).batches());
    }

    @Test
    void inputsBelongToTheirTargets() {
        for (Batch batch : DataLoader.shuffled(ten, 3, new Rng(5))) {
            float[] x = batch.inputs().toFloats();
            long[] y = batch.targets().toLongs();
            for (int i = 0; i < y.length; i++)
                assertArrayEquals(new float[] {2 * y[i], 2 * y[i] + 1}, new float[] {x[2 * i], x[2 * i + 1]});
        }
    }

    @Test
    void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> DataLoader.inOrder(ten, 0));
        assertThrows(IllegalArgumentException.class, () -> new TensorDataset(Tensor.ones(3, 2), Tensor.of(1, 2)));
    }

    @Test
    void everyOrderIsEquallyLikely() {
        Dataset three = new TensorDataset(Tensor.zeros(3, 1), Tensor.of(0, 1, 2));
        DataLoader loader = DataLoader.shuffled(three, 3, new Rng(0));
        Map<List<Long>, Integer> counts = new HashMap<>();
        for (int i = 0; i < 6000; i++) counts.merge(order(loader), 1, Integer::sum);
        assertEquals(6, counts.size());
        counts.values().forEach(n -> assertEquals(1000, n, 120));
    }
}
