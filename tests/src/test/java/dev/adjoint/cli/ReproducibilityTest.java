package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.adjoint.datasets.IdxFiles;
import dev.adjoint.testing.ChildJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed gives bit for bit the same weights. */
class ReproducibilityTest {
    @TempDir
    Path folder;

    @Test
    void sameSeedSameWeights() throws IOException, InterruptedException {
        Path data = IdxFiles.write(folder.resolve("data"), 500, 100);
        byte[] first = trainHere(data, "first", 3);
        assertArrayEquals(first, trainHere(data, "second", 3), "twice in one JVM");
        assertArrayEquals(first, trainElsewhere(data, 3), "in another JVM");
        assertFalse(Arrays.equals(first, trainHere(data, "other", 4)), "another seed gives other weights");
    }

    private static String[] args(Path data, Path out, int seed) {
        return ("mnist --json --layers 784,64,32,10 --epochs 2 --batch 64 --dropout 0.2 --seed " + seed + " --data "
                        + data + " --out " + out)
                .split(" ");
    }

    private byte[] trainHere(Path data, String name, int seed) throws IOException {
        Path out = folder.resolve(name);
        StringWriter err = new StringWriter();
        assertEquals(
                0,
                Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), args(data, out, seed)),
                err.toString());
        return Files.readAllBytes(out.resolve("model.safetensors"));
    }

    private byte[] trainElsewhere(Path data, int seed) throws IOException, InterruptedException {
        Path out = folder.resolve("elsewhere");
        ChildJvm.run(folder, List.of(), Main.class, args(data, out, seed));
        return Files.readAllBytes(out.resolve("model.safetensors"));
    }
}
