package dev.adjoint.autograd.internal.array;

import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense row-major array in native memory, which kernels read and write. Its elements are contiguous, so a view (reshape, squeeze,
 * detach) differs only in its shape and shares the memory.
 */
public final class Array {
    private final Memory memory;
    private final ElementType dtype;
    private final long[] shape;
    private final long length;
    /** The frame in which it was allocated; null for arrays that outlive every scope. */
    private final Workspace.Frame frame;

    Array(Memory memory, Workspace.Frame frame, long[] shape) {
        this.memory = memory;
        this.dtype = memory.dtype;
        this.frame = frame;
        this.shape = shape;
        this.length = memory.length;
    }

    private Array(ElementType dtype, long[] shape) {
        this.memory = null;
        this.frame = null;
        this.dtype = dtype;
        this.shape = shape;
        this.length = Shapes.length(shape);
    }

    /**
     * Creates an array with a copy of an INDArray. The memory of the INDArray cannot be shared: its owner may close it, and reading
     * it would then crash the JVM.
     *
     * @param source FLOAT, DOUBLE or LONG
     * @return the array; of shape [0] if an empty INDArray has none
     * @throws IllegalArgumentException if it has another type
     */
    public static Array of(INDArray source) {
        ElementType dtype = Nd4jBridge.dtype(source.dataType());
        long[] shape = source.shape().clone();
        if (source.isEmpty() && shape.length == 0) shape = new long[] {0};
        long length = Shapes.length(shape);
        if (length == 0) return new Array(Memory.allocate(dtype, 0), null, shape);
        return new Array(Memory.over(source.detach().dup('c'), length), null, shape);
    }

    /**
     * Creates an array with a shape and a type but no elements: what an op saves of an operand whose value its derivative does not
     * need.
     *
     * @param array the operand
     * @return its shape and type
     */
    public static Array shapeOf(Array array) {
        return new Array(array.dtype, array.shape);
    }

    /**
     * Whether it has elements, not only a shape.
     *
     * @return false for arrays created by {@link #shapeOf}
     */
    public boolean hasNumbers() {
        return memory != null;
    }

    /**
     * Returns a view with another shape.
     *
     * @param newShape a shape with as many elements
     * @return the view
     */
    public Array reshape(long... newShape) {
        return new Array(memory(), frame, newShape);
    }

    /**
     * Marks this array as visible to user code, which may hold it: its memory is no longer exchanged, see {@link #swapMemory}.
     */
    public void expose() {
        if (memory != null) memory.isExposed = true;
    }

    /**
     * Whether another array shares the memory of this one.
     *
     * @param other an array with elements
     * @return true if a write to one changes the other
     */
    public boolean sharesMemoryWith(Array other) {
        return memory == other.memory;
    }

    /**
     * Moves this array out of its frame, and gives the frame another array in exchange; nothing is copied.
     *
     * @param old an array of this type and length that outlives every frame and is no longer used
     * @return an array with this memory that outlives every frame; null if the frame does not own the memory, or if it is exposed
     */
    public Array swapMemory(Array old) {
        return frame == null ? null : frame.exchange(this, old);
    }

    /**
     * The size along each axis.
     *
     * @return the shape, which must not be modified
     */
    public long[] shape() {
        return shape;
    }

    /**
     * Whether another array has the same size along each axis.
     *
     * @param other an array
     * @return true if the shapes are equal
     */
    public boolean sameShape(Array other) {
        return Arrays.equals(shape, other.shape);
    }

    /**
     * The number of axes.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return shape.length;
    }

    /**
     * The number of elements.
     *
     * @return ∏ shape
     */
    public long length() {
        return length;
    }

    /**
     * The type of the elements.
     *
     * @return the type
     */
    public ElementType dtype() {
        return dtype;
    }

    /**
     * Whether its scope has closed, so that its memory may have been reused.
     *
     * @return true if it must not be used any more
     */
    public boolean isExpired() {
        return frame != null && frame.isClosed();
    }

    /**
     * The number of in-place writes to the memory since its creation.
     *
     * @return the count
     */
    public int version() {
        return memory().version;
    }

    /** Counts an in-place write to the memory, see {@link #version()}. */
    public void touch() {
        memory().version++;
    }

    /**
     * Copies the elements to an INDArray of the same shape.
     *
     * @return a new c-contiguous array
     */
    public INDArray toINDArray() {
        return length == 0 ? Nd4jBridge.empty(dtype, shape) : nd().dup('c');
    }

    /**
     * One element, converted to double.
     *
     * @param index the position in row-major order
     * @return the element
     */
    public double get(long index) {
        int i = Math.toIntExact(index);
        double value = switch (dtype) {
            case FLOAT32 -> floats().get(i);
            case FLOAT64 -> doubles().get(i);
            case INT64 -> longs().get(i);
        };
        Reference.reachabilityFence(this); // a buffer does not keep its memory alive
        return value;
    }

    /**
     * Sets one element.
     *
     * @param index the position in row-major order
     * @param value the new value, rounded to the array's type
     */
    public void set(long index, double value) {
        int i = Math.toIntExact(index);
        switch (dtype) {
            case FLOAT32 -> floats().put(i, (float) value);
            case FLOAT64 -> doubles().put(i, value);
            case INT64 -> longs().put(i, (long) value);
        }
        Reference.reachabilityFence(this);
    }

    /** Copies one element to another array of the same type, exactly. */
    public void copyElement(long from, Array to, long at) {
        if (dtype == ElementType.INT64) to.longs().put((int) at, longs().get((int) from));
        else to.set(at, get(from));
        Reference.reachabilityFence(this);
    }

    /**
     * The elements of a {@link ElementType#FLOAT32} array.
     *
     * @return a buffer over the memory itself
     */
    public FloatBuffer floats() {
        return memory().floats();
    }

    /**
     * Writes the slices of a {@link ElementType#FLOAT32} array along its first axis by a function, in parallel for a large array.
     *
     * @param write takes a buffer over a slice, and the index of the slice
     */
    public void write(ObjIntConsumer<FloatBuffer> write) {
        int parts = (int) shape[0];
        if (length() == 0) return;
        int size = (int) length() / parts;
        ThreadPool.runParallel(length(), parts, 1, (from, to) -> {
            for (int i = from; i < to; i++) write.accept(floats().slice(i * size, size), i);
        });
        Reference.reachabilityFence(this);
    }

    /**
     * The elements of a {@link ElementType#FLOAT64} array.
     *
     * @return a buffer over the memory itself
     */
    public DoubleBuffer doubles() {
        return memory().doubles();
    }

    /**
     * The elements of an {@link ElementType#INT64} array.
     *
     * @return a buffer over the memory itself
     */
    public LongBuffer longs() {
        return memory().longs();
    }

    /** This memory as an INDArray, for ND4J's ops. */
    public INDArray nd() {
        return memory().nd(shape);
    }

    /** A pointer to the first element, for BLAS. */
    public Pointer pointer() {
        return memory().pointer();
    }

    Workspace.Frame frame() {
        return frame;
    }

    public Memory memory() {
        if (memory == null) {
            throw new IllegalStateException(
                    "only the shape " + Shapes.str(shape)
                            + " of this operand was kept for backward: its op is declared linear, but its rule reads the value");
        }
        return memory;
    }
}
