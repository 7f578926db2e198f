package dev.adjoint.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Configuring a layer by settings is equivalent to the constructor with all arguments. */
class SettingsTest {
    private static Arguments pair(String name, Supplier<Module> settings, Supplier<Module> constructor) {
        return Arguments.argumentSet(name, settings, constructor);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                pair(
                        "Linear",
                        () -> new Linear(4, 3).bias(false).rng(new Rng(1)),
                        () -> new Linear(4, 3, false, new Rng(1))),
                pair("Linear, bias", () -> new Linear(4, 3).rng(new Rng(1)), () -> new Linear(4, 3, true, new Rng(1))),
                pair(
                        "Conv2d",
                        () -> new Conv2d(4, 6, 3)
                                .stride(2)
                                .padding(1)
                                .dilation(2)
                                .groups(2)
                                .bias(false)
                                .rng(new Rng(1)),
                        () -> new Conv2d(4, 6, 3, 2, 1, 2, 2, false, new Rng(1))),
                pair("Embedding", () -> new Embedding(10, 3).rng(new Rng(1)), () -> new Embedding(10, 3, new Rng(1))),
                pair("RNN", () -> new RNN(8, 16).rng(new Rng(1)), () -> new RNN(8, 16, new Rng(1))),
                pair("LSTM", () -> new LSTM(8, 16).rng(new Rng(1)), () -> new LSTM(8, 16, new Rng(1))),
                pair("GRU", () -> new GRU(8, 16).rng(new Rng(1)), () -> new GRU(8, 16, new Rng(1))),
                pair("LSTMCell", () -> new LSTMCell(8, 16).rng(new Rng(1)), () -> new LSTMCell(8, 16, new Rng(1))),
                pair(
                        "MultiheadAttention",
                        () -> new MultiheadAttention(8, 2).causal(true).rng(new Rng(1)),
                        () -> new MultiheadAttention(8, 2, true, new Rng(1))),
                pair(
                        "TransformerEncoderLayer",
                        () -> new TransformerEncoderLayer(8, 2)
                                .feedForward(5)
                                .dropout(0.3)
                                .activation(new GELU())
                                .normFirst(true)
                                .causal(true)
                                .rng(new Rng(1)),
                        () -> new TransformerEncoderLayer(8, 2, 5, 0.3, new GELU(), true, true, new Rng(1))),
                pair("MaxPool2d", () -> new MaxPool2d(3).stride(2).padding(1), () -> new MaxPool2d(3, 2, 1)),
                pair("BatchNorm2d", () -> new BatchNorm2d(3).momentum(0.2), () -> new BatchNorm2d(3, 0.2)),
                pair("Dropout", () -> new Dropout().rng(new Rng(1)), () -> new Dropout(0.5, new Rng(1))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void settingsAndConstructorGiveTheSameLayer(Supplier<Module> settings, Supplier<Module> constructor) {
        Module a = settings.get();
        Module b = constructor.get();
        assertEquals(b.toString(), a.toString());
        assertEquals(b.stateDict().keySet(), a.stateDict().keySet());
        b.stateDict().forEach((name, value) -> {
            assertArrayEquals(value.shape(), a.stateDict().get(name).shape(), name);
            assertArrayEquals(value.toDoubles(), a.stateDict().get(name).toDoubles(), name);
        });
        assertEquals(b.generators().size(), a.generators().size());
    }

    @Test
    void aSettingAfterUseIsRefused() {
        Conv2d conv = new Conv2d(1, 2, 3);
        conv.apply(Tensor.ones(1, 1, 5, 5));
        String message =
                assertThrows(IllegalStateException.class, () -> conv.stride(2)).getMessage();
        assertTrue(message.startsWith("Conv2d: stride is set after the layer has been applied"), message);
        assertEquals(1, conv.stride());
    }

    @Test
    void aSettingOutOfRangeChangesNothing() {
        Conv2d conv = new Conv2d(4, 6, 3);
        assertThrows(IllegalArgumentException.class, () -> conv.groups(4));
        assertThrows(IllegalArgumentException.class, () -> conv.padding(-1));
        assertEquals(1, conv.groups());
        assertEquals(0, conv.padding());
    }

    @Test
    void negativeSlopeAndAlphaAreSettings() {
        Tensor x = Tensor.of(-2.0);
        assertEquals(-0.4, new LeakyReLU(0.2).apply(x).item(), 1e-12);
        assertEquals(2 * Math.expm1(-2), new ELU(2).apply(x).item(), 1e-12);
    }
}
