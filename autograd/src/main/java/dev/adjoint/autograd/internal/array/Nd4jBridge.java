package dev.adjoint.autograd.internal.array;

import dev.adjoint.autograd.internal.support.NativeLibraries;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Conversion between Adjoint's memory and ND4J's arrays. ND4J starts when an INDArray is first requested or passed in. */
final class Nd4jBridge {
    private Nd4jBridge() {}

    /** An ND4J buffer over Adjoint's memory, which it keeps alive. */
    static DataBuffer buffer(Pointer memory, ElementType dtype, long length) {
        NativeLibraries.startNd4j();
        return Nd4j.createBuffer(memory, length, dataType(dtype));
    }

    /** A row-major INDArray over a whole buffer. */
    static INDArray array(DataBuffer buffer, long[] shape) {
        return Nd4j.create(buffer, shape, Shapes.strides(shape), 0, 'c');
    }

    /** An array without elements. */
    static INDArray empty(ElementType dtype, long[] shape) {
        NativeLibraries.startNd4j();
        return Nd4j.create(dataType(dtype), shape);
    }

    /** The element type for an ND4J type; throws if there is none. */
    static ElementType dtype(DataType type) {
        return switch (type) {
            case FLOAT -> ElementType.FLOAT32;
            case DOUBLE -> ElementType.FLOAT64;
            case LONG -> ElementType.INT64;
            default ->
                throw new IllegalArgumentException("tensor: an INDArray of type " + type
                        + ": expected FLOAT, DOUBLE or INT64; convert it with castTo(DataType.FLOAT)");
        };
    }

    private static DataType dataType(ElementType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT64 -> DataType.DOUBLE;
            case INT64 -> DataType.INT64;
        };
    }
}
