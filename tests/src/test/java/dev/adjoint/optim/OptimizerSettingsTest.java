package dev.adjoint.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Configuring an optimizer by settings is equivalent to the constructor with all arguments. */
class OptimizerSettingsTest {
    private interface Make extends Function<List<Tensor>, Optimizer> {}

    private static Arguments pair(String name, Make settings, Make constructor) {
        return Arguments.argumentSet(name, settings, constructor);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                pair("SGD", SGD::new, p -> new SGD(p, 1e-3)),
                pair(
                        "SGD, Nesterov",
                        p -> new SGD(p)
                                .learningRate(0.1)
                                .momentum(0.9)
                                .nesterov(true)
                                .weightDecay(0.01),
                        p -> new SGD(p, 0.1, 0.9, 0, true, 0.01)),
                pair(
                        "SGD, dampening",
                        p -> new SGD(p).momentum(0.9).dampening(0.5),
                        p -> new SGD(p, 1e-3, 0.9, 0.5, false, 0)),
                pair("Adam", Adam::new, p -> new Adam(p, 1e-3)),
                pair(
                        "AMSGrad",
                        p -> new Adam(p)
                                .betas(0.8, 0.9)
                                .epsilon(1e-6)
                                .weightDecay(0.1)
                                .amsgrad(true),
                        p -> new Adam(p, 1e-3, 0.8, 0.9, 1e-6, 0.1, true)),
                pair("AdamW", AdamW::new, p -> new AdamW(p, 1e-3, 0.9, 0.999, 1e-8, 1e-2)),
                pair("NAdam", p -> new NAdam(p).momentumDecay(0.1), p -> new NAdam(p, 2e-3, 0.9, 0.999, 1e-8, 0, 0.1)),
                pair(
                        "RMSprop",
                        p -> new RMSprop(p)
                                .alpha(0.9)
                                .epsilon(1e-6)
                                .momentum(0.5)
                                .centered(true),
                        p -> new RMSprop(p, 1e-2, 0.9, 1e-6, 0, 0.5, true)),
                pair("Adagrad", p -> new Adagrad(p).decay(0.1).epsilon(1e-8), p -> new Adagrad(p, 1e-2, 0.1, 0, 1e-8)),
                pair("Adadelta", p -> new Adadelta(p).rho(0.8).epsilon(1e-5), p -> new Adadelta(p, 1, 0.8, 1e-5, 0)));
    }

    private static float[] trained(Make make) {
        Tensor w = Tensor.of(1f, -2f, 3f).requiresGrad(true);
        Optimizer optimizer = make.apply(List.of(w));
        for (int step = 0; step < 5; step++) {
            w.square().sum().backward();
            optimizer.step();
            optimizer.zeroGrad();
        }
        return w.toFloats();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void settingsAndConstructorGiveTheSameOptimizer(Make settings, Make constructor) {
        assertArrayEquals(trained(constructor), trained(settings));
        List<Tensor> w = List.of(Tensor.ones(2).requiresGrad(true));
        assertEquals(
                constructor.apply(w).stateDict().keySet(),
                settings.apply(w).stateDict().keySet());
    }

    @Test
    void aSettingAfterAStepIsRefused() {
        Tensor w = Tensor.ones(2).requiresGrad(true);
        Adam adam = new Adam(List.of(w));
        w.sum().backward();
        adam.step();
        String message = assertThrows(IllegalStateException.class, () -> adam.betas(0.5, 0.5))
                .getMessage();
        assertTrue(message.startsWith("Adam: betas is set after the first step"), message);
        adam.learningRate(0.5); // still allowed, since schedules do this
        assertEquals(0.5, adam.learningRate());
    }

    @Test
    void stateOfADisabledSettingIsNotKept() {
        Tensor w = Tensor.ones(2).requiresGrad(true);
        SGD sgd = new SGD(List.of(w)).momentum(0.9).momentum(0);
        assertTrue(sgd.stateDict().keySet().stream().noneMatch(name -> name.startsWith("velocity")));
        assertThrows(IllegalArgumentException.class, () -> sgd.nesterov(true));
        assertThrows(IllegalArgumentException.class, () -> sgd.momentum(-1));
    }
}
