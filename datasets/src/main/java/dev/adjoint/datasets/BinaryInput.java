package dev.adjoint.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Helper functions for reading binary data files. */
public final class BinaryInput {
    /** The initial buffer size in bytes. Buffers grow with the data read, so that a wrong size in a header does not exhaust memory. */
    public static final int PIECE = 1 << 20;

    private static final String LIMIT = "adjoint.maxFileBytes";
    /** 1 GiB: a small compressed file may expand to far more. */
    private static final long DEFAULT_LIMIT = 1L << 30;

    private BinaryInput() {}

    /**
     * The maximum uncompressed size of the data in a file: the system property {@code adjoint.maxFileBytes}, 1 GiB by default.
     *
     * @return the limit in bytes
     */
    public static long limit() {
        return Long.getLong(LIMIT, DEFAULT_LIMIT);
    }

    /**
     * Creates the exception for a file that exceeds the {@link #limit}.
     *
     * @param name the name of the file
     * @param bytes the uncompressed size of its data
     * @return the exception, to be thrown
     */
    public static DataException tooLarge(String name, long bytes) {
        return new DataException(name + ": has " + bytes + " bytes, uncompressed; more than the limit of " + limit()
                + ", which protects the memory: if you trust the file, raise it with -D" + LIMIT + "=" + bytes);
    }

    /**
     * Converts an IEEE 754 half-precision number (1 sign, 5 exponent and 10 mantissa bits) to float.
     *
     * @param bits the 16 bits
     * @return the value
     */
    public static float halfToFloat(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        float size;
        if (exponent == 0) size = mantissa * 0x1p-24f;
        else if (exponent == 0x1f) size = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        else size = Math.scalb(1 + mantissa * 0x1p-10f, exponent - 15);
        return bits < 0 ? -size : size;
    }

    /**
     * Reads a given number of bytes.
     *
     * @param name the name of the file, for the message
     * @param in the stream
     * @param count the number of bytes
     * @return the bytes
     * @throws IOException if they cannot be read
     * @throws DataException if the stream has fewer bytes
     */
    public static byte[] read(String name, InputStream in, int count) throws IOException {
        byte[] bytes = new byte[Math.min(count, PIECE)];
        int filled = 0;
        while (filled < count) {
            if (filled == bytes.length) bytes = Arrays.copyOf(bytes, (int) Math.min(count, 2L * bytes.length));
            int n = in.readNBytes(bytes, filled, bytes.length - filled);
            if (n == 0) {
                throw new DataException(name + ": has " + filled + " of the " + count
                        + " bytes its header promises; the file is truncated, get it again");
            }
            filled += n;
        }
        return bytes;
    }
}
