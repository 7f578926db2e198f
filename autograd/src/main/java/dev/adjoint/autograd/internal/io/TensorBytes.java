package dev.adjoint.autograd.internal.io;

import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Converts the elements of tensors to the bytes of a file. */
public final class TensorBytes {
    /** The size of a piece, in bytes; a tensor is written in pieces, so that it may be larger than a Java array. */
    private static final int CHUNK_BYTES = 1 << 20;

    private TensorBytes() {}

    /**
     * Writes all elements of a tensor in row-major order, little-endian; in pieces, so that a tensor may be larger than a Java
     * array.
     *
     * @param tensor the tensor
     * @param out the stream to write to
     * @throws IOException if it cannot be written
     */
    public static void writeLittleEndian(Tensor tensor, OutputStream out) throws IOException {
        int size = tensor.dtype().bytes();
        long length = tensor.length();
        Tensor flat = tensor.detach().reshape(length);
        int most = CHUNK_BYTES / size;
        for (long from = 0; from < length; from += most) {
            long to = Math.min(length, from + most);
            out.write(littleEndian(length <= most ? flat : flat.slice(0, from, to)));
        }
    }

    /**
     * All elements of a tensor in row-major order, little-endian.
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
