package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.optim.SGD;
import dev.adjoint.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings are shown in a program without a logger. */
class WarningsTest {
    @TempDir
    Path folder;

    @Test
    void warningsArePrintedOnceWithoutALogger() throws IOException, InterruptedException {
        String quiet = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                // The manifest of the examples jar refers to the logger.
                .filter(entry -> !entry.contains("logback") && !entry.contains("examples"))
                .collect(Collectors.joining(File.pathSeparator));
        ChildJvm.run(folder, List.of("-Dadjoint.test=1"), quiet, Forgetful.class);
        long told = Files.readAllLines(folder.resolve("err.txt")).stream()
                .filter(line -> line.startsWith("warning: ") && line.contains("zeroGrad"))
                .count();
        assertEquals(1, told, Files.readString(folder.resolve("err.txt")));
    }

    /** A program that trains twice without zeroGrad. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] args) {
            for (int run = 0; run < 2; run++) {
                Linear model = new Linear(2, 1);
                SGD sgd = new SGD(model.parameters(), 0.1);
                try (Lint lint = Lint.watch(model, sgd)) {
                    for (int step = 0; step < 3; step++) {
                        Losses.mse(model.apply(Tensor.ones(4, 2)), Tensor.ones(4, 1))
                                .backward();
                        sgd.step();
                    }
                }
            }
        }
    }
}
