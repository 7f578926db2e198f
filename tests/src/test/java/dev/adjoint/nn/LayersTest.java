package dev.adjoint.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.check.GradCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer: first- and second-order gradients for inputs and parameters, train and eval mode, and rejected arguments. */
class LayersTest {
    private static final Rng RNG = new Rng(3);

    private static Tensor x(long... shape) {
        return Tensor.normal(RNG, DType.FLOAT64, 0, 1, shape);
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of(new Conv2d(2, 3, 3, 1), x(2, 2, 4, 3)),
                Arguments.of(new Conv2d(4, 2, 2, 2, 1, 1, 2, false, RNG), x(1, 4, 3, 3)),
                Arguments.of(new MaxPool2d(2), x(2, 2, 4, 4)),
                Arguments.of(new AvgPool2d(3, 2, 1), x(1, 2, 5, 5)),
                Arguments.of(new BatchNorm1d(3), x(5, 3)),
                Arguments.of(new BatchNorm2d(2), x(3, 2, 2, 2)),
                Arguments.of(new LayerNorm(4), x(3, 4)),
                Arguments.of(new LayerNorm(2, 3), x(2, 2, 3)),
                Arguments.of(new Embedding(5, 3, RNG), Tensor.of(new long[] {0, 4, 4, 2}, 2, 2)),
                Arguments.of(new RNN(2, 3, RNG), x(3, 2, 2)),
                Arguments.of(new LSTM(2, 3, RNG), x(3, 2, 2)),
                Arguments.of(new GRU(2, 3, RNG), x(3, 2, 2)),
                Arguments.of(new MultiheadAttention(4, 2, false, RNG), x(2, 3, 4)),
                Arguments.of(new MultiheadAttention(4, 2, true, RNG), x(2, 3, 4)),
                Arguments.of(new TransformerEncoderLayer(4, 2, 5, 0, new GELU(), true, true, RNG), x(1, 3, 4)),
                Arguments.of(new TransformerEncoderLayer(4, 2, 5, 0, new Tanh(), false, false, RNG), x(1, 3, 4)),
                Arguments.of(new PositionalEncoding(4, 5), x(2, 3, 4)),
                Arguments.of(new RNNCell(2, 3, RNG), x(2, 2)),
                Arguments.of(new LSTMCell(2, 3, RNG), x(2, 2)),
                Arguments.of(new GRUCell(2, 3, RNG), x(2, 2)),
                Arguments.of(new GELU(), x(3, 4)),
                Arguments.of(new SiLU(), x(3, 4)),
                Arguments.of(new LeakyReLU(), x(3, 4)),
                Arguments.of(new ELU(), x(3, 4)),
                Arguments.of(new Softplus(), x(3, 4)),
                Arguments.of(new Tanhshrink(), x(3, 4)),
                Arguments.of(new ReLU(), x(3, 4)),
                Arguments.of(new Tanh(), x(3, 4)),
                Arguments.of(new Sigmoid(), x(3, 4)),
                Arguments.of(new Softmax(1), x(3, 4)),
                Arguments.of(new LogSoftmax(1), x(3, 4)),
                Arguments.of(new Flatten(), x(2, 3, 2)),
                Arguments.of(new Dropout(0), x(3, 4)),
                Arguments.of(new Linear(4, 3), x(2, 4)),
                Arguments.of(new Sequential(new Linear(4, 3), new Tanh()), x(2, 4)),
                Arguments.of(new Residual(new Linear(4, 4)), x(3, 4)));
    }

    @Test
    void everyLayerHasARow() {
        Set<Class<?>> rows = layers().map(row -> row.get()[0].getClass()).collect(Collectors.toSet());
        List<String> missing = new ClassFileImporter()
                .importPackagesOf(Module.class).stream()
                        .filter(type -> type.isAssignableTo(Module.class))
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC)
                                && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(type -> !type.getName().contains("Test"))
                        .map(JavaClass::reflect)
                        .filter(type -> !rows.contains(type))
                        .map(Class::getSimpleName)
                        .toList();
        assertEquals(List.of(), missing, "layers without a row in this table");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void gradients(Module layer, Tensor input) {
        // In training mode batch norm updates its running statistics, which does not change the output; both modes are
        // checked.
        GradCheck.assertGradients(layer, input);
        layer.eval();
        GradCheck.assertGradients(layer, input);
        assertFalse(layer.toString().isEmpty());
    }

    @Test
    void batchNormUpdatesAndUsesRunningStatistics() {
        BatchNorm1d norm = new BatchNorm1d(2, 0.5);
        Tensor batch = Tensor.of(new float[][] {{1, 10}, {3, 30}});
        assertArrayEquals(new float[] {-1, -1, 1, 1}, norm.apply(batch).toFloats(), 1e-4f);
        assertArrayEquals(
                new float[] {1, 10}, norm.stateDict().get("running_mean").toFloats(), 1e-6f);
        assertArrayEquals(
                new float[] {1.5f, 100.5f}, norm.stateDict().get("running_var").toFloats(), 1e-4f);
        norm.eval();
        float expected = (float) ((1 - 1) / Math.sqrt(1.5));
        assertEquals(expected, norm.apply(batch).toFloats()[0], 1e-5);
        assertEquals(
                Arrays.asList("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
                norm.stateDict().keySet().stream().toList());
        BatchNorm1d other = new BatchNorm1d(2);
        other.loadStateDict(norm.stateDict());
        other.eval();
        assertArrayEquals(norm.apply(batch).toFloats(), other.apply(batch).toFloats());
        other.to(DType.FLOAT64);
        assertEquals(DType.FLOAT64, other.namedBuffers().get("running_mean").dtype());
        assertEquals(1, other.namedBuffers().get("num_batches_tracked").item());
    }

    @Test
    void aCausalModelDoesNotLookAhead() {
        MultiheadAttention attention = new MultiheadAttention(4, 2, true, RNG);
        Tensor x = Tensor.normal(RNG, 0, 1, 1, 5, 4);
        Tensor changed = Tensor.concat(1, x.slice(1, 0, 3), x.slice(1, 3, 5).add(7));
        float[] before = attention.apply(x).slice(1, 0, 3).toFloats();
        assertArrayEquals(before, attention.apply(changed).slice(1, 0, 3).toFloats(), 1e-6f);
    }

    @Test
    void frozenParametersGetNoGradient() {
        Linear layer = new Linear(2, 2);
        layer.freeze(true);
        assertFalse(layer.apply(Tensor.ones(1, 2)).requiresGrad());
        layer.freeze(false);
        assertTrue(layer.apply(Tensor.ones(1, 2)).requiresGrad());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("Conv2d: in 3, out 4", () -> new Conv2d(3, 4, 3, 1, 0, 1, 2, true, RNG)),
                mistake(
                        "kernels have 3 channels, expected 2",
                        () -> new Conv2d(3, 4, 3, 0).apply(Tensor.ones(1, 2, 5, 5))),
                mistake("MaxPool2d: kernel 2, stride 2, padding 2", () -> new MaxPool2d(2, 2, 2)),
                mistake(
                        "BatchNorm1d: x [4, 2]: expected [N, C] or [N, C, L] with C = 3",
                        () -> new BatchNorm1d(3).apply(Tensor.ones(4, 2))),
                mistake(
                        "one value for each channel has no variance",
                        () -> new BatchNorm1d(3).apply(Tensor.ones(1, 3))),
                mistake("layerNorm: x [2, 3], weight [4]", () -> new LayerNorm(4).apply(Tensor.ones(2, 3))),
                mistake("entry 1 is 5: expected 0 to 4", () -> new Embedding(5, 2, RNG).apply(Tensor.of(0, 5))),
                mistake("LSTM: x [2, 3]: expected [T, N, I]", () -> new LSTM(3, 2, RNG).apply(Tensor.ones(2, 3))),
                mistake("GRU: inputs 0", () -> new GRU(0, 2, RNG)),
                mistake("MultiheadAttention: size 5, heads 2", () -> new MultiheadAttention(5, 2, false, RNG)),
                mistake("expected [N, L, 4]", () -> new MultiheadAttention(4, 2, false, RNG).apply(Tensor.ones(2, 4))),
                mistake(
                        "attention: mask [3, 3]",
                        () -> Functional.scaledDotProductAttention(
                                Tensor.ones(2, 4), Tensor.ones(2, 4), Tensor.ones(2, 4), Tensor.ones(3, 3))),
                mistake(
                        "the module inside must keep the shape",
                        () -> new Residual(new Linear(4, 3)).apply(Tensor.ones(2, 4))));
    }

    private static Arguments mistake(String text, Executable call) {
        return Arguments.of(text, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void refused(String text, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(text), message);
    }
}
