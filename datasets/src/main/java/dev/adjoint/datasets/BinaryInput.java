package dev.adjoint.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** BinaryInput as the bytes of a file. */
public final class BinaryInput {
    /** Data is read in pieces of so many bytes, so that a header that promises too much costs no more memory than the file is long. */
    public static final int PIECE = 1 << 20;

    private static final String LIMIT = "adjoint.maxFileBytes";
    /** 1 GiB: a small file that is packed may hold far more. */
    private static final long DEFAULT_LIMIT = 1L << 30;

    private BinaryInput() {}

    /**
     * How many bytes of numbers a file may hold, unpacked: the system property {@code adjoint.maxFileBytes}, 1 GiB unless set.
     *
     * @return bytes
     */
    public static long limit() {
        return Long.getLong(LIMIT, DEFAULT_LIMIT);
    }

    /**
     * The error for a file that holds more.
     *
     * @param name the file
     * @param bytes how many it holds
     * @return the error, to be thrown
     */
    public static DataException tooLarge(String name, long bytes) {
        return new DataException(name + ": holds " + bytes + " bytes, unpacked; more than the limit of " + limit()
                + ", which protects the memory: if the file is to be trusted, raise it with -D" + LIMIT + "=" + bytes);
    }

    /**
     * A number of IEEE 754's half precision: 1 bit sign, 5 exponent, 10 mantissa.
     *
     * @param bits its bits
     * @return the number
     */
    public static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        float size;
        if (exponent == 0) size = mantissa * 0x1p-24f;
        else if (exponent == 0x1f) size = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        else size = Math.scalb(1 + mantissa * 0x1p-10f, exponent - 15);
        return bits < 0 ? -size : size;
    }

    /**
     * Reads as many bytes as a header promised.
     *
     * @param name the file, for the message
     * @param in its content
     * @param count how many bytes
     * @return the bytes
     * @throws IOException if they cannot be read
     * @throws DataException if there are fewer
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
