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
 * A run of numbers outside the heap, reachable in three ways: as an INDArray of any shape (for ND4J's ops), as a pointer (for
 * BLAS) and as an NIO buffer (for loops of our own). Arrays that are views of each other share one Memory.
 */
public final class Memory {
    /** In bytes: a cache line, so that no vector lies across two. */
    private static final int ALIGNMENT = 64;

    final ElementType dtype;
    final long length;
    /** Elements from the first on that are this memory's own, used or not: vector instructions may overrun up to there. */
    public final long room;
    /** Where it goes when its frame closes; null if it never was in a pool. */
    Workspace.Pool pool;
    /** Whether code that is not ours has seen it, so that somebody may hold it whom we do not know of. */
    boolean isExposed;
    /** Counts writes in place, so that a value that was saved for backward can tell that it is no longer the same. */
    int version;
    /** The frame that takes this memory back when it closes; null for memory that the garbage collector frees. */
    Workspace.Frame owner;

    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final DoubleBuffer doubles;
    private final LongBuffer longs;
    private Pointer pointer;
    /** What vector instructions reach this memory by. */
    private Object vectorView;
    /** The same bytes as ND4J's, which owns them if they came from an INDArray; null as long as nobody asked. */
    private DataBuffer data;
    /** The last INDArray made of this memory: making one costs microseconds, and steps ask for the same shape again. */
    private INDArray view;

    /**
     * Makes of bytes what vector instructions reach them by; null as long as there are no vector kernels. It is made together with
     * the memory: if the loops had to see to it, they would be too large for the JIT compiler to inline all of a function.
     */
    private static volatile Function<ByteBuffer, Object> views;

    public static void makeViewsBy(Function<ByteBuffer, Object> make) {
        views = make;
    }

    /** Memory of its own, which the garbage collector frees; all zero. */
    static Memory allocate(ElementType dtype, long length) {
        checkSize(dtype, length);
        // An empty one owns an element that nobody reads: ND4J's ops take no array without.
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

    /** NIO buffers and BLAS count in ints. */
    static void checkSize(ElementType dtype, long length) {
        int most = (Integer.MAX_VALUE - 2 * ALIGNMENT) / dtype.bytes();
        if (length > most) {
            throw new IllegalArgumentException("tensor: " + length + " elements of " + dtype + ": at most " + most
                    + " fit into one tensor; split it");
        }
    }

    /** At least so many bytes, from the start of a cache line on. */
    private static ByteBuffer ownBytes(int size) {
        try {
            // A slice that is aligned is cut at both ends.
            return ByteBuffer.allocateDirect(size + 2 * (ALIGNMENT - 1)).alignedSlice(ALIGNMENT);
        } catch (OutOfMemoryError e) {
            OutOfMemoryError mended = new OutOfMemoryError("tensor: no room for " + size
                    + " bytes more: open a Scope around each step, or raise -XX:MaxDirectMemorySize (" + e.getMessage()
                    + ")");
            mended.initCause(e);
            throw mended;
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

    /** A part of this memory, for the allocation of many small arrays out of one block; the block lives as long as any part. */
    Memory slice(int from, int count, int room) {
        return new Memory(dtype, count, bytes.slice(from * dtype.bytes(), room * dtype.bytes()), null);
    }

    INDArray nd(long[] shape) {
        INDArray last = view; // read once: another thread may ask for another shape
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
}
