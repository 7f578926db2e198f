package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.testing.DiskFaults;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Writing to full disks, read-only disks and devices. */
@EnabledOnOs(OS.LINUX)
class DiskTest {
    @TempDir
    Path folder;

    @Test
    void failedWritesReportAnErrorAndChangeNothing() throws Exception {
        String report = DiskFaults.run(folder);
        assertTrue(report.contains("below a file"), report);
    }
}
