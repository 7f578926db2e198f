package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.testing.StartRuns;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start each, or as many as {@code -Dstart.runs=40} says; {@link StartRuns} as a program does more. */
class StartRunsTest {
    @TempDir
    Path folder;

    @Test
    void noStartStandsStill() throws Exception {
        int parallel = Runtime.getRuntime().availableProcessors() + 1;
        String report = StartRuns.run(folder, Integer.getInteger("start.runs", 1), parallel);
        assertTrue(report.endsWith("none stood still"), report);
    }
}
