package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The start of a program, before training begins. */
class StartTest {
    @TempDir
    Path folder;

    /** ND4J takes most of a second to start, and only the reference kernels use its ops. */
    @ParameterizedTest
    @CsvSource({"fastest, false", "tiled, false", "reference, true"})
    void nd4jStartsOnlyForTheReferenceKernels(String kernels, boolean starts) throws IOException, InterruptedException {
        Path classes = folder.resolve("classes.txt");
        List<String> flags = List.of("-Dadjoint.kernels=" + kernels, "-Xlog:class+load:file=" + classes);
        String[] bench = "bench step --batch 8 --layers 8,4,3 --steps 2 --rounds 1".split(" ");
        ChildJvm.run(folder, flags, Main.class, bench);
        try (var lines = Files.lines(classes)) {
            assertEquals(starts, lines.anyMatch(line -> line.contains(" org.nd4j.linalg.factory.Nd4j ")));
        }
    }

    /** The engine starts on a separate thread; a command that needs it reports why it failed there. */
    @Test
    void engineStartFailureIsReportedInOneLine() throws IOException, InterruptedException {
        Process bench = ChildJvm.start(folder, List.of("-Dadjoint.kernels=quick"), Main.class, "bench", "step");
        assertEquals(2, bench.waitFor());
        List<String> errors = Files.readAllLines(folder.resolve("err.txt")).stream()
                .filter(line -> !line.startsWith("WARNING: "))
                .toList();
        assertEquals(
                List.of("adjoint: system property adjoint.kernels=quick: expected fastest, vector, tiled or reference"
                        + " (see adjoint --help)"),
                errors);
    }

    /** ND4J sets OpenBLAS to use all cores when it starts; these threads would compete with ours. */
    @Test
    void openBlasKeepsOneThreadAfterNd4jStarts() throws IOException, InterruptedException {
        assertEquals(
                "1 1", ChildJvm.run(folder, List.of(), ThreadsOfOpenBlas.class).strip());
    }

    /** Prints the number of OpenBLAS threads before and after ND4J has started. */
    static final class ThreadsOfOpenBlas {
        private ThreadsOfOpenBlas() {}

        public static void main(String[] args) {
            Tensor product = Tensor.ones(2, 2).matmul(Tensor.ones(2, 2));
            int before = openblas_nolapack.blas_get_num_threads();
            product.toINDArray();
            System.out.println(before + " " + openblas_nolapack.blas_get_num_threads());
        }
    }
}
