package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Generated;
import dev.adjoint.datasets.TensorDataset;
import dev.adjoint.nn.CrossEntropyLoss;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Init;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Loss;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.MSELoss;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.Sigmoid;
import dev.adjoint.nn.Softmax;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each mistake is reported for a program that has it, and not for the same program without it. */
class LintTest {
    private final Rng rng = new Rng(2);
    private final Tensor x = Tensor.normal(rng, 0, 1, 32, 4);
    private final Tensor classes = x.select(1, 0).gt(0).to(DType.INT64);

    private Sequential classifier() {
        return new Sequential(
                new Linear(4, 16, true, rng), new ReLU(), new Dropout(0.1, rng), new Linear(16, 2, true, rng));
    }

    /** Returns the findings for a plain training loop; the extra work runs after backward in each step. */
    private Set<Lint.Kind> found(Module model, int steps, Consumer<Tensor> extra, boolean zeroGrad) {
        Optimizer optimizer =
                new SGD(model.parameters().stream().filter(Tensor::requiresGrad).toList(), 0.05);
        Lint lint = Lint.watch(model, optimizer);
        try (lint) {
            for (int i = 0; i < steps; i++) {
                Tensor prediction = model.apply(x);
                Tensor loss = Losses.crossEntropy(prediction, classes);
                lint.inspect(prediction, classes, loss);
                loss.backward();
                extra.accept(loss);
                optimizer.step();
                if (zeroGrad) optimizer.zeroGrad();
            }
        }
        return lint.findings().keySet();
    }

    @Test
    void correctLoopHasNoFindings() {
        Sequential model = classifier();
        List<Double> losses = new ArrayList<>();
        Consumer<Tensor> evaluates = loss -> {
            losses.add(loss.item());
            model.eval();
            try (NoGrad off = NoGrad.open()) {
                model.apply(x);
            }
            model.train();
        };
        assertEquals(Set.of(), found(model, 400, evaluates, true));
        assertEquals(400, losses.size());
    }

    @Test
    void gradientAccumulationHasNoFindings() {
        Sequential model = classifier();
        Optimizer optimizer = new SGD(model.parameters(), 0.05);
        try (Lint lint = Lint.watch(model, optimizer)) {
            for (int i = 0; i < 30; i++) {
                Losses.crossEntropy(model.apply(x), classes).backward();
                if (i % 3 != 2) continue;
                optimizer.step();
                optimizer.zeroGrad();
            }
            assertEquals(Map.of(), lint.findings());
        }
    }

    @Test
    void forgottenZeroGradIsReported() {
        assertEquals(Set.of(Lint.Kind.ZERO_GRAD_FORGOTTEN), found(classifier(), 5, loss -> {}, false));
    }

    @Test
    void parametersWithoutGradientAreReported() {
        Module model = new Module() {
            private final Linear used = child("used", new Linear(4, 2, true, rng));

            {
                child("unused", new Linear(4, 2, true, rng));
            }

            @Override
            protected Tensor forward(Tensor input) {
                return used.apply(input);
            }
        };
        assertEquals(Set.of(Lint.Kind.NO_GRADIENT), found(model, 2, loss -> {}, true));
        assertEquals(Set.of(Lint.Kind.NO_GRADIENT), found(model, 9, loss -> {}, true));
        model.children().get("unused").freeze(true);
        assertEquals(Set.of(), found(model, 9, loss -> {}, true));
    }

    @Test
    void evaluationInTrainingModeIsReported() {
        Sequential model = classifier();
        Consumer<Tensor> evaluates = loss -> {
            try (NoGrad off = NoGrad.open()) {
                model.apply(x);
            }
        };
        assertEquals(Set.of(Lint.Kind.EVAL_FORGOTTEN), found(model, 5, evaluates, true));
    }

    @Test
    void keptLossesAreReported() {
        Tensor[] total = {Tensor.of(0f).reshape()};
        assertEquals(
                Set.of(Lint.Kind.LOSSES_KEPT), found(classifier(), 300, loss -> total[0] = total[0].add(loss), true));
    }

    @Test
    void vanishingGradientsAreReported() {
        Sequential deep = new Sequential(IntStream.range(0, 24)
                .mapToObj(i -> i % 2 == 0 ? new Linear(i == 0 ? 4 : 8, 8, true, rng) : new Sigmoid())
                .toList());
        Sequential model = new Sequential(deep, new Linear(8, 2, true, rng));
        assertEquals(Set.of(Lint.Kind.VANISHING_GRADIENTS), found(model, 40, loss -> {}, true));
    }

    @Test
    void explodingGradientsAreReported() {
        Sequential model = new Sequential(new Linear(4, 8, true, rng), new ReLU(), new Linear(8, 1, true, rng));
        Optimizer optimizer = new SGD(model.parameters(), 1e-12);
        Tensor far = Tensor.ones(32, 1).mul(1e6);
        try (Lint lint = Lint.watch(model, optimizer)) {
            for (int i = 0; i < 40; i++) {
                Losses.mse(model.apply(x), far).backward();
                optimizer.step();
                optimizer.zeroGrad();
            }
            assertEquals(Set.of(Lint.Kind.EXPLODING_GRADIENTS), lint.findings().keySet());
        }
    }

    @Test
    void deadUnitsAreReported() {
        Linear first = new Linear(4, 16, true, rng);
        Init.constant(first.bias(), -100);
        Sequential model = new Sequential(first, new ReLU(), new Linear(16, 2, true, rng));
        Set<Lint.Kind> found = found(model, 120, loss -> {}, true);
        assertTrue(found.contains(Lint.Kind.DEAD_UNITS), found::toString);
    }

    @Test
    void softmaxBeforeCrossEntropyIsReported() {
        Sequential model = new Sequential(new Linear(4, 2, true, rng), new Softmax(1));
        assertEquals(Set.of(Lint.Kind.SOFTMAX_TWICE), found(model, 3, loss -> {}, true));
    }

    @Test
    void missingClassesAreReported() {
        Sequential model = new Sequential(new Linear(4, 3, true, rng));
        assertEquals(Set.of(Lint.Kind.MISSING_CLASSES), found(model, 30, loss -> {}, true));
    }

    /** The trainer's DivergenceException names the op, even if only its derivative is NaN. */
    @Test
    void nanLossNamesTheOp() {
        Sequential model = new Sequential(new Linear(2, 1, true, rng));
        TensorDataset data = new TensorDataset(Tensor.ones(4, 2), Tensor.ones(4, 1));
        String forward = message(
                model, (prediction, target) -> prediction.sub(prediction).log().sum(), data);
        assertTrue(
                forward.startsWith("the loss is -Infinity in step 1 (epoch 1, batch 1): forward: op 'log' made"),
                forward);
        String backward = message(
                model, (prediction, target) -> prediction.sub(prediction).sqrt().sum(), data);
        assertTrue(
                backward.startsWith("a gradient is NaN or infinite in step 1 (epoch 1, batch 1): backward of 'sqrt'"),
                backward);
        TensorDataset damaged = new TensorDataset(Tensor.ones(4, 2).mul(Double.NaN), Tensor.ones(4, 1));
        String inputs = message(model, new MSELoss(), damaged);
        assertTrue(inputs.endsWith("the inputs contain NaN or infinite values: fix the data"), inputs);
    }

    private static String message(Module model, Loss loss, TensorDataset data) {
        Trainer trainer = new Trainer(model, loss, new SGD(model.parameters(), 0.1));
        return assertThrows(DivergenceException.class, () -> trainer.fit(DataLoader.inOrder(data, 4), 1))
                .getMessage();
    }

    @Test
    void closeRemovesTheHooks() {
        Sequential model = classifier();
        Optimizer optimizer = new SGD(model.parameters(), 0.05);
        Lint lint = Lint.watch(model, optimizer);
        lint.close();
        for (int i = 0; i < 9; i++) {
            try (Scope step = Scope.open()) {
                Losses.crossEntropy(model.apply(x), classes).backward();
                optimizer.step();
            }
        }
        assertEquals(Map.of(), lint.findings());
    }

    @Test
    void trainerUsesLintUnlessDisabled() {
        Sequential model = new Sequential(new Linear(2, 2, true, rng), new Softmax(1));
        DataLoader moons = DataLoader.shuffled(Generated.moons(40, 0.1, rng), 10, rng);
        Optimizer adam = new Adam(model.parameters());
        try (CapturedLog log = CapturedLog.of(Lint.class)) {
            new Trainer(model, new CrossEntropyLoss(), adam).lint(false).fit(moons, 1);
            assertEquals(List.of(), log.lines());
            new Trainer(model, new CrossEntropyLoss(), adam).fit(moons, 3);
            assertEquals(1, log.lines().size(), () -> log.lines().toString());
            assertTrue(log.lines().get(0).startsWith("cross-entropy is given the output of a softmax"));
        }
    }
}
