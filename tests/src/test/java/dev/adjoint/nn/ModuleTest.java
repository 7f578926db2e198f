package dev.adjoint.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Numeric;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ModuleTest {
    private static Sequential mlp(long seed) {
        Rng rng = new Rng(seed);
        return new Sequential(
                new Linear(4, 3, true, rng), new ReLU(), new Dropout(0.5, rng), new Linear(3, 2, false, rng));
    }

    @Test
    void parametersHaveNames() {
        assertEquals(
                List.of("0.weight", "0.bias", "3.weight"),
                List.copyOf(mlp(0).namedParameters().keySet()));
        assertEquals(3 * 4 + 3 + 2 * 3, mlp(0).parameterCount());
        assertArrayEquals(new long[] {3, 4}, mlp(0).parameters().get(0).shape());
    }

    @Test
    void toStringShowsTheModuleTree() {
        assertEquals(
                "Sequential(\n  (0): Linear(4 -> 3)\n  (1): ReLU()\n  (2): Dropout(p 0.5)\n  (3): Linear(3 -> 2, no bias)\n)",
                mlp(0).toString());
        assertEquals(
                "Sequential(\n  (0): Sequential(\n    (0): Softmax(axis -1)\n  )\n)",
                new Sequential(new Sequential(new Softmax(-1))).toString());
    }

    @Test
    void trainAndEvalReachAllModules() {
        Sequential model = mlp(0);
        Tensor x = Tensor.ones(8, 4);
        model.eval();
        assertFalse(model.children().get("2").isTraining());
        assertArrayEquals(model.apply(x).toFloats(), model.apply(x).toFloats());
        model.train();
        assertTrue(model.children().get("2").isTraining());
    }

    @Test
    void dropoutPreservesTheMean() {
        Dropout dropout = new Dropout(0.25, new Rng(0));
        Tensor x = Tensor.ones(100_000).requiresGrad(true);
        Tensor y = dropout.apply(x);
        assertEquals(1, y.mean().item(), 0.01);
        assertEquals(0.25, y.eq(0).mean().item(), 0.01);
        y.sum().backward();
        assertArrayEquals(y.toFloats(), x.grad().toFloats());
        dropout.eval();
        assertArrayEquals(x.toFloats(), dropout.apply(x).toFloats());
    }

    @Test
    void linearLayersAreInitialisedAsInPyTorch() {
        Linear layer = new Linear(100, 200, true, new Rng(3));
        double bound = 0.1;
        assertEquals(0, layer.weight().abs().gt(bound).sum().item());
        assertEquals(bound * bound / 3, layer.weight().square().mean().item(), 2e-4);
        assertEquals(0, layer.bias().abs().gt(bound).sum().item());
        assertTrue(layer.weight().requiresGrad() && layer.bias().requiresGrad());
    }

    @Test
    void initialisersGiveTheExpectedVariance() {
        Rng rng = new Rng(0);
        long[] shape = {300, 200};
        assertEquals(2.0 / 200, variance(Init.kaimingUniform(rng, Init.RELU_GAIN, shape)), 3e-4);
        assertEquals(2.0 / 200, variance(Init.kaimingNormal(rng, Init.RELU_GAIN, shape)), 3e-4);
        assertEquals(2.0 / 500, variance(Init.xavierUniform(rng, 1, shape)), 1e-4);
        assertEquals(2.0 / 500, variance(Init.xavierNormal(rng, 1, shape)), 1e-4);
        assertEquals(2.0 / 18, variance(Init.kaimingNormal(rng, Init.RELU_GAIN, 400, 2, 3, 3)), 5e-3);
        assertThrows(IllegalArgumentException.class, () -> Init.xavierNormal(rng, 1, 3));
    }

    private static double variance(Tensor x) {
        return x.square().mean().item() - Math.pow(x.mean().item(), 2);
    }

    @Test
    void layersAgreeWithTheTensorOps() {
        Tensor x = Tensor.of(new float[] {-1, 2, 0.5f, 3}, 2, 2);
        assertArrayEquals(x.relu().toFloats(), new ReLU().apply(x).toFloats());
        assertArrayEquals(x.tanh().toFloats(), new Tanh().apply(x).toFloats());
        assertArrayEquals(x.sigmoid().toFloats(), new Sigmoid().apply(x).toFloats());
        assertArrayEquals(x.softmax(1).toFloats(), new Softmax(1).apply(x).toFloats());
        assertArrayEquals(
                x.logSoftmax(1).toFloats(), new LogSoftmax(-1).apply(x).toFloats());
        assertArrayEquals(
                new long[] {2, 12}, new Flatten().apply(Tensor.ones(2, 3, 4)).shape());
    }

    @Test
    void aModelInFloat64PassesTheGradientCheck() {
        Sequential model = mlp(1);
        model.eval();
        model.to(DType.FLOAT64);
        assertEquals(DType.FLOAT64, model.parameters().get(0).dtype());
        Tensor x = Tensor.uniform(new Rng(4), DType.FLOAT64, -1, 1, 5, 4);
        Numeric.check("mlp", in -> model.apply(in[0]), x);
        assertThrows(IllegalArgumentException.class, () -> model.to(DType.INT64));
    }

    @Test
    void stateDictsCanBeLoadedIntoOtherModels() {
        Sequential from = mlp(1);
        Sequential to = mlp(2);
        to.loadStateDict(from.stateDict());
        from.eval();
        to.eval();
        Tensor x = Tensor.ones(2, 4);
        assertArrayEquals(from.apply(x).toFloats(), to.apply(x).toFloats());
    }

    @Test
    void mismatchedStateDictChangesNothing() {
        Sequential model = mlp(1);
        float[] before = model.parameters().get(0).toFloats();
        Map<String, Tensor> state = new TreeMap<>(mlp(2).stateDict());
        state.remove("3.weight");
        state.put("extra", Tensor.ones(1));
        state.put("0.bias", Tensor.ones(4));
        String message = assertThrows(IllegalArgumentException.class, () -> model.loadStateDict(state))
                .getMessage();
        assertTrue(message.contains("missing 3.weight"), message);
        assertTrue(message.contains("unexpected extra"), message);
        assertTrue(message.contains("0.bias is [4], expected [3]"), message);
        assertArrayEquals(before, model.parameters().get(0).toFloats());
    }

    @Test
    void gradientsReachAllParameters() {
        Sequential model = mlp(3);
        model.eval();
        Losses.crossEntropy(model.apply(Tensor.ones(3, 4)), Tensor.of(0, 1, 0)).backward();
        for (Parameter p : model.parameters())
            assertArrayEquals(p.shape(), p.grad().shape());
        model.zeroGrad();
        for (Parameter p : model.parameters()) assertNull(p.grad());
    }

    @Test
    void namesAreUnique() {
        assertThrows(IllegalArgumentException.class, () -> new Module() {
            {
                parameter("w", Tensor.ones(1));
                parameter("w", Tensor.ones(1));
            }

            @Override
            protected Tensor forward(Tensor x) {
                return x;
            }
        });
    }

    @Test
    void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Linear(0, 3));
        assertThrows(IllegalArgumentException.class, () -> new Dropout(1));
        assertThrows(IllegalArgumentException.class, () -> new Dropout(Double.NaN));
    }

    @Test
    void sharedLayerIsCountedOnce() {
        Linear layer = new Linear(3, 3);
        Sequential model = new Sequential(layer, new ReLU(), layer);
        assertEquals(2, model.parameters().size());
        assertEquals(12, model.parameterCount());
        assertEquals(4, model.stateDict().size());
    }

    @Test
    void aModelConvertedInsideAScopeOutlivesIt() {
        Linear layer = new Linear(2, 2);
        try (Scope step = Scope.open()) {
            layer.to(DType.FLOAT64);
        }
        assertEquals(
                DType.FLOAT64, layer.apply(Tensor.ones(DType.FLOAT64, 1, 2)).dtype());
    }
}
