package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.CustomOp;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.check.GradCheck;
import dev.adjoint.autograd.check.GradReport;
import dev.adjoint.datasets.Batches;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.nn.BatchNorm1d;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Reduction;
import dev.adjoint.nn.Sequential;
import dev.adjoint.optim.ReduceOnPlateau;
import dev.adjoint.optim.SGD;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics, early stopping and checks for a broken network or empty data. */
class NonFiniteTrainingTest {
    private static final double NAN = Double.NaN;

    private static double accuracy(int k, double[][] scores, int... classes) {
        TopK top = new TopK(k);
        top.add(Tensor.of(scores), Tensor.of(classes));
        return top.value();
    }

    @Test
    void equalScoresPredictTheFirstClass() {
        double[][] equal = new double[10][10];
        int[] each = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertEquals(0.1, accuracy(1, equal, each));
        assertEquals(0.5, accuracy(5, equal, each));
        ConfusionMatrix matrix = new ConfusionMatrix(10);
        matrix.add(Tensor.of(equal), Tensor.of(each));
        for (int c = 0; c < 10; c++) assertEquals(1, matrix.counts()[c][0]);
    }

    @Test
    void topKBreaksTiesAsArgmaxDoes() {
        assertEquals(1, accuracy(1, new double[][] {{3, 3, 1}}, 0));
        assertEquals(0, accuracy(1, new double[][] {{3, 3, 1}}, 1));
        assertEquals(1, accuracy(2, new double[][] {{3, 3, 1}}, 1));
    }

    @Test
    void nanScoresCountAsWrong() {
        double[][] nan = {{NAN, NAN}, {NAN, 1}, {1, NAN}, {2, 1}};
        assertEquals(0.25, accuracy(1, nan, 0, 1, 0, 0));
        assertEquals(0.25, accuracy(2, nan, 0, 1, 0, 0));
        ConfusionMatrix matrix = new ConfusionMatrix(2);
        matrix.add(Tensor.of(nan), Tensor.of(new int[] {0, 1, 0, 0}));
        assertArrayEquals(new long[] {1, 0}, matrix.counts()[0]);
        assertArrayEquals(new long[] {0, 0}, matrix.counts()[1]);
        assertArrayEquals(new long[] {2, 1}, matrix.unclassified());
        assertEquals(1.0 / 3, matrix.recall(0));
        ConfusionMatrix same = new ConfusionMatrix(2);
        same.restore(matrix.state());
        assertArrayEquals(matrix.unclassified(), same.unclassified());
    }

    @Test
    void infiniteScoresAreValid() {
        double inf = Double.POSITIVE_INFINITY;
        assertEquals(1, accuracy(1, new double[][] {{-inf, inf}, {1, -inf}}, 1, 0));
    }

    @Test
    void metricsWithoutExamplesAreNan() {
        assertTrue(Double.isNaN(TopK.accuracy().value()));
        assertTrue(Double.isNaN(new ConfusionMatrix(3).value()));
    }

    @Test
    void aClassThatDoesNotExistIsRefused() {
        Tensor scores = Tensor.of(new double[][] {{1, 2}});
        for (int c : new int[] {-1, 2}) {
            Tensor target = Tensor.of(new int[] {c});
            assertThrows(IllegalArgumentException.class, () -> TopK.accuracy().add(scores, target));
            assertThrows(IllegalArgumentException.class, () -> new ConfusionMatrix(2).add(scores, target));
        }
    }

    // ---- GradCheck ----

    private static final Function<Tensor, Tensor> WRONG_LOG =
            CustomOp.of("log", x -> x[0].log()).vjp((g, x, y) -> g.div(x[0]).mul(7))::apply;

    @ParameterizedTest
    @CsvSource({"log, -1", "exp, 800", "sqrt, -2", "wrong log, -1", "NaN, 1"})
    void gradCheckFailsWhenNothingCanBeCompared(String name, double at) {
        Function<Tensor, Tensor> f = switch (name) {
            case "log" -> Tensor::log;
            case "exp" -> Tensor::exp;
            case "sqrt" -> Tensor::sqrt;
            case "wrong log" -> WRONG_LOG;
            default -> x -> x.mul(NAN);
        };
        GradReport report = GradCheck.FIRST_ORDER.check(f, Tensor.of(at, 1.1 * at));
        assertFalse(report.passed(), report.toString());
        assertEquals(0, report.checked());
        assertTrue(report.toString().contains("NaN or infinite"), report.toString());
        assertThrows(AssertionError.class, () -> GradCheck.assertGradients(f, Tensor.of(at)));
    }

    @Test
    void gradCheckReportsIncomparableEntriesAndFailures() {
        GradReport report = GradCheck.FIRST_ORDER.check(Tensor::log, Tensor.of(-1.0, 2.0));
        assertTrue(report.incomparable() > 0, report.toString());
        GradReport wrong = GradCheck.FIRST_ORDER.check(WRONG_LOG, Tensor.of(2.0));
        assertFalse(wrong.passed());
        assertFalse(wrong.failures().isEmpty());
    }

    @Test
    void gradCheckOfIntegerInputsFails() {
        GradReport report = GradCheck.FIRST_ORDER.check(x -> x, Tensor.of(1, 2));
        assertFalse(report.passed());
        assertTrue(report.toString().contains("no floating-point input"), report.toString());
    }

    @Test
    void gradCheckDoesNotChangeRunningStatistics() {
        BatchNorm1d norm = new BatchNorm1d(3);
        GradCheck.FIRST_ORDER.check(norm, Tensor.uniform(new Rng(1), 0, 4, 5, 3));
        assertArrayEquals(
                new double[] {0, 0, 0}, norm.namedBuffers().get("running_mean").toDoubles());
        assertEquals(0, norm.namedBuffers().get("num_batches_tracked").item());
    }

    // ---- early stopping and plateaus ----

    @Test
    void earlyStoppingStopsWhenTheMetricIsAlwaysNan() {
        EarlyStopping stop = new EarlyStopping("val_loss", true, 2);
        TrainingRun run = run();
        stop.fitBegan(run, new Callback.Plan(9, 0, 0));
        int epoch = 0;
        while (!run.isStopped() && epoch < 9) {
            epoch++;
            stop.epochEnded(run, new Callback.Epoch(epoch, Map.of("val_loss", NAN), 1));
        }
        assertEquals(2, epoch);
        assertEquals(0, stop.bestEpoch());
    }

    @Test
    void nanIsNeverTheBestEpoch() {
        EarlyStopping stop = new EarlyStopping("val_loss", true, 5);
        TrainingRun run = run();
        stop.fitBegan(run, new Callback.Plan(9, 0, 0));
        double[] losses = {NAN, 3, NAN, 2, NAN};
        for (int i = 0; i < losses.length; i++) {
            stop.epochEnded(run, new Callback.Epoch(i + 1, Map.of("val_loss", losses[i]), 1));
        }
        assertEquals(4, stop.bestEpoch());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, 0, 1, NAN, Double.POSITIVE_INFINITY})
    void constantMetricReducesTheLearningRate(double metric) {
        SGD sgd = new SGD(List.of(Tensor.ones(1).requiresGrad(true)), 1);
        ReduceOnPlateau plateau = new ReduceOnPlateau(sgd, 0.5, 1);
        for (int i = 0; i < 3; i++) plateau.step(metric);
        assertTrue(sgd.learningRate() <= 0.5, "rate " + sgd.learningRate());
    }

    @Test
    void improvingNegativeMetricKeepsTheLearningRate() {
        SGD sgd = new SGD(List.of(Tensor.ones(1).requiresGrad(true)), 1);
        ReduceOnPlateau plateau = new ReduceOnPlateau(sgd, 0.5, 1);
        for (double metric = 2; metric > -3; metric -= 0.25) plateau.step(metric);
        assertEquals(1, sgd.learningRate());
        ReduceOnPlateau same = new ReduceOnPlateau(sgd, 0.5, 1);
        same.restore(plateau.state());
        assertArrayEquals(plateau.state(), same.state());
    }

    /** Its probabilities become 0 and 1 in float32; the gradient of their logarithms used to be NaN at step 37. */
    @Test
    void saturatedClassifierStaysFinite() {
        Rng rng = new Rng(1);
        Sequential model = new Sequential(new Linear(2, 8, true, rng), new ReLU(), new Linear(8, 1, true, rng));
        SGD sgd = new SGD(model.parameters(), 1);
        Tensor x = Tensor.concat(0, Tensor.normal(rng, -20, 1, 32, 2), Tensor.normal(rng, 20, 1, 32, 2));
        Tensor target = Tensor.concat(0, Tensor.zeros(32, 1), Tensor.ones(32, 1));
        for (int step = 0; step < 200; step++) {
            sgd.zeroGrad();
            Tensor loss = Losses.bce(model.apply(x).sigmoid(), target, Reduction.MEAN);
            loss.backward();
            sgd.step();
            assertTrue(Double.isFinite(loss.item()), "step " + step);
        }
        for (Tensor w : model.parameters()) for (double value : w.toDoubles()) assertTrue(Double.isFinite(value));
    }

    // ---- no data, the wrong optimizer ----

    private static Trainer trainer() {
        Sequential model = new Sequential(new Linear(2, 2));
        return new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1));
    }

    private static TrainingRun run() {
        return new TrainingRun(trainer(), DataLoader.inOrder(Generated.moons(5, 0.1, new Rng(0)), 5), 9);
    }

    @Test
    void emptyLoaderIsRefused() {
        Batches none = new DataLoader(Generated.moons(5, 0.1, new Rng(0)), 10, new Rng(0), true);
        Batches some = DataLoader.inOrder(Generated.moons(5, 0.1, new Rng(0)), 10);
        for (Runnable call : List.<Runnable>of(
                () -> trainer().fit(none, 1),
                () -> trainer().evaluate(none),
                () -> trainer().validate(none).fit(some, 1))) {
            var e = assertThrows(IllegalArgumentException.class, call::run);
            assertTrue(e.getMessage().contains("no batch"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> trainer().fit(some, 0));
    }

    @Test
    void anOptimizerOfAnotherModelIsRefused() {
        Linear model = new Linear(2, 2);
        SGD other = new SGD(new Linear(2, 2).parameters(), 0.1);
        for (Runnable call : List.<Runnable>of(
                () -> new Trainer(model, new CrossEntropyLoss(), other), () -> Lint.watch(model, other))) {
            var e = assertThrows(IllegalArgumentException.class, call::run);
            assertTrue(e.getMessage().contains("belongs to another model"), e.getMessage());
        }
    }

    @Test
    void unfrozenPartOfAModelIsTrained() {
        Linear first = new Linear(2, 3);
        Linear second = new Linear(3, 2);
        Sequential model = new Sequential(first, second);
        first.freeze(true);
        double[] frozen = first.weight().toDoubles();
        double[] free = second.weight().toDoubles();
        Trainer trainer = new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1));
        trainer.fit(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(0)), 10), 1);
        assertArrayEquals(frozen, first.weight().toDoubles());
        assertFalse(java.util.Arrays.equals(free, second.weight().toDoubles()));
        model.freeze(true);
        assertThrows(IllegalArgumentException.class, () -> new SGD(model.parameters(), 0.1));
    }

    @Test
    void evaluationRestoresTheModeOfEachLayer() {
        Dropout frozen = new Dropout(0.5);
        Sequential model = new Sequential(new Linear(2, 2), frozen);
        Trainer trainer = new Trainer(model, new CrossEntropyLoss(), new SGD(model.parameters(), 0.1));
        frozen.eval();
        trainer.evaluate(DataLoader.inOrder(Generated.moons(20, 0.1, new Rng(0)), 10));
        assertTrue(model.isTraining());
        assertFalse(frozen.isTraining());
    }
}
