package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Numbers as the bytes of a file. */
public final class Numbers {
    /** Data is read in pieces, so that a header that promises too much costs no more memory than the file is long. */
    static final int PIECE = 1 << 20;

    private Numbers() {}

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
