package dev.adjoint.autograd.kernels;

import dev.adjoint.autograd.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A run of numbers inside a flat INDArray, reachable in three ways: as an INDArray of any shape (for ND4J's ops), as a pointer
 * (for BLAS) and as an NIO buffer (for loops of our own). Arrays that are views of each other share one Memory.
 */
final class Memory {
    final DType dtype;
    final long length;
    /** Elements from the first on that are this memory's own, used or not: vector instructions may overrun up to there. */
    final long room;
    /** Where it goes when its frame closes; null if it never was in a pool. */
    Workspace.Pool pool;
    /** Counts writes in place, so that a value that was saved for backward can tell that it is no longer the same. */
    int version;
    /** The frame that takes this memory back when it closes; null for memory that the garbage collector frees. */
    Workspace.Frame owner;

    private final INDArray root;
    private final long offset;
    private final FloatBuffer floats;
    private final DoubleBuffer doubles;
    private final LongBuffer longs;
    private Pointer pointer;
    private final ByteBuffer bytes;
    /** What vector instructions reach this memory by. */
    private Object vectorView;
    /** The last INDArray made of this memory: making one costs microseconds, and steps ask for the same shape again. */
    private INDArray view;

    /**
     * Makes of bytes what vector instructions reach them by; null as long as there are no vector kernels. It is made together with
     * the memory: if the loops had to see to it, they would be too large for the JIT compiler to inline all of a function.
     */
    private static volatile Function<ByteBuffer, Object> views;

    static void makeViewsBy(Function<ByteBuffer, Object> make) {
        views = make;
    }

    /** Memory of its own. */
    static Memory allocate(DType dtype, long length) {
        Native.load();
        checkSize(dtype, length);
        // ND4J has no array without elements that its ops accept, so an empty one owns a single element that nobody
        // reads.
        return over(Nd4j.createUninitialized(toNd4j(dtype), new long[] {Math.max(1, length)}, 'c'), length);
    }

    /** The memory of a flat, c-contiguous INDArray that starts at its buffer's first element. */
    static Memory over(INDArray flat, long length) {
        DType dtype = fromNd4j(flat.dataType());
        checkSize(dtype, length);
        return new Memory(flat, dtype, length);
    }

    /** NIO buffers and BLAS count in ints. */
    private static void checkSize(DType dtype, long length) {
        if (length > Integer.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException("tensor: " + length + " elements of " + dtype + ": at most "
                    + Integer.MAX_VALUE / dtype.bytes() + " fit into one tensor; split it");
        }
    }

    private Memory(INDArray root, DType dtype, long length) {
        this.dtype = dtype;
        this.length = length;
        this.room = length;
        this.root = root;
        this.offset = 0;
        this.pointer = root.data().pointer();
        long size = length * dtype.bytes();
        try (BytePointer start = new BytePointer(pointer)) {
            this.bytes =
                    start.capacity(size).asByteBuffer().slice(0, (int) size).order(ByteOrder.nativeOrder());
        }
        this.floats = dtype == DType.FLOAT32 ? bytes.asFloatBuffer() : null;
        this.doubles = dtype == DType.FLOAT64 ? bytes.asDoubleBuffer() : null;
        this.longs = dtype == DType.INT64 ? bytes.asLongBuffer() : null;
        this.vectorView = newView();
    }

    private Memory(Memory slab, int offset, int length, int room) {
        this.dtype = slab.dtype;
        this.length = length;
        this.room = room;
        this.root = slab.root;
        this.offset = offset;
        this.floats = slab.floats == null ? null : slab.floats.slice(offset, length);
        this.doubles = slab.doubles == null ? null : slab.doubles.slice(offset, length);
        this.longs = slab.longs == null ? null : slab.longs.slice(offset, length);
        this.bytes =
                slab.bytes.slice(offset * dtype.bytes(), room * dtype.bytes()).order(ByteOrder.nativeOrder());
        this.vectorView = newView();
    }

    private Object newView() {
        Function<ByteBuffer, Object> make = views;
        return make == null ? null : make.apply(bytes);
    }

    /** A part of this memory, for the allocation of many small arrays out of one block. */
    Memory slice(int from, int count, int room) {
        return new Memory(this, from, count, room);
    }

    INDArray nd(long[] shape) {
        INDArray last = view; // read once: another thread may ask for another shape
        if (last == null || !Arrays.equals(last.shape(), shape)) {
            last = Nd4j.create(root.data(), shape, Shapes.strides(shape), offset, 'c');
            view = last;
        }
        return last;
    }

    Pointer pointer() {
        if (pointer == null) {
            Pointer base = root.data().pointer();
            pointer = switch (dtype) {
                case FLOAT32 -> new FloatPointer(base).position(offset);
                case FLOAT64 -> new DoublePointer(base).position(offset);
                case INT64 -> new LongPointer(base).position(offset);
            };
        }
        return pointer;
    }

    Object vectorView() {
        if (vectorView == null) vectorView = newView(); // memory from before there were vector kernels
        return vectorView;
    }

    FloatBuffer floats() {
        return floats;
    }

    DoubleBuffer doubles() {
        return doubles;
    }

    LongBuffer longs() {
        return longs;
    }

    static DataType toNd4j(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT64 -> DataType.DOUBLE;
            case INT64 -> DataType.INT64;
        };
    }

    static DType fromNd4j(DataType type) {
        if (type == DataType.FLOAT) return DType.FLOAT32;
        if (type == DataType.DOUBLE) return DType.FLOAT64;
        if (type == DataType.INT64) return DType.INT64;
        throw new IllegalArgumentException("tensor: an INDArray of type " + type
                + ": expected FLOAT, DOUBLE or INT64; convert it with castTo(DataType.FLOAT)");
    }
}
