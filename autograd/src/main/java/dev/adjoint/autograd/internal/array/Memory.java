package dev.adjoint.autograd.internal.array;

import dev.adjoint.autograd.internal.support.NativeLibraries;
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
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A contiguous block of off-heap memory, accessible in three ways: as an INDArray of any shape (for ND4J's ops), as a pointer (for
 * BLAS) and as an NIO buffer (for Java loops). Arrays that are views of each other share one Memory.
 */
public final class Memory {
    /** In bytes: a cache line, so that no vector crosses two. */
    private static final int ALIGNMENT = 64;

    final ElementType dtype;
    final long length;
    /** The capacity in elements, used or not: vector instructions may overrun the length up to here. */
    public final long room;
    /** The pool to which it returns when its frame closes; null if it never was in a pool. */
    Workspace.Pool pool;
    /** Whether user code has seen it and may hold it. */
    boolean isExposed;
    /** The number of in-place writes, by which backward detects that a saved value has changed. */
    int version;
    /** The frame that takes this memory back when it closes; null for memory that the garbage collector frees. */
    Workspace.Frame owner;

    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final DoubleBuffer doubles;
    private final LongBuffer longs;
    private Pointer pointer;
    /** The object through which vector instructions access this memory. */
    private Object vectorView;
    /** The same memory as an ND4J buffer, which owns it if it came from an INDArray; null until it is needed. */
    private DataBuffer data;
    /** The last INDArray created over this memory: creating one costs microseconds, and steps request the same shape again. */
    private INDArray view;

    /**
     * Creates the object through which vector instructions access a buffer; null as long as there are no vector kernels. It is
     * called when memory is allocated: if the loops had to check for the object, they would be too large for the JIT compiler to
     * inline a whole function.
     */
    private static volatile Function<ByteBuffer, Object> views;

    public static void setVectorViewFactory(Function<ByteBuffer, Object> make) {
        views = make;
    }

    /** Allocates zeroed memory, which the garbage collector frees. */
    static Memory allocate(ElementType dtype, long length) {
        checkSize(dtype, length);
        // Empty memory has one unused element, since ND4J's ops do not accept an array without any.
        int size = (int) Math.max(1, length) * dtype.bytes();
        return new Memory(dtype, length, ownBytes(size), null);
    }

    /** The memory of a flat, c-contiguous INDArray that starts at its buffer's first element. */
    static Memory over(INDArray flat, long length) {
        ElementType dtype = Nd4jBridge.dtype(flat.dataType());
        NativeLibraries.startNd4j();
        checkSize(dtype, length);
        try (BytePointer start = new BytePointer(flat.data().pointer())) {
            long size = length * dtype.bytes();
            return new Memory(dtype, length, start.capacity(size).asByteBuffer(), flat.data());
        }
    }

    /** Throws if there are too many elements: NIO buffers and BLAS count in ints. */
    static void checkSize(ElementType dtype, long length) {
        int most = (Integer.MAX_VALUE - 2 * ALIGNMENT) / dtype.bytes();
        if (length > most) {
            throw new IllegalArgumentException("tensor: " + length + " elements of " + dtype + ": at most " + most
                    + " fit into one tensor; split it");
        }
    }

    /** Allocates at least the given number of bytes, from the start of a cache line on. */
    private static ByteBuffer ownBytes(int size) {
        try {
            // alignedSlice cuts off bytes at both ends.
            return ByteBuffer.allocateDirect(size + 2 * (ALIGNMENT - 1)).alignedSlice(ALIGNMENT);
        } catch (OutOfMemoryError e) {
            OutOfMemoryError withHint = new OutOfMemoryError("tensor: no room for " + size
                    + " bytes more: open a Scope around each step, or raise -XX:MaxDirectMemorySize (" + e.getMessage()
                    + ")");
            withHint.initCause(e);
            throw withHint;
        }
    }

    private Memory(ElementType dtype, long length, ByteBuffer bytes, DataBuffer data) {
        this.dtype = dtype;
        this.length = length;
        this.room = bytes.capacity() / dtype.bytes();
        this.bytes = bytes.order(ByteOrder.nativeOrder());
        int count = (int) length;
        this.floats = dtype == ElementType.FLOAT32 ? bytes.asFloatBuffer().slice(0, count) : null;
        this.doubles = dtype == ElementType.FLOAT64 ? bytes.asDoubleBuffer().slice(0, count) : null;
        this.longs = dtype == ElementType.INT64 ? bytes.asLongBuffer().slice(0, count) : null;
        this.data = data;
        this.vectorView = newView();
    }

    private Object newView() {
        Function<ByteBuffer, Object> make = views;
        return make == null ? null : make.apply(bytes);
    }

    /** A slice of this memory, for allocating many small arrays from one block; the block lives as long as any slice. */
    Memory slice(int from, int count, int room) {
        return new Memory(dtype, count, bytes.slice(from * dtype.bytes(), room * dtype.bytes()), null);
    }

    INDArray nd(long[] shape) {
        INDArray last = view; // read once: another thread may request another shape
        if (last == null || !Arrays.equals(last.shape(), shape)) {
            if (data == null) data = Nd4jBridge.buffer(pointer(), dtype, Math.max(1, length));
            last = Nd4jBridge.array(data, shape);
            view = last;
        }
        return last;
    }

    Pointer pointer() {
        if (pointer == null) {
            NativeLibraries.startOpenBlas();
            pointer = switch (dtype) {
                case FLOAT32 -> new FloatPointer(floats);
                case FLOAT64 -> new DoublePointer(doubles);
                case INT64 -> new LongPointer(longs);
            };
        }
        return pointer;
    }

    public Object vectorView() {
        if (vectorView == null) vectorView = newView(); // allocated before there were vector kernels
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
}
