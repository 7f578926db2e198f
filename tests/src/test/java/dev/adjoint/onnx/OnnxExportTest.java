package dev.adjoint.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.AvgPool2d;
import dev.adjoint.nn.BatchNorm1d;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.ELU;
import dev.adjoint.nn.Embedding;
import dev.adjoint.nn.Flatten;
import dev.adjoint.nn.GELU;
import dev.adjoint.nn.GRU;
import dev.adjoint.nn.LSTM;
import dev.adjoint.nn.LayerNorm;
import dev.adjoint.nn.LeakyReLU;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.LogSoftmax;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.MultiheadAttention;
import dev.adjoint.nn.PositionalEncoding;
import dev.adjoint.nn.RNN;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Residual;
import dev.adjoint.nn.Sequential;
import dev.adjoint.nn.SiLU;
import dev.adjoint.nn.Sigmoid;
import dev.adjoint.nn.Softmax;
import dev.adjoint.nn.Softplus;
import dev.adjoint.nn.Tanh;
import dev.adjoint.nn.TransformerEncoderLayer;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime computes the same outputs from an exported model. */
class OnnxExportTest {
    private static final Rng RNG = new Rng(5);

    @TempDir
    private Path folder;

    private static Sequential leNet() {
        return new Sequential(
                new Conv2d(1, 6, 5, 1, 2, 1, 1, true, RNG),
                new Tanh(),
                new AvgPool2d(2),
                new Conv2d(6, 16, 5, 1, 0, 1, 1, true, RNG),
                new Tanh(),
                new AvgPool2d(2),
                new Flatten(),
                new Linear(400, 120, true, RNG),
                new Tanh(),
                new Linear(120, 84, true, RNG),
                new Tanh(),
                new Linear(84, 10, true, RNG));
    }

    private static Sequential batchNormMlp() {
        return new Sequential(
                new Linear(20, 32, false, RNG),
                new BatchNorm1d(32),
                new ReLU(),
                new Dropout(0.5, RNG),
                new Linear(32, 10, true, RNG));
    }

    static Stream<Arguments> models() {
        Module block = new TransformerEncoderLayer(16, 4, 24, 0.1, new GELU(), true, true, RNG);
        return Stream.of(
                model("LeNet", leNet(), 3, 1, 28, 28),
                model("MLP with batch norm", batchNormMlp(), 7, 20),
                model(
                        "activations",
                        new Sequential(
                                new Linear(9, 9, true, RNG),
                                new LeakyReLU(),
                                new ELU(),
                                new GELU(),
                                new SiLU(),
                                new Softplus(),
                                new Sigmoid(),
                                new LogSoftmax(1),
                                new Softmax(-1)),
                        4,
                        9),
                model(
                        "windows",
                        new Sequential(
                                new Conv2d(4, 6, 3, 2, 2, 2, 2, false, RNG),
                                new BatchNorm2d(6),
                                new MaxPool2d(3, 2, 1),
                                new AvgPool2d(2, 1, 1),
                                new Residual(new Conv2d(6, 6, 3, 1, 1, 1, 1, true, RNG))),
                        2,
                        4,
                        15,
                        13),
                model("RNN", new Sequential(new RNN(5, 7, RNG), new LayerNorm(7)), 6, 2, 5),
                model("LSTM", new Sequential(new LSTM(5, 7, RNG), new Linear(7, 3, true, RNG)), 6, 2, 5),
                model("GRU", new Sequential(new Sequential(new GRU(5, 7, RNG))), 6, 2, 5),
                model("attention", new MultiheadAttention(12, 3, false, RNG), 2, 5, 12),
                model(
                        "transformer, normalised last",
                        new TransformerEncoderLayer(16, 4, 24, 0.1, new ReLU(), false, false, RNG),
                        2,
                        5,
                        16),
                model(
                        "language model",
                        new Sequential(
                                new Embedding(11, 16, RNG), new PositionalEncoding(16, 9), block, new LayerNorm(16)),
                        3,
                        4),
                model("two axes", new Sequential(new LayerNorm(4, 6), new Tanh()), 3, 4, 6));
    }

    private static Arguments model(String name, Module model, long... shape) {
        return Arguments.argumentSet(name, model, shape);
    }

    @ParameterizedTest
    @MethodSource("models")
    void onnxRuntimeComputesTheSame(Module model, long[] shape) throws OrtException {
        boolean indices = shape.length == 2 && shape[1] == 4;
        train(model, indices, shape);
        Tensor x = indices
                ? Tensor.of(new long[] {1, 10, 3, 0, 7, 7, 2, 5, 9, 4, 4, 8}, 3, 4)
                : Tensor.normal(RNG, 0, 1, shape);
        compare(model, x, shape, 1e-5);
        long[] free = shape.clone();
        Arrays.fill(free, 0, 1, -1);
        compare(model, x, free, 1e-5);
    }

    /** Changes running statistics and parameters from their initial values, then switches to evaluation mode. */
    private static void train(Module model, boolean indices, long... shape) {
        model.train();
        for (int i = 0; i < 3 && !indices; i++) model.apply(Tensor.normal(RNG, 0.5, 2, shape));
        model.parameters().forEach(p -> p.assign(p.detach().add(Tensor.normal(RNG, 0, 0.05, p.shape()))));
        model.eval();
    }

    private void compare(Module model, Tensor x, long[] shape, double tolerance) throws OrtException {
        Path file = folder.resolve("model.onnx");
        OnnxExport.write(file, model, shape);
        OrtEnvironment runtime = OrtEnvironment.getEnvironment();
        try (OrtSession session = runtime.createSession(file.toString());
                OnnxTensor input = input(runtime, x);
                OrtSession.Result result = session.run(Map.of("input", input))) {
            OnnxTensor output = (OnnxTensor) result.get(0);
            Tensor expected = model.apply(x);
            assertArrayEquals(expected.shape(), output.getInfo().getShape());
            if (x.dtype() == DType.FLOAT64) {
                double[] actual = new double[(int) expected.length()];
                output.getDoubleBuffer().get(actual);
                assertArrayEquals(expected.toDoubles(), actual, tolerance);
            } else {
                float[] actual = new float[(int) expected.length()];
                output.getFloatBuffer().get(actual);
                assertArrayEquals(expected.toFloats(), actual, (float) tolerance);
            }
        }
    }

    private static OnnxTensor input(OrtEnvironment runtime, Tensor x) throws OrtException {
        return switch (x.dtype()) {
            case FLOAT32 -> OnnxTensor.createTensor(runtime, FloatBuffer.wrap(x.toFloats()), x.shape());
            case FLOAT64 -> OnnxTensor.createTensor(runtime, DoubleBuffer.wrap(x.toDoubles()), x.shape());
            case INT64 -> OnnxTensor.createTensor(runtime, LongBuffer.wrap(x.toLongs()), x.shape());
        };
    }

    @Test
    void float64ModelsAreExportedAsDouble() throws OrtException {
        Sequential model = new Sequential(new Linear(3, 4, true, RNG), new Tanh(), new Linear(4, 2, true, RNG));
        model.to(DType.FLOAT64);
        compare(model, Tensor.normal(RNG, DType.FLOAT64, 0, 1, 5, 3), new long[] {-1, 3}, 1e-12);
    }

    @Test
    void unsupportedModulesAreNamedAndNothingIsWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("kept.onnx"), "old");
        Module own = new Module() {
            @Override
            protected Tensor forward(Tensor x) {
                return x.square();
            }
        };
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> OnnxExport.write(file, new Sequential(new ReLU(), own), 1, 2))
                .getMessage();
        assertTrue(message.startsWith("ONNX: no rule for dev.adjoint.onnx.OnnxExportTest$1"), message);
        assertEquals("old", Files.readString(file));
        assertFalse(Files.exists(folder.resolve("kept.onnx.partial")));
    }

    /** As {@code onnx.checker} requires: the output has a shape, and its dynamic axes have names. */
    @Test
    void outputShapeIsExported() throws IOException {
        Object[][] rows = {
            {batchNormMlp(), new long[] {-1, 20}, "n0 10"},
            {batchNormMlp(), new long[] {3, 20}, "3 10"},
            {leNet(), new long[] {-1, 1, 28, 28}, "n0 10"},
            {new Sequential(new Conv2d(1, 6, 5, 0)), new long[] {-1, 1, -1, -1}, "n0 6 m2 m3"},
            {new Sequential(new Flatten()), new long[] {-1, 3, 4}, "n0 12"},
        };
        for (Object[] row : rows) {
            Path file = folder.resolve("shape.onnx");
            OnnxExport.write(file, (Module) row[0], (long[]) row[1]);
            var shape = onnx.Onnx.ModelProto.parseFrom(Files.readAllBytes(file))
                    .getGraph()
                    .getOutput(0)
                    .getType()
                    .getTensorType();
            assertTrue(shape.hasShape());
            String sizes = shape.getShape().getDimList().stream()
                    .map(size -> size.hasDimParam() ? size.getDimParam() : Long.toString(size.getDimValue()))
                    .collect(Collectors.joining(" "));
            assertEquals(row[2], sizes);
        }
    }

    @Test
    void mismatchedInputShapesAreRefused() {
        Object[][] rows = {
            {new Linear(4, 2), new long[] {-1, 5}},
            {new Linear(4, 2), new long[] {}},
            {new Linear(4, 2), new long[] {0, 4}},
            {new Linear(4, 2), new long[] {-7, 4}},
            {new Linear(4, 2), new long[] {-1, -1}},
            {leNet(), new long[] {-1, 28}},
            {new Sequential(new Conv2d(1, 6, 5, 0)), new long[] {-1, 1, 3, 3}},
        };
        for (Object[] row : rows) {
            Path file = folder.resolve("refused.onnx");
            var e = assertThrows(
                    IllegalArgumentException.class, () -> OnnxExport.write(file, (Module) row[0], (long[]) row[1]));
            assertTrue(
                    e.getMessage().startsWith("ONNX: input shape " + Arrays.toString((long[]) row[1])), e.getMessage());
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void exportDoesNotChangeTheModel() {
        Sequential model = batchNormMlp();
        Map<String, Tensor> before = new java.util.HashMap<>();
        model.namedBuffers().forEach((name, buffer) -> before.put(name, buffer.copy()));
        OnnxExport.write(folder.resolve("m.onnx"), model, -1, 20);
        assertTrue(model.isTraining());
        model.namedBuffers()
                .forEach((name, buffer) -> assertEquals(before.get(name).toString(), buffer.toString(), name));
    }
}
