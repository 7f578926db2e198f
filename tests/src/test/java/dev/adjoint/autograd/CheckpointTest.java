package dev.adjoint.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.nn.Dropout;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    private static Tensor leaf(double... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    @Test
    void gradientsOfInputsAndCapturedTensorsAgree() {
        Tensor x = leaf(0.3, 0.6);
        Tensor w = leaf(1.5, -0.5);
        Tensor between = w.square(); // not a leaf, and also used outside
        Function<List<Tensor>, Tensor> f =
                in -> in.get(0).mul(w).sin().mul(between).add(in.get(0).exp());
        Tensor plain = f.apply(List.of(x)).add(between).sum();
        Tensor[] expected = Gradients.grad(plain, x, w);
        Tensor again = w.square();
        Tensor saving = Checkpoint.checkpoint(
                        in -> in.get(0).mul(w).sin().mul(again).add(in.get(0).exp()), x)
                .add(again)
                .sum();
        assertEquals(plain.item(), saving.item());
        saving.backward();
        assertArrayEquals(expected[0].toDoubles(), x.grad().toDoubles(), 1e-14);
        assertArrayEquals(expected[1].toDoubles(), w.grad().toDoubles(), 1e-14);
    }

    @Test
    void checkpointsSupportHigherOrdersAndForwardMode() {
        Function<Tensor, Tensor> plain = x -> x.sin().exp().sum();
        Function<Tensor, Tensor> saving =
                x -> Checkpoint.checkpoint(in -> in.get(0).sin().exp(), x).sum();
        Tensor x = Tensor.of(0.4, 0.9);
        Tensor v = Tensor.of(1.0, -1.0);
        double[] expected = Transforms.hvp(plain, x, v).toDoubles();
        assertArrayEquals(expected, Transforms.hvp(saving, x, v).toDoubles(), 1e-14, "forward over reverse");
        Function<Tensor, Tensor> slope = t -> Transforms.grad(saving, t).mul(v).sum();
        assertArrayEquals(expected, Transforms.grad(slope, x).toDoubles(), 1e-14, "reverse over reverse");
        assertEquals(
                Transforms.jvp(plain, x, v).tangent().item(),
                Transforms.jvp(saving, x, v).tangent().item(),
                1e-14);
    }

    @Test
    void recomputationRepeatsTheDropoutMask() {
        Dropout dropout = new Dropout(0.5, new Rng(1));
        Tensor x = Tensor.ones(DType.FLOAT64, 100).requiresGrad(true);
        Tensor y = Checkpoint.checkpoint(in -> dropout.apply(in.get(0)), x);
        dropout.apply(x.detach()); // advances the generator in between
        y.sum().backward();
        assertArrayEquals(y.toDoubles(), x.grad().toDoubles(), "gradient 2 where kept, 0 where dropped");
    }

    @Test
    void checkpointsCanBeNested() {
        Tensor x = leaf(0.5);
        Checkpoint.checkpoint(
                        outer -> Checkpoint.checkpoint(
                                        in -> in.get(0).sin(), outer.get(0).square())
                                .exp(),
                        x)
                .backward();
        double inner = 0.25;
        assertEquals(
                2 * 0.5 * Math.cos(inner) * Math.exp(Math.sin(inner)), x.grad().item(), 1e-14);
    }

    @Test
    void memoryOfAChainGrowsWithTheSquareRootOfItsLength() {
        long short64 = peak(() -> Checkpoint.chain(Collections.nCopies(64, Tensor::sin), input()));
        long long1024 = peak(() -> Checkpoint.chain(Collections.nCopies(1024, Tensor::sin), input()));
        long plain1024 = peak(() -> {
            Tensor y = input();
            for (int i = 0; i < 1024; i++) y = y.sin();
            return y;
        });
        double growth = (double) long1024 / short64;
        assertTrue(growth > 3 && growth < 5, "16 times the length, 4 times the memory: " + growth);
        assertTrue(plain1024 > 10 * long1024, plain1024 + " bytes against " + long1024);
    }

    private static Tensor input() {
        return Tensor.full(DType.FLOAT64, 0.5, 1000).requiresGrad(true);
    }

    private static long peak(Supplier<Tensor> y) {
        try (Scope scope = Scope.open()) {
            Scope.resetPeak();
            y.get().sum().backward();
            return Scope.peakBytes();
        }
    }
}
