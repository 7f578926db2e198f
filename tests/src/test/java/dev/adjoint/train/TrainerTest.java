package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Loss;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.SGD;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The trainer is equivalent to a plain loop, metrics are averaged over examples, and training stops when it should. */
class TrainerTest {
    private static final Loss LOSS = new CrossEntropyLoss();

    /** Creates random points whose class is their quadrant. */
    private static TensorDataset quadrants(int n) {
        Rng rng = new Rng(3);
        float[] points = new float[2 * n];
        int[] classes = new int[n];
        for (int i = 0; i < n; i++) {
            points[2 * i] = (float) rng.nextGaussian();
            points[2 * i + 1] = (float) rng.nextGaussian();
            classes[i] = (points[2 * i] > 0 ? 1 : 0) + (points[2 * i + 1] > 0 ? 2 : 0);
        }
        return new TensorDataset(Tensor.of(points, n, 2), Tensor.of(classes));
    }

    private static Sequential model(double dropout) {
        Rng rng = new Rng(7);
        return new Sequential(
                new Linear(2, 16, true, rng), new ReLU(), new Dropout(dropout, rng), new Linear(16, 4, true, rng));
    }

    private static float[] weights(Module model) {
        return Tensor.concat(0, model.parameters().stream().map(Tensor::flatten).toArray(Tensor[]::new))
                .toFloats();
    }

    @Test
    void trainerAgreesWithAPlainLoop() {
        TensorDataset data = quadrants(50);
        Sequential byHand = model(0.2);
        Adam adam = new Adam(byHand.parameters(), 0.01);
        Scheduler scheduler = new Scheduler(adam, Schedule.exponential(0.5));
        Rng rng = new Rng(1);
        for (int epoch = 1; epoch <= 3; epoch++) {
            for (Batch batch : DataLoader.shuffled(data, 8, rng)) {
                try (Scope step = Scope.open()) {
                    LOSS.forward(byHand.apply(batch.inputs()), batch.targets()).backward();
                    adam.step();
                    adam.zeroGrad();
                }
            }
            scheduler.step();
        }
        Sequential model = model(0.2);
        Optimizer optimizer = new Adam(model.parameters(), 0.01);
        List<Callback.Epoch> history = new Trainer(model, LOSS, optimizer)
                .scheduleEachEpoch(new Scheduler(optimizer, Schedule.exponential(0.5)))
                .measure(TopK.accuracy())
                .validate(DataLoader.inOrder(data, 50))
                .fit(DataLoader.shuffled(data, 8, new Rng(1)), 3);
        assertArrayEquals(weights(byHand), weights(model));
        assertEquals(3, history.size());
        assertEquals(
                List.of("loss", "accuracy", "val_loss", "val_accuracy"),
                List.copyOf(history.get(2).values().keySet()));
        assertTrue(model.isTraining());
    }

    @Test
    void trainerReachesHighAccuracy() {
        TensorDataset data = quadrants(400);
        Sequential model = model(0);
        Trainer trainer = new Trainer(model, LOSS, new Adam(model.parameters(), 0.02)).measure(TopK.accuracy());
        List<Callback.Epoch> history = trainer.fit(DataLoader.shuffled(data, 20, new Rng(1)), 15);
        assertTrue(history.get(14).values().get("accuracy") > 0.95, history::toString);
        assertTrue(
                history.get(14).values().get("loss") < history.get(0).values().get("loss"));
    }

    @Test
    void accumulatedSmallBatchesEqualALargeBatch() {
        TensorDataset data = quadrants(20);
        float[] large = trained(data, 8, 1);
        // 20 = 8 + 8 + 4: the last group consists of a single batch of 4.
        assertArrayEquals(large, trained(data, 4, 2), 1e-6f);
        assertFalse(Arrays.equals(large, trained(data, 4, 1)));
    }

    private static float[] trained(TensorDataset data, int batch, int accumulate) {
        Sequential model = model(0);
        new Trainer(model, LOSS, new SGD(model.parameters(), 0.1))
                .accumulate(accumulate)
                .fit(DataLoader.inOrder(data, batch), 2);
        return weights(model);
    }

    @Test
    void metricsAreAveragedOverExamplesNotBatches() {
        TensorDataset data = quadrants(10);
        Sequential model = model(0);
        Trainer trainer = new Trainer(model, LOSS, new SGD(model.parameters(), 0.1)).measure(TopK.accuracy());
        model.eval();
        assertEquals(trainer.evaluate(DataLoader.inOrder(data, 10)).get("loss"), meanOf(trainer, data, 7), 1e-6);
        assertEquals(
                trainer.evaluate(DataLoader.inOrder(data, 10)).get("accuracy"),
                trainer.evaluate(DataLoader.inOrder(data, 7)).get("accuracy"),
                1e-12);
        assertFalse(model.isTraining());
        Sequential still = model(0);
        Trainer hardly = new Trainer(still, LOSS, new SGD(still.parameters(), 1e-12));
        double learned =
                hardly.fit(DataLoader.inOrder(data, 7), 1).get(0).values().get("loss");
        assertEquals(meanOf(hardly, data, 10), learned, 1e-6);
    }

    private static double meanOf(Trainer trainer, TensorDataset data, int batch) {
        return trainer.evaluate(DataLoader.inOrder(data, batch)).get("loss");
    }

    @Test
    void metricsAgreeWithTheirDefinitions() {
        Tensor scores = Tensor.of(new float[][] {{3, 2, 1}, {1, 3, 2}, {1, 2, 3}, {2, 3, 1}, {5, 5, 0}});
        Tensor classes = Tensor.of(0, 2, 2, 0, 1);
        TopK accuracy = TopK.accuracy();
        TopK two = new TopK(2);
        ConfusionMatrix matrix = new ConfusionMatrix(3);
        for (Metric metric : List.of(accuracy, two, matrix)) metric.add(scores, classes);
        // The tie in the last row is broken in favour of the first class, as argmax does.
        assertEquals(2 / 5.0, accuracy.value(), 1e-12);
        assertEquals(1, two.value(), 1e-12);
        assertEquals("top2", two.name());
        assertArrayEquals(new long[] {1, 1, 0}, matrix.counts()[0]);
        assertArrayEquals(new long[] {1, 0, 0}, matrix.counts()[1]);
        assertArrayEquals(new long[] {0, 1, 1}, matrix.counts()[2]);
        assertEquals(1 / 2.0, matrix.precision(0), 1e-12);
        assertEquals(1 / 2.0, matrix.recall(2), 1e-12);
        assertEquals(2 / 3.0, matrix.f1(2), 1e-12);
        assertEquals((1 / 2.0 + 0 + 2 / 3.0) / 3, matrix.value(), 1e-12);
        accuracy.reset();
        assertTrue(Double.isNaN(accuracy.value()));
        refused("expected scores [N, C] and classes [N]", () -> two.add(scores, Tensor.of(0, 1)));
        refused("expected scores of 3 classes", () -> matrix.add(Tensor.ones(2, 2), Tensor.of(0, 1)));
    }

    @Test
    void bestWeightsAreRestored() {
        TensorDataset data = quadrants(40);
        Sequential model = model(0);
        List<float[]> after = new ArrayList<>();
        EarlyStopping stopping = new EarlyStopping("val_loss", true, 2);
        // A learning rate so large that the loss soon gets worse.
        List<Callback.Epoch> history = new Trainer(model, LOSS, new SGD(model.parameters(), 30))
                .validate(DataLoader.inOrder(data, 40))
                .with(stopping)
                .with(new Callback() {
                    @Override
                    public void epochEnded(TrainingRun run, Epoch epoch) {
                        after.add(weights(run.model()));
                    }
                })
                .fit(DataLoader.inOrder(data, 10), 50);
        int best = 0;
        for (int i = 1; i < history.size(); i++) {
            if (history.get(i).values().get("val_loss")
                    < history.get(best).values().get("val_loss")) best = i;
        }
        assertEquals(best + 1, stopping.bestEpoch());
        assertEquals(best + 3, history.size());
        assertArrayEquals(after.get(best), weights(model));
        refused(
                "no 'val_accuracy' among",
                () -> new Trainer(model, LOSS, new SGD(model.parameters(), 0.1))
                        .with(new EarlyStopping("val_accuracy", false, 1))
                        .fit(DataLoader.inOrder(data, 10), 1));
    }

    @Test
    void learningRateFinderSuggestsARateAndChangesNothing() {
        Sequential model = model(0);
        Optimizer optimizer = new SGD(model.parameters(), 0.5);
        float[] before = weights(model);
        DataLoader data = DataLoader.inOrder(quadrants(60), 10);
        LearningRateFinder found = LearningRateFinder.run(model, LOSS, optimizer, data, 1e-4, 1e4, 100);
        assertArrayEquals(before, weights(model));
        assertEquals(0.5, optimizer.learningRate());
        // A rate that is far too small changes little; one that is far too large diverges before the end.
        assertTrue(found.points().size() < 100, () -> "steps: " + found.points().size());
        assertTrue(found.suggestion() > 1e-2 && found.suggestion() < 100, () -> "rate: " + found.suggestion());
        refused("expected 0 < from < to", () -> LearningRateFinder.run(model, LOSS, optimizer, data, 1, 0.1, 9));
    }

    @Test
    void callbacksSeeEveryStepAndCanStopTraining() {
        List<Callback.Step> steps = new ArrayList<>();
        Sequential model = model(0);
        new Trainer(model, LOSS, new SGD(model.parameters(), 0.1))
                .clipNorm(1e-9)
                .with(new Callback() {
                    @Override
                    public void stepEnded(TrainingRun run, Step step) {
                        steps.add(step);
                        if (step.step() == 4) run.stop();
                    }
                })
                .fit(DataLoader.inOrder(quadrants(20), 8), 9);
        assertEquals(4, steps.size());
        assertEquals(2, steps.get(3).epoch());
        assertEquals(1, steps.get(3).batch());
        assertEquals(20, steps.get(2).examples());
        // With gradients clipped almost to 0, the weights have hardly changed.
        assertArrayEquals(weights(model(0)), weights(model), 1e-8f);
    }

    @Test
    void nanLossStopsTraining() {
        Sequential model = model(0);
        Trainer trainer = new Trainer(
                model, (prediction, target) -> prediction.sum().mul(Double.NaN), new SGD(model.parameters(), 1));
        DataLoader data = DataLoader.inOrder(quadrants(8), 8);
        String message = assertThrows(IllegalStateException.class, () -> trainer.fit(data, 1))
                .getMessage();
        assertTrue(message.startsWith("the loss is NaN in step 1 (epoch 1, batch 1)"), message);
        refused("accumulate: 0 batches", () -> trainer.accumulate(0));
        refused("clipNorm: -1.0", () -> trainer.clipNorm(-1));
    }

    private static void refused(String part, Executable wrong) {
        String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Changing a trainer's settings after training has started is refused. */
    @Test
    void settingsAreFixedOnceTrainingHasStarted() {
        Linear model = new Linear(2, 2).rng(new Rng(1));
        Trainer trainer = new Trainer(model, LOSS, new SGD(model.parameters(), 0.1));
        trainer.fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 1);
        assertEquals(
                "Trainer.clipNorm: the settings are fixed once training has started; set it before fit, or make a new Trainer",
                assertThrows(IllegalStateException.class, () -> trainer.clipNorm(1))
                        .getMessage());
        assertThrows(IllegalStateException.class, () -> trainer.measure(TopK.accuracy()));
    }

    @Test
    void historyCannotBeChanged() {
        Linear model = new Linear(2, 2).rng(new Rng(1));
        History history = new Trainer(model, LOSS, new SGD(model.parameters(), 0.1))
                .fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(2)), 10), 2);
        assertEquals(2, history.size());
        assertFalse(history.isInterrupted());
        assertThrows(UnsupportedOperationException.class, () -> history.remove(0));
    }
}
