package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.testing.KillStress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a training run five times; run {@link KillStress} as a program for more. */
class KillTest {
    @TempDir
    private Path folder;

    @Test
    void killedRunResumesBitForBit() throws IOException, InterruptedException {
        String report = KillStress.run(folder, 5, 1);
        System.out.println(report);
        assertTrue(report.startsWith("kills: 5"), report);
    }
}
