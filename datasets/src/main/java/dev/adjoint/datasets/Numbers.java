package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Numbers as the bytes of a file. */
public final class Numbers {
    /** Data is read in pieces, so that a header that promises too much costs no more memory than the file is long. */
    static final int PIECE = 1 << 20;

    private static final String LIMIT = "adjoint.maxFileBytes";
    /** 1 GiB: a small file that is packed may hold far more. */
    private static final long DEFAULT_LIMIT = 1L << 30;

    private Numbers() {}

    /** How many bytes of numbers a file may hold, unpacked. */
    static long limit() {
        return Long.getLong(LIMIT, DEFAULT_LIMIT);
    }

    static DataException tooLarge(String name, long bytes) {
        return new DataException(name + ": holds " + bytes + " bytes, unpacked; more than the limit of " + limit()
                + ", which protects the memory: if the file is to be trusted, raise it with -D" + LIMIT + "=" + bytes);
    }

    /** A number of IEEE 754's half precision: 1 bit sign, 5 exponent, 10 mantissa. */
    static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        float size;
        if (exponent == 0) size = mantissa * 0x1p-24f;
        else if (exponent == 0x1f) size = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        else size = Math.scalb(1 + mantissa * 0x1p-10f, exponent - 15);
        return bits < 0 ? -size : size;
    }

    /** Reads as many bytes as a header promised. */
    static byte[] read(String name, InputStream in, int count) throws IOException {
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

    /**
     * Writes all elements of a tensor, row by row, the least significant byte of each first; a piece at a time, so that a tensor may be
     * larger than an array.
     *
     * @param tensor the tensor
     * @param out where to
     * @throws IOException if it cannot be written
     */
    public static void writeLittleEndian(Tensor tensor, OutputStream out) throws IOException {
        int size = tensor.dtype().bytes();
        long length = tensor.length();
        Tensor flat = tensor.detach().reshape(length);
        int most = PIECE / size;
        for (long from = 0; from < length; from += most) {
            long to = Math.min(length, from + most);
            out.write(littleEndian(length <= most ? flat : flat.slice(0, from, to)));
        }
    }

    /**
     * All elements of a tensor, row by row, the least significant byte of each first.
     *
     * @param tensor the tensor
     * @return its bytes
     */
    public static byte[] littleEndian(Tensor tensor) {
        int size = Math.toIntExact(tensor.length() * tensor.dtype().bytes());
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        switch (tensor.dtype()) {
            case FLOAT64 -> bytes.asDoubleBuffer().put(tensor.toDoubles());
            case FLOAT32 -> bytes.asFloatBuffer().put(tensor.toFloats());
            case INT64 -> bytes.asLongBuffer().put(tensor.toLongs());
        }
        return bytes.array();
    }
}
