package dev.adjoint.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.files.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models saved by PyTorch (tests/peers/torch_models.py) give the same outputs here, and, if PyTorch is installed, vice versa. */
class TorchModelsTest {
    private static final Rng RNG = new Rng(9);

    @TempDir
    private Path folder;

    static Stream<Arguments> models() {
        Module lenet = new Sequential(
                new Conv2d(1, 6, 5, 2),
                new ReLU(),
                new MaxPool2d(2),
                new Conv2d(6, 16, 5, 0),
                new ReLU(),
                new MaxPool2d(2),
                new Flatten(),
                new Linear(400, 120),
                new ReLU(),
                new Linear(120, 84),
                new ReLU(),
                new Linear(84, 10));
        Module mlp = new Sequential(new Linear(20, 16), new BatchNorm1d(16), new ReLU(), new Linear(16, 5));
        return Stream.of(
                Arguments.of("lenet", lenet),
                Arguments.of("mlp", mlp),
                Arguments.of("lstm", new LSTM(8, 12, RNG)),
                Arguments.of("transformer", new TransformerEncoderLayer(16, 4, 32, RNG)));
    }

    private static SafeTensors fixture(String name) throws URISyntaxException {
        return SafeTensors.open(Path.of(TorchModelsTest.class
                .getResource("/torch/" + name + ".safetensors")
                .toURI()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void pyTorchModelsGiveTheSameOutputs(String name, Module model) throws URISyntaxException {
        model.loadStateDict(fixture(name).tensors());
        model.eval();
        Map<String, Tensor> both = fixture(name + ".io").tensors();
        try (NoGrad off = NoGrad.open()) {
            float[] here = model.apply(both.get("input")).toFloats();
            assertArrayEquals(both.get("output").toFloats(), here, 1e-5f);
        }
    }

    @Test
    void modelsGiveTheSameOutputsInPyTorch() throws IOException, InterruptedException {
        models().forEach(arguments -> {
            String name = (String) arguments.get()[0];
            Module model = (Module) arguments.get()[1];
            model.eval();
            Tensor x = Tensor.normal(RNG, 0, 1, inputShape(name));
            try (NoGrad off = NoGrad.open()) {
                SafeTensors.write(folder.resolve(name + ".safetensors"), model.stateDict(), Map.of("made", "here"));
                Map<String, Tensor> both = Map.of("input", x, "output", model.apply(x));
                SafeTensors.write(folder.resolve(name + ".io.safetensors"), both, Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Path script = Path.of("tests/peers/torch_models.py").toAbsolutePath();
        Assumptions.assumeTrue(
                Files.exists(script) && python("-c", "import torch, numpy"),
                "no Python with PyTorch here: not checked");
        assertTrue(
                python(script.toString(), "check", folder.toString()),
                () -> "PyTorch says otherwise, see " + folder.resolve("python.txt"));
    }

    private static long[] inputShape(String name) {
        return switch (name) {
            case "lenet" -> new long[] {2, 1, 28, 28};
            case "mlp" -> new long[] {4, 20};
            case "lstm" -> new long[] {4, 2, 8};
            default -> new long[] {3, 5, 16};
        };
    }

    private boolean python(String... args) throws InterruptedException {
        try {
            ProcessBuilder python = new ProcessBuilder("python3");
            python.command().addAll(List.of(args));
            python.environment().put("OMP_NUM_THREADS", "1");
            Process process = python.redirectErrorStream(true)
                    .redirectOutput(folder.resolve("python.txt").toFile())
                    .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) process.destroyForcibly().waitFor();
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
