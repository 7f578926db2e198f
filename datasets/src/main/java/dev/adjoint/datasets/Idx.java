package dev.adjoint.datasets;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * An array of unsigned bytes in the idx format of the MNIST files: a magic number (two zero bytes, the type 8, the number of
 * axes), the size of each axis as a big-endian int, then the bytes in row-major order. May be compressed with gzip.
 *
 * @param name the file's name, for messages
 * @param shape the size of each axis
 * @param bytes the elements
 */
record Idx(String name, int[] shape, byte[] bytes) {
    private static final int UNSIGNED_BYTE = 8;
    private static final int GZIP_MAGIC = 0x1f8b;
    /** Buffer size in bytes. A larger buffer needs fewer native calls. */
    private static final int BUFFER = 1 << 16;

    /** Reads a whole file. */
    static Idx read(Path file, int axes) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in, axes);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e.getMessage() + "); check its permissions", e);
        }
    }

    /** Reads a whole file from a stream. */
    static Idx read(String name, InputStream source, int axes) {
        try (DataInputStream in = new DataInputStream(unzipped(source))) {
            int magic = in.readInt();
            if (magic != (UNSIGNED_BYTE << 8 | axes)) {
                throw new DataException(String.format(
                        Locale.ROOT,
                        "%s: magic number 0x%08x: expected 0x%08x, an idx file of bytes with %d axes; is it the right file?",
                        name,
                        magic,
                        UNSIGNED_BYTE << 8 | axes,
                        axes));
            }
            int[] shape = new int[axes];
            long length = 1;
            for (int i = 0; i < axes; i++) {
                shape[i] = in.readInt();
                length = shape[i] < 0 || length > Integer.MAX_VALUE ? Long.MAX_VALUE : length * shape[i];
            }
            if (length > Integer.MAX_VALUE - BinaryInput.PIECE) {
                throw new DataException(name + ": its header claims the shape " + Arrays.toString(shape)
                        + ", which is not plausible; the file is damaged, get it again");
            }
            if (length > BinaryInput.limit()) throw BinaryInput.tooLarge(name, length);
            byte[] bytes = BinaryInput.read(name, in, (int) length);
            if (in.read() >= 0) {
                throw new DataException(name + ": longer than its header says (shape " + Arrays.toString(shape)
                        + "); the file is damaged, get it again");
            }
            return new Idx(name, shape, bytes);
        } catch (EOFException e) {
            throw new DataException(name + ": ends in the middle; the file is truncated, get it again", e);
        } catch (IOException e) {
            throw new DataException(name + ": cannot be read (" + e.getMessage() + "); get it again", e);
        }
    }

    private static InputStream unzipped(InputStream source) throws IOException {
        BufferedInputStream in = new BufferedInputStream(source);
        in.mark(2);
        int magic = in.read() << 8 | in.read();
        in.reset();
        return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(in, BUFFER)) : in;
    }
}
