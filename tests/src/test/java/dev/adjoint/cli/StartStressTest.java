package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.testing.StartStress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts each program once, or as often as {@code -Dstart.runs=40} says; run {@link StartStress} as a program for more. */
class StartStressTest {
    @TempDir
    Path folder;

    @Test
    void noStartHangs() throws Exception {
        int parallel = Runtime.getRuntime().availableProcessors() + 1;
        String report = StartStress.run(folder, Integer.getInteger("start.runs", 1), parallel);
        assertTrue(report.endsWith("none stood still"), report);
    }
}
