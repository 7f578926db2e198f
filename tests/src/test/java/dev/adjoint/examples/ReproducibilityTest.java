package dev.adjoint.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.adjoint.datasets.IdxFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed gives the same weights, bit for bit. */
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
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // With this JVM's own settings, among them which kernels it runs on.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-javaagent"))
                .forEach(java.command()::add);
        java.command().addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        java.command().addAll(Arrays.asList(args(data, out, seed)));
        Process process = java.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) process.destroyForcibly();
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("log")));
        return Files.readAllBytes(out.resolve("model.safetensors"));
    }
}
