package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Checkpoint;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.datasets.Transform;
import dev.adjoint.nn.BatchNorm1d;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.ExponentialMovingAverage;
import dev.adjoint.optim.ReduceOnPlateau;
import dev.adjoint.optim.SGD;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** State that must not change as a side effect, and state that must be restored. */
class StateRestorationTest {
    private static SGD sgd(double rate) {
        return new SGD(List.of(Tensor.ones(1).requiresGrad(true)), rate);
    }

    @Test
    void emptyBatchDoesNotChangeRunningStatistics() {
        BatchNorm1d one = new BatchNorm1d(3);
        one.apply(Tensor.ones(0, 3));
        BatchNorm2d two = new BatchNorm2d(3);
        two.apply(Tensor.ones(0, 3, 4, 4));
        for (var norm : List.of(one, two)) {
            assertArrayEquals(
                    new double[] {0, 0, 0},
                    norm.namedBuffers().get("running_mean").toDoubles());
            assertArrayEquals(
                    new double[] {1, 1, 1},
                    norm.namedBuffers().get("running_var").toDoubles());
            assertEquals(0, norm.namedBuffers().get("num_batches_tracked").item());
        }
        BatchNorm1d single = new BatchNorm1d(1);
        single.apply(Tensor.ones(0, 1));
        assertEquals(0, single.namedBuffers().get("running_mean").item());
    }

    @ParameterizedTest
    @ValueSource(strings = {"double", "gaussian", "int", "long", "boolean", "float", "uniform", "normal"})
    void checkpointRepeatsTheSameRandomValues(String kind) {
        Rng rng = new Rng(3);
        Map<String, ToDoubleFunction<Rng>> draws = new HashMap<>();
        draws.put("double", Rng::nextDouble);
        draws.put("gaussian", Rng::nextGaussian);
        draws.put("int", r -> r.nextInt(1000));
        draws.put("long", r -> r.nextLong() % 1000);
        draws.put("boolean", r -> r.nextBoolean() ? 1 : 0);
        draws.put("float", Rng::nextFloat);
        draws.put("uniform", r -> Tensor.uniform(r, 0, 1, 1).item());
        draws.put("normal", r -> Tensor.normal(r, 0, 1, 1).item());
        Tensor x = Tensor.of(2.0).requiresGrad(true);
        Tensor y = Checkpoint.checkpoint(t -> t.get(0).mul(draws.get(kind).applyAsDouble(rng)), x);
        long after = rng.state();
        rng.nextLong(); // advances the generator
        long now = rng.state();
        y.backward();
        assertEquals(y.item() / 2, x.grad().item(), 1e-12);
        assertEquals(now, rng.state());
        assertNotEquals(after, now);
    }

    @Test
    void learningRateFinderRestoresAllState() {
        Rng shuffle = new Rng(1);
        Dropout dropout = new Dropout(0.5, new Rng(2));
        Dropout frozen = new Dropout(0.5, new Rng(3));
        Sequential model = new Sequential(new Linear(2, 4), dropout, frozen, new BatchNorm1d(4), new Linear(4, 2));
        frozen.eval();
        SGD sgd = new SGD(model.parameters(), 0.1);
        Map<String, double[]> before = new HashMap<>();
        model.stateDict().forEach((name, value) -> before.put(name, value.toDoubles()));
        List<Long> states = model.generators().stream().map(Rng::state).toList();
        long order = shuffle.state();
        LearningRateFinder.run(
                model,
                new CrossEntropyLoss(),
                sgd,
                DataLoader.shuffled(Generated.moons(40, 0.1, new Rng(0)), 10, shuffle),
                1e-4,
                1,
                8);
        model.stateDict().forEach((name, value) -> assertArrayEquals(before.get(name), value.toDoubles(), name));
        assertEquals(states, model.generators().stream().map(Rng::state).toList());
        assertEquals(order, shuffle.state());
        assertEquals(0.1, sgd.learningRate());
        assertTrue(dropout.isTraining());
        assertFalse(frozen.isTraining());
    }

    // ---- schedules ----

    private static final Schedule HALVED = Schedule.exponential(0.5);

    @Test
    void scheduleCreatedAfterLoadingIsNotAppliedTwice() {
        SGD first = sgd(1);
        Scheduler schedule = new Scheduler(first, HALVED);
        schedule.step();
        assertEquals(0.5, first.learningRate());
        SGD second = sgd(1);
        second.loadStateDict(first.stateDict());
        Scheduler later = new Scheduler(second, HALVED);
        later.setSteps(schedule.steps());
        assertEquals(0.5, second.learningRate());
        later.step();
        assertEquals(0.25, second.learningRate());
    }

    @Test
    void secondScheduleStartsFromTheSetLearningRate() {
        SGD sgd = sgd(1);
        new Scheduler(sgd, (base, t) -> 0);
        assertEquals(0, sgd.learningRate());
        new Scheduler(sgd, HALVED);
        assertEquals(1, sgd.learningRate());
    }

    @Test
    void groupAddedLaterIsScheduled() {
        SGD sgd = sgd(1);
        Scheduler schedule = new Scheduler(sgd, HALVED);
        sgd.addGroup(List.of(Tensor.ones(1).requiresGrad(true)), 2, 0);
        schedule.step();
        assertEquals(0.5, sgd.groups().get(0).learningRate());
        assertEquals(1, sgd.groups().get(1).learningRate());
    }

    @Test
    void plateauReductionSurvivesTheNextScheduleStep() {
        SGD sgd = sgd(1);
        Scheduler schedule = new Scheduler(sgd, HALVED);
        ReduceOnPlateau plateau = new ReduceOnPlateau(sgd, 0.1, 0);
        plateau.step(1);
        plateau.step(1);
        assertEquals(0.1, sgd.learningRate(), 1e-12);
        schedule.step();
        assertEquals(0.05, sgd.learningRate(), 1e-12);
    }

    @Test
    void refusedStateChangesNothing() {
        SGD sgd = sgd(0.5);
        Map<String, Tensor> bad = new HashMap<>(sgd.stateDict());
        bad.put("learningRates", Tensor.of(new double[] {Double.NaN}));
        bad.put("steps", Tensor.of(new long[] {9}, 1));
        assertThrows(IllegalArgumentException.class, () -> sgd.loadStateDict(bad));
        assertEquals(0, sgd.stateDict().get("steps").item());
        assertEquals(0.5, sgd.learningRate());
    }

    @Test
    void weightDecayIsPartOfTheState() {
        SGD first = sgd(1);
        first.groups().get(0).setWeightDecay(0.3);
        SGD second = sgd(1);
        second.loadStateDict(first.stateDict());
        assertEquals(0.3, second.groups().get(0).weightDecay());
        Map<String, Tensor> old = new HashMap<>(first.stateDict());
        old.remove("weightDecays");
        old.remove("baseLearningRates");
        old.remove("maximize");
        second.loadStateDict(old); // from a version that did not save weight decay
    }

    @Test
    void maximizeIsPartOfTheState() {
        SGD up = sgd(1);
        up.setMaximize(true);
        Tensor weight = Tensor.ones(1).requiresGrad(true);
        SGD loaded = new SGD(List.of(weight), 1);
        loaded.loadStateDict(up.stateDict());
        weight.mul(3).sum().backward();
        loaded.step();
        assertEquals(4, weight.item());
    }

    @Test
    void averagesAndPlateausAreRestoredFromASnapshot() {
        Linear model = new Linear(2, 1, true, new Rng(1));
        SGD sgd = new SGD(model.parameters(), 1);
        ExponentialMovingAverage average = new ExponentialMovingAverage(model.parameters(), 0.5);
        ReduceOnPlateau plateau = new ReduceOnPlateau(sgd, 0.5, 3);
        TrainingState state =
                new TrainingState(model, sgd).with("average", average).with("plateau", plateau);
        plateau.step(2);
        plateau.step(3);
        Snapshot saved = state.capture(Map.of());
        double[] before = average.stateDict().get("average.0").toDoubles();
        model.weight().assign(Tensor.full(DType.FLOAT32, 9, 1, 2));
        average.update();
        plateau.step(1);
        state.restore(saved);
        assertArrayEquals(before, average.stateDict().get("average.0").toDoubles());
        assertArrayEquals(new double[] {2, 1}, plateau.state());
    }

    /** If the part that is restored last fails, the parts before it are unchanged. */
    @Test
    void failedRestoreChangesNothing() {
        Linear model = new Linear(2, 1, true, new Rng(1));
        SGD sgd = new SGD(model.parameters(), 1);
        Scheduler schedule = new Scheduler(sgd, HALVED);
        Stateful stubborn = new Stateful() {
            @Override
            public Snapshot state() {
                return Snapshot.EMPTY;
            }

            @Override
            public void restore(Snapshot saved) {
                throw new IllegalStateException("no");
            }
        };
        Snapshot saved = new TrainingState(model, sgd)
                .with("s", schedule)
                .with("x", stubborn)
                .capture(Map.of());
        schedule.step();
        model.weight().assign(Tensor.full(DType.FLOAT32, 7, 1, 2));
        TrainingState state = new TrainingState(model, sgd).with("s", schedule).with("x", stubborn);
        assertThrows(IllegalStateException.class, () -> state.restore(saved));
        assertEquals(1, schedule.steps());
        assertEquals(0.5, sgd.learningRate());
        assertEquals(7, model.weight().get(0, 0));
    }

    /** A transform of the targets uses different random values than one of the inputs. */
    @Test
    void inputAndTargetTransformsUseDifferentRandomValues() {
        Transform noise = (x, rng) -> Tensor.uniform(rng, 0, 1, x.shape());
        Tensor zeros = Tensor.zeros(20, 3);
        DataLoader data = DataLoader.inOrder(new TensorDataset(zeros, zeros), 10)
                .mapInputs(noise)
                .mapTargets(noise);
        for (Batch batch : data) {
            double[] inputs = batch.inputs().toDoubles();
            double[] targets = batch.targets().toDoubles();
            for (int i = 0; i < inputs.length; i++) assertNotEquals(inputs[i], targets[i]);
        }
    }

    @Test
    void dropoutOfInfinityIsZero() {
        Dropout dropout = new Dropout(0.5, new Rng(1));
        Tensor x = Tensor.full(DType.FLOAT32, Double.POSITIVE_INFINITY, 50);
        for (double value : dropout.apply(x).toDoubles()) assertTrue(value == 0 || value == Double.POSITIVE_INFINITY);
    }
}
