package dev.adjoint.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Tensor;
import org.junit.jupiter.api.Test;

class LossesTest {
    private final Tensor logits = Tensor.of(new double[][] {{1, 2, 3}, {0, 0, 0}});
    private final Tensor target = Tensor.of(2, 0);

    @Test
    void reductions() {
        double first = Math.log(Math.exp(-2) + Math.exp(-1) + 1);
        double second = Math.log(3);
        assertArrayEquals(
                new double[] {first, second},
                Losses.crossEntropy(logits, target, Reduction.NONE).toDoubles(),
                1e-12);
        assertEquals(
                first + second,
                Losses.crossEntropy(logits, target, Reduction.SUM).item(),
                1e-12);
        assertEquals((first + second) / 2, Losses.crossEntropy(logits, target).item(), 1e-12);
        assertEquals(14.0 / 6, Losses.mse(logits, Tensor.zerosLike(logits)).item(), 1e-12);
        assertEquals(
                14, Losses.mse(logits, Tensor.zerosLike(logits), Reduction.SUM).item(), 1e-12);
    }

    @Test
    void lossesDoNotBroadcast() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Losses.mse(Tensor.ones(32), Tensor.ones(32, 1)))
                .getMessage();
        assertTrue(message.contains("mse: prediction [32], target [32, 1]"), message);
        assertTrue(message.contains("target.reshape(32)"), message);
        assertThrows(IllegalArgumentException.class, () -> Losses.mse(Tensor.ones(2, 3), Tensor.ones(3)));
    }

    @Test
    void labelSmoothingMustBeBetweenZeroAndOne() {
        assertThrows(IllegalArgumentException.class, () -> Losses.crossEntropy(logits, target, Reduction.MEAN, 1.5));
        assertEquals(
                Losses.crossEntropy(logits, target).item(),
                Losses.crossEntropy(logits, target, Reduction.MEAN, 0).item());
        assertEquals(
                logits.logSoftmax(1).mean().neg().item(),
                Losses.crossEntropy(logits, target, Reduction.MEAN, 1).item(),
                1e-12);
    }
}
