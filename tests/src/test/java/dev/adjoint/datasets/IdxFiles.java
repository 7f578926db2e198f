package dev.adjoint.datasets;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes small datasets in MNIST's format. */
public final class IdxFiles {
    private IdxFiles() {}

    /** Returns the content of an idx file of bytes. */
    static byte[] idx(int[] shape, byte[] data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(8 << 8 | shape.length);
            for (int size : shape) out.writeInt(size);
            out.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes a folder of four files, with images in which a bright row indicates the class. */
    public static Path write(Path folder, int train, int test) {
        write(folder, "train", train);
        write(folder, "t10k", test);
        return folder;
    }

    private static void write(Path folder, String prefix, int count) {
        byte[] labels = new byte[count];
        byte[] pixels = new byte[count * 28 * 28];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 10);
            for (int k = 0; k < 28; k++) pixels[i * 784 + (5 + i % 10) * 28 + k] = (byte) (200 + i % 50);
        }
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(prefix + "-images-idx3-ubyte.gz"), gzip(idx(new int[] {count, 28, 28}, pixels)));
            Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), idx(new int[] {count}, labels));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
