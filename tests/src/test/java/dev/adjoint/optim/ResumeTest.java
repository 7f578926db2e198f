package dev.adjoint.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Saving and loading of optimizers, parameter groups, clipping, weight averaging and schedules. */
class ResumeTest {
    private interface Make extends Function<List<Tensor>, Optimizer> {}

    static Stream<Arguments> optimizers() {
        return Stream.of(
                row("SGD", w -> new SGD(w, 0.1, 0.9, 0.2, false, 0.01)),
                row("Adam", w -> new Adam(w, 0.01)),
                row("AMSGrad", w -> new Adam(w, 0.01, 0.9, 0.99, 1e-8, 0.1, true)),
                row("AdamW", w -> new AdamW(w, 0.01)),
                row("RMSprop", w -> new RMSprop(w, 0.01, 0.9, 1e-8, 0.01, 0.5, true)),
                row("Adagrad", w -> new Adagrad(w, 0.1, 0.1, 0, 1e-10)),
                row("Adadelta", w -> new Adadelta(w, 1)),
                row("NAdam", w -> new NAdam(w, 0.01)));
    }

    private static Arguments row(String name, Make make) {
        return Arguments.of(name, make);
    }

    private static Tensor weights() {
        return Tensor.uniform(new Rng(1), -1, 1, 5, 4).requiresGrad(true);
    }

    private static void train(Optimizer optimizer, Tensor w, int from, int to) {
        for (int step = from; step < to; step++) {
            optimizer.zeroGrad();
            Tensor x = Tensor.normal(new Rng(step), 0, 1, 3, 5);
            x.matmul(w).sin().sum().backward();
            optimizer.step();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("optimizers")
    void loadedStateContinuesBitForBit(String name, Make make) {
        Tensor whole = weights();
        train(make.apply(List.of(whole)), whole, 0, 10);
        Tensor first = weights();
        Optimizer before = make.apply(List.of(first));
        train(before, first, 0, 5);
        Tensor second = first.detach().copy().requiresGrad(true);
        Optimizer after = make.apply(List.of(second));
        after.loadStateDict(before.stateDict());
        train(after, second, 5, 10);
        assertArrayEquals(whole.toFloats(), second.toFloats());
    }

    @Test
    void mismatchedStateChangesNothing() {
        Tensor w = weights();
        Adam adam = new Adam(List.of(w));
        Map<String, Tensor> state = new HashMap<>(adam.stateDict());
        state.remove("m.0");
        state.put("v.0", Tensor.zeros(3));
        state.put("x", Tensor.zeros(3));
        String message = assertThrows(IllegalArgumentException.class, () -> adam.loadStateDict(state))
                .getMessage();
        assertTrue(message.contains("missing m.0; v.0 is [3], expected [5, 4]; unexpected x"), message);
    }

    @Test
    void parameterGroupsHaveTheirOwnSettings() {
        Tensor a = Tensor.of(1.0).requiresGrad(true);
        Tensor b = Tensor.of(1.0).requiresGrad(true);
        SGD sgd = new SGD(List.of(a), 0.1);
        ParameterGroup group = sgd.addGroup(List.of(b), 0.01, 0.5);
        a.add(b).backward();
        sgd.step();
        assertEquals(0.9, a.item(), 1e-12);
        assertEquals(1 - 0.01 * 1.5, b.item(), 1e-12);
        group.setLearningRate(0);
        sgd.step();
        assertEquals(1 - 0.01 * 1.5, b.item(), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> sgd.addGroup(List.of(a), 0.1, 0));
    }

    @Test
    void maximizeIncreasesTheObjective() {
        Tensor a = Tensor.of(1.0).requiresGrad(true);
        SGD sgd = new SGD(List.of(a), 0.1);
        sgd.setMaximize(true);
        a.mul(2).backward();
        sgd.step();
        assertEquals(1.2, a.item(), 1e-12);
    }

    @Test
    void clippingKeepsTheDirection() {
        Tensor a = Tensor.of(3.0).requiresGrad(true);
        Tensor b = Tensor.of(4.0).requiresGrad(true);
        a.square().add(b.square()).mul(0.5).backward();
        assertEquals(5, GradientClipping.byNorm(List.of(a, b), 1), 1e-12);
        assertEquals(0.6, a.grad().item(), 1e-6);
        assertEquals(0.8, b.grad().item(), 1e-6);
        assertEquals(1, GradientClipping.byNorm(List.of(a, b), 2), 1e-6);
        assertEquals(0.6, a.grad().item(), 1e-6, "small enough as it was");
        GradientClipping.byValue(List.of(a, b), 0.7);
        assertEquals(0.7, b.grad().item(), 1e-12);
    }

    @Test
    void movingAverageUpdatesAndSwaps() {
        Tensor w = Tensor.of(0.0).requiresGrad(true);
        ExponentialMovingAverage average = new ExponentialMovingAverage(List.of(w), 0.9);
        w.assign(Tensor.of(1.0));
        average.update();
        average.swap();
        assertEquals(0.1, w.item(), 1e-12);
        average.swap();
        assertEquals(1, w.item(), 1e-12);
    }

    @Test
    void schedulesChainAndResume() {
        SGD sgd = new SGD(List.of(weights()), 1);
        Schedule schedule = Schedule.chained(Schedule.linearWarmup(0.5, 1, 2), Schedule.exponential(0.5));
        Scheduler scheduler = new Scheduler(sgd, schedule);
        assertEquals(0.5, sgd.learningRate());
        scheduler.step();
        assertEquals(0.75 * 0.5, sgd.learningRate());
        sgd.setLearningRate(1);
        Scheduler resumed = new Scheduler(sgd, schedule);
        resumed.setSteps(1);
        assertEquals(0.75 * 0.5, sgd.learningRate());
    }

    @Test
    void plateausReduceTheLearningRate() {
        SGD sgd = new SGD(List.of(weights()), 1);
        ReduceOnPlateau plateau = new ReduceOnPlateau(sgd, 0.1, 1);
        for (double loss : new double[] {1, 0.9, 0.9, 0.9}) plateau.step(loss);
        assertEquals(0.1, sgd.learningRate(), 1e-12);
    }
}
