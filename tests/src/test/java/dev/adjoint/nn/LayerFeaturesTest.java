package dev.adjoint.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States, masks, hooks, loading, summaries, initialisation and loss objects. */
class LayerFeaturesTest {
    private static final float[] NOTHING = {};
    private final Rng rng = new Rng(5);

    // ---- recurrent layers ----

    @Test
    void splitSequenceGivesTheSameOutputs() {
        for (Recurrent layer : List.of(new RNN(2, 3, rng), new LSTM(2, 3, rng), new GRU(2, 3, rng))) {
            Tensor x = Tensor.normal(rng, 0, 1, 5, 2, 2);
            Recurrent.Sequence whole = layer.run(x);
            Recurrent.Sequence first = layer.run(x.slice(0, 0, 2));
            Recurrent.Sequence rest = layer.run(x.slice(0, 2, 5), first.state().toArray(new Tensor[0]));
            Tensor joined = Tensor.concat(0, first.outputs(), rest.outputs());
            assertArrayEquals(whole.outputs().toFloats(), joined.toFloats(), 1e-6f);
            assertArrayEquals(
                    whole.state().get(0).toFloats(),
                    whole.outputs().select(0, 4).toFloats());
            assertEquals(layer instanceof LSTM ? 2 : 1, whole.state().size());
        }
    }

    @Test
    void cellsAgreeWithTheirLayers() {
        Recurrent layer = new LSTM(2, 3, rng);
        LSTMCell cell = new LSTMCell(2, 3, rng);
        Map<String, Tensor> state = new HashMap<>();
        layer.stateDict().forEach((name, value) -> state.put(name.replace("_l0", ""), value));
        cell.loadStateDict(state);
        Tensor x = Tensor.normal(rng, 0, 1, 2, 4, 2);
        Tensor[] first = cell.step(x.select(0, 0), new Tensor[0]);
        Tensor[] second = cell.step(x.select(0, 1), first);
        Recurrent.Sequence sequence = layer.run(x);
        assertArrayEquals(sequence.outputs().select(0, 1).toFloats(), second[0].toFloats(), 1e-6f);
        assertArrayEquals(sequence.state().get(1).toFloats(), second[1].toFloats(), 1e-6f);
        assertArrayEquals(first[0].toFloats(), cell.apply(x.select(0, 0)).toFloats(), 1e-6f);
    }

    @Test
    void mismatchedStatesAreRefused() {
        LSTM layer = new LSTM(2, 3, rng);
        Tensor x = Tensor.ones(2, 4, 2);
        refused("expected 2 tensors [4, 3]", () -> layer.run(x, Tensor.ones(4, 3)));
        refused("state of 2, [3, 4]", () -> layer.run(x, Tensor.ones(3, 4), Tensor.ones(3, 4)));
    }

    // ---- attention ----

    @Test
    void paddedPositionsAreIgnored() {
        TransformerEncoderLayer layer = new TransformerEncoderLayer(4, 2, 6, rng);
        layer.eval();
        Tensor x = Tensor.normal(rng, 0, 1, 2, 5, 4);
        Tensor mask = Functional.paddingMask(5, 3, 5);
        Tensor filled = Tensor.concat(1, x.slice(1, 0, 3), x.slice(1, 3, 5).mul(9));
        Tensor y = layer.apply(x, mask).select(0, 0).slice(0, 0, 3);
        Tensor z = layer.apply(filled, mask).select(0, 0).slice(0, 0, 3);
        assertArrayEquals(y.toFloats(), z.toFloats(), 1e-6f);
        Tensor alone = layer.apply(x.slice(0, 0, 1).slice(1, 0, 3)).select(0, 0);
        assertArrayEquals(alone.toFloats(), y.toFloats(), 1e-5f);
        refused("expected each from 1 to 5", () -> Functional.paddingMask(5, 0));
    }

    @Test
    void maskedAndLaterPositionsAreIgnoredByCausalAttention() {
        MultiheadAttention layer = new MultiheadAttention(4, 2, true, rng);
        Tensor x = Tensor.normal(rng, 0, 1, 1, 4, 4);
        Tensor changed = Tensor.concat(1, x.slice(1, 0, 1), x.slice(1, 1, 2).mul(9), x.slice(1, 2, 4));
        // The second position is masked for all queries and, since the layer is causal, no query attends to later ones.
        Tensor mask = Tensor.of(1f, 0f, 1f, 1f).reshape(1, 1, 1, 4);
        Tensor y = layer.apply(x, mask).slice(1, 2, 4);
        assertArrayEquals(
                y.toFloats(), layer.apply(changed, mask).slice(1, 2, 4).toFloats(), 1e-6f);
        Tensor later = Tensor.concat(1, x.slice(1, 0, 3), x.slice(1, 3, 4).mul(9));
        assertArrayEquals(
                layer.apply(x, mask).slice(1, 0, 3).toFloats(),
                layer.apply(later, mask).slice(1, 0, 3).toFloats(),
                1e-6f);
    }

    @Test
    void selfAttentionEqualsAttentionWithEqualInputs() {
        MultiheadAttention layer = new MultiheadAttention(6, 3, true, rng);
        Tensor x = Tensor.normal(rng, 0, 1, 2, 4, 6);
        assertArrayEquals(layer.apply(x).toFloats(), layer.apply(x, x, x, null).toFloats(), 1e-6f);
        Tensor keys = Tensor.normal(rng, 0, 1, 2, 7, 6);
        assertArrayEquals(new long[] {2, 4, 6}, layer.apply(x, keys, keys, null).shape());
        refused("mask [3, 3]: expected", () -> layer.apply(x, keys, keys, Tensor.ones(3, 3)));
    }

    @Test
    void positionalEncodingUsesSinesAndCosines() {
        Tensor y = new PositionalEncoding(4, 10).apply(Tensor.zeros(1, 3, 4));
        float[] place2 = y.select(0, 0).select(0, 2).toFloats();
        float[] expected = {(float) Math.sin(2), (float) Math.cos(2), (float) Math.sin(0.02), (float) Math.cos(0.02)};
        assertArrayEquals(expected, place2, 1e-6f);
        refused("L at most 10", () -> new PositionalEncoding(4, 10).apply(Tensor.zeros(1, 11, 4)));
    }

    // ---- modules ----

    @Test
    void forwardHooksSeeAndReplaceOutputs() {
        Linear inner = new Linear(2, 2, true, rng);
        Sequential model = new Sequential(inner, new ReLU());
        List<String> seen = new ArrayList<>();
        Tensor x = Tensor.ones(1, 2);
        float[] plain = model.apply(x).toFloats();
        Module.Handle before = inner.forwardPreHook((module, input) -> input.mul(0));
        Module.Handle after = inner.forwardHook((module, input, output) -> {
            seen.add(module + " " + input.sum().item());
            return output.add(7);
        });
        float[] bias = inner.bias().toFloats();
        assertArrayEquals(new float[] {bias[0] + 7, bias[1] + 7}, model.apply(x).toFloats(), 1e-6f);
        assertEquals(List.of("Linear(2 -> 2) 0.0"), seen);
        before.close();
        after.close();
        assertArrayEquals(plain, model.apply(x).toFloats());
    }

    /** Also for calls with a mask or a state, and for sublayers. */
    @Test
    void forwardHooksRunForEveryOverloadOfApply() {
        MultiheadAttention attention = new MultiheadAttention(4, 2).rng(rng);
        TransformerEncoderLayer encoder = new TransformerEncoderLayer(4, 2, 8, rng);
        LSTM lstm = new LSTM(4, 3).rng(rng);
        GRUCell cell = new GRUCell(4, 3).rng(rng);
        List<String> seen = new ArrayList<>();
        Module.Hook hook = (module, input, output) -> {
            seen.add(module.getClass().getSimpleName());
            return output.mul(0);
        };
        attention.forwardHook(hook);
        encoder.children().get("self_attn").forwardHook(hook);
        lstm.forwardHook(hook);
        cell.forwardHook(hook);
        Tensor x = Tensor.ones(1, 2, 4);
        Tensor mask = Tensor.ones(2, 2);
        assertEquals(0, attention.apply(x, mask).abs().sum().item());
        assertEquals(0, attention.apply(x, x, x, mask).abs().sum().item());
        encoder.apply(x, mask);
        assertEquals(0, lstm.run(x).outputs().abs().sum().item());
        assertEquals(0, cell.step(x.select(1, 0))[0].abs().sum().item());
        assertEquals(
                List.of("MultiheadAttention", "MultiheadAttention", "MultiheadAttention", "LSTM", "GRUCell"), seen);
    }

    @Test
    void nonStrictLoadingIgnoresNamesButNotShapes() {
        Linear layer = new Linear(2, 1, true, rng);
        Map<String, Tensor> state = new HashMap<>();
        state.put("weight", Tensor.ones(1, 2));
        state.put("other", Tensor.ones(1));
        float bias = layer.bias().toFloats()[0];
        String strict = refused("missing bias; unexpected other", () -> layer.loadStateDict(state));
        assertTrue(strict.startsWith("loadStateDict: the state does not match this model"));
        Module.Unmatched unmatched = layer.loadStateDict(state, false);
        assertEquals(new Module.Unmatched(List.of("bias"), List.of("other")), unmatched);
        assertArrayEquals(new float[] {1, 1}, layer.weight().toFloats());
        assertEquals(bias, layer.bias().toFloats()[0]);
        state.put("bias", Tensor.ones(2));
        refused("bias is [2], expected [1]", () -> layer.loadStateDict(state, false));
    }

    @Test
    void summaryCountsParametersAndMultiplyAdds() {
        Sequential model = new Sequential(
                new Conv2d(1, 4, 3, 1), new BatchNorm2d(4), new Flatten(), new Linear(64, 10), new Dropout(0.5));
        model.train();
        String[] lines = model.summary(2, 1, 4, 4).split("\\R");
        assertEquals(7, lines.length);
        // 2 images · 16 positions · 4 kernels · 9 elements; 2 rows · 64 · 10.
        assertTrue(lines[1].matches("Conv2d \\(0\\) +\\[2, 4, 4, 4] +40 +1,152"), lines[1]);
        assertTrue(lines[4].matches("Linear \\(3\\) +\\[2, 10] +650 +1,280"), lines[4]);
        assertTrue(lines[6].matches("total +698 +2,432"), lines[6]);
        assertTrue(model.isTraining());
        assertEquals(0, model.stateDict().get("1.num_batches_tracked").item());
        refused("expected images", () -> model.summary(2, 3));
        assertTrue(model.isTraining());
    }

    // ---- initialisation ----

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9})
    void orthogonalGivesOrthonormalRowsOrColumns(int rows) {
        Tensor w = Init.orthogonal(rng, 2, rows, 2, 2);
        assertArrayEquals(new long[] {rows, 2, 2}, w.shape());
        Tensor matrix = w.reshape(rows, 4);
        Tensor gram = rows <= 4
                ? matrix.matmul(matrix.transpose())
                : matrix.transpose().matmul(matrix);
        int n = Math.min(rows, 4);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) assertEquals(i == j ? 4 : 0, gram.toFloats()[i * n + j], 1e-5);
        }
    }

    @Test
    void truncatedNormalStaysWithinItsBounds() {
        float[] values = Init.truncatedNormal(rng, 0, 1, -0.5, 2, 10_000).toFloats();
        double sum = 0;
        for (float value : values) {
            assertTrue(value >= -0.5 && value <= 2, () -> "out of bounds: " + value);
            sum += value;
        }
        // (φ(−½) − φ(2)) / (Φ(2) − Φ(−½))
        assertEquals((0.35207 - 0.05399) / (0.97725 - 0.30854), sum / values.length, 0.02);
        refused("expected a positive std", () -> Init.truncatedNormal(rng, 0, 1, 50, 60, 3));
    }

    @Test
    void parametersAreSetInPlace() {
        Linear layer = new Linear(100, 50, true, rng);
        Init.constant(layer.bias(), 3);
        assertEquals(150, layer.bias().sum().item(), 1e-4);
        Init.uniform(layer.weight(), rng, 2, 4);
        assertEquals(3, layer.weight().mean().item(), 0.05);
        Init.normal(layer.weight(), rng, -1, 0.5);
        assertEquals(-1, layer.weight().mean().item(), 0.05);
        assertEquals(0.25, layer.weight().var().item(), 0.02);
        assertEquals(Init.RELU_GAIN, Init.leakyReluGain(0), 1e-12);
    }

    // ---- losses ----

    @Test
    void lossObjectsAgreeWithTheFunctions() {
        Tensor x = Tensor.normal(rng, 0, 1, 4, 3);
        Tensor classes = Tensor.of(0, 2, 1, 1);
        Tensor y = Tensor.uniform(rng, 0.1, 0.9, 4, 3);
        same(Losses.crossEntropy(x, classes), new CrossEntropyLoss().forward(x, classes));
        same(
                Losses.crossEntropy(x, classes, Reduction.SUM, 0.1),
                new CrossEntropyLoss(Reduction.SUM, 0.1).forward(x, classes));
        same(Losses.nll(x, classes, Reduction.MEAN), new NLLLoss().forward(x, classes));
        same(Losses.mse(x, y), new MSELoss().forward(x, y));
        same(Losses.l1(x, y, Reduction.MEAN), new L1Loss().forward(x, y));
        same(Losses.huber(x, y, Reduction.MEAN, 1), new HuberLoss().forward(x, y));
        same(Losses.bce(y, y, Reduction.MEAN), new BCELoss().forward(y, y));
        same(Losses.bceWithLogits(x, y, Reduction.MEAN), new BCEWithLogitsLoss().forward(x, y));
        same(Losses.klDiv(x, y, Reduction.MEAN), new KLDivLoss().forward(x, y));
        assertFalse(new MSELoss(Reduction.NONE).forward(x, y).rank() == 0);
    }

    private static void same(Tensor expected, Tensor actual) {
        assertArrayEquals(expected.toFloats(), actual.toFloats());
        assertFalse(Arrays.equals(NOTHING, actual.toFloats()));
    }

    private static String refused(String part, Executable wrong) {
        String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
        assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        return message;
    }
}
