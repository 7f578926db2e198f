package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors as bytes. */
final class Numbers {
    private Numbers() {}

    /** All elements, row by row, the least significant byte of each first. */
    static byte[] littleEndian(Tensor tensor) {
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
