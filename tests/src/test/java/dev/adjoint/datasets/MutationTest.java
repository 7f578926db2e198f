package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads some mutations of each kind of file; run {@link FileFuzzer} as a program for more. */
class MutationTest {
    @TempDir
    Path folder;

    @Test
    void everyMutationIsReadOrRefused() throws IOException {
        String report = FileFuzzer.run(folder, 200, 1);
        assertTrue(report.contains("refused"), report);
    }
}
