package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.adjoint.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
    /** A leak of a step's arrays would take 20,000 times about 40 KB; the JIT compiler needs far less than this limit. */
    private static final long ALLOWED_KB = 60_000;

    @TempDir
    Path folder;

    @Test
    void stepsInAScopeDoNotLeakMemory() throws IOException, InterruptedException {
        // With the whole heap resident from the start, only memory outside it can grow. The reference kernels are not
        // suitable, since ND4J's ops allocate freely.
        List<String> heap = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-Dadjoint.kernels=tiled");
        String[] bench = "bench step --batch 32 --layers 64,32,10 --steps 20000 --rounds 1".split(" ");
        String line = ChildJvm.run(folder, heap, Main.class, bench);
        long growth = JsonParser.parseString(line)
                .getAsJsonObject()
                .get("rss_growth_kb")
                .getAsLong();
        assertTrue(growth < ALLOWED_KB, line);
    }
}
