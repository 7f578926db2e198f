package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Memory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores vectors in native memory. The Vector API accesses it through a ByteBuffer up to JDK 21 and through a
 * MemorySegment since. One class file supports both by two method handles, which are constants for the JIT compiler and so cost
 * nothing.
 */
final class VectorAccess {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** (memory, byte offset) → vector. */
    private static final MethodHandle LOAD;
    /** (vector, memory, byte offset) → void. */
    private static final MethodHandle STORE;
    /** ByteBuffer → the memory argument of the other two. */
    private static final MethodHandle OVER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            boolean segments = KernelProvider.HAS_SEGMENTS;
            Class<?> memory = segments ? Class.forName("java.lang.foreign.MemorySegment") : ByteBuffer.class;
            Class<?> offset = segments ? long.class : int.class;
            MethodHandle load = lookup.findStatic(
                    FloatVector.class,
                    segments ? "fromMemorySegment" : "fromByteBuffer",
                    MethodType.methodType(FloatVector.class, VectorSpecies.class, memory, offset, ByteOrder.class));
            load = MethodHandles.insertArguments(load, 3, ByteOrder.nativeOrder());
            load = MethodHandles.insertArguments(load, 0, SPECIES);
            LOAD = MethodHandles.explicitCastArguments(
                    load, MethodType.methodType(FloatVector.class, Object.class, long.class));
            MethodHandle store = lookup.findVirtual(
                    FloatVector.class,
                    segments ? "intoMemorySegment" : "intoByteBuffer",
                    MethodType.methodType(void.class, memory, offset, ByteOrder.class));
            store = MethodHandles.insertArguments(store, 3, ByteOrder.nativeOrder());
            STORE = MethodHandles.explicitCastArguments(
                    store, MethodType.methodType(void.class, FloatVector.class, Object.class, long.class));
            MethodHandle over = segments
                    ? lookup.findStatic(memory, "ofBuffer", MethodType.methodType(memory, Buffer.class))
                    : MethodHandles.identity(ByteBuffer.class);
            OVER = over.asType(MethodType.methodType(Object.class, ByteBuffer.class));
            Memory.setVectorViewFactory(VectorAccess::over);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private VectorAccess() {}

    /** An array's memory in the form that {@link #load} and {@link #store} take. */
    static Object memory(Array x) {
        return x.memory().vectorView();
    }

    private static Object over(ByteBuffer bytes) {
        try {
            return (Object) OVER.invokeExact(bytes);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The vector of elements at, at + 1, … */
    static FloatVector load(Object memory, long at) {
        try {
            return (FloatVector) LOAD.invokeExact(memory, at * Float.BYTES);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void store(FloatVector v, Object memory, long at) {
        try {
            STORE.invokeExact(v, memory, at * Float.BYTES);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
