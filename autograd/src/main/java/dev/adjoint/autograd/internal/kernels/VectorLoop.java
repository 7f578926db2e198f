package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.LANES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.SPECIES;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.load;
import static dev.adjoint.autograd.internal.kernels.VectorAccess.store;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.kernels.Loops.Loop1;
import dev.adjoint.autograd.internal.kernels.Loops.Loop2;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.ref.Reference;
import jdk.incubator.vector.FloatVector;

/**
 * Elementwise loops over native memory, a vector at a time. The loops are written once, in {@link VectorLoop1} and
 * {@link VectorLoop2}; each function gets a copy of the class in which the function is a constant, so that the JIT compiler inlines
 * it into the loop and allocates no vectors.
 */
final class VectorLoop {
    private VectorLoop() {}

    /** z = f(x), for a vector. */
    interface Function1 {
        FloatVector apply(FloatVector x);
    }

    /** z = f(x, y), for a vector. */
    interface Function2 {
        FloatVector apply(FloatVector x, FloatVector y);
    }

    static Loop1 of(Function1 f) {
        return (Loop1) copy(VectorLoop1.class, f);
    }

    static Loop2 of(Function2 f) {
        return (Loop2) copy(VectorLoop2.class, f);
    }

    private static Object copy(Class<?> template, Object function) {
        try (InputStream bytes = template.getResourceAsStream(template.getSimpleName() + ".class")) {
            return MethodHandles.lookup()
                    .defineHiddenClassWithClassData(bytes.readAllBytes(), function, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The function for which a copy of the class was created. */
    static <F> F function(MethodHandles.Lookup lookup, Class<F> type) {
        try {
            return MethodHandles.classData(lookup, "_", type);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Loads fewer elements than a vector has lanes; step 0 repeats the first. The values of the other lanes are undefined. */
    static FloatVector loadPart(Array x, int at, int step, int n) {
        if (step == 0) return FloatVector.broadcast(SPECIES, x.floats().get(at));
        if (at + LANES <= x.memory().room) return load(VectorAccess.memory(x), at);
        float[] lanes = new float[LANES];
        x.floats().get(at, lanes, 0, n);
        return FloatVector.fromArray(SPECIES, lanes, 0);
    }

    static void storePart(FloatVector v, Array z, int at, int n) {
        if (n == z.length() && LANES <= z.memory().room) {
            store(v, VectorAccess.memory(z), at);
            return;
        }
        float[] lanes = new float[LANES];
        v.intoArray(lanes, 0);
        z.floats().put(at, lanes, 0, n);
    }
}

/**
 * The loop over one operand. The last vector ends where the elements end, and overlaps the one before it; it is read first, since z
 * may overwrite x.
 */
final class VectorLoop1 implements Loop1 {
    private static final VectorLoop.Function1 F =
            VectorLoop.function(MethodHandles.lookup(), VectorLoop.Function1.class);

    VectorLoop1() {}

    @Override
    public void run(Array x, int ix, Array z, int iz, int n) {
        Object from = VectorAccess.memory(x);
        Object to = VectorAccess.memory(z);
        int last = n - LANES;
        FloatVector end = last < 0 ? VectorLoop.loadPart(x, ix, 1, n) : load(from, ix + last);
        int i = 0;
        for (; i <= last; i += LANES) store(F.apply(load(from, ix + i)), to, iz + i);
        if (i < n) {
            FloatVector rest = F.apply(end);
            if (last < 0) VectorLoop.storePart(rest, z, iz, n);
            else store(rest, to, iz + last);
        }
        Reference.reachabilityFence(x); // a buffer does not keep its memory alive
        Reference.reachabilityFence(z);
    }
}

/** The loop over two operands, each of which may be a scalar; it ends like that of {@link VectorLoop1}. */
final class VectorLoop2 implements Loop2 {
    private static final VectorLoop.Function2 F =
            VectorLoop.function(MethodHandles.lookup(), VectorLoop.Function2.class);

    VectorLoop2() {}

    @Override
    public void run(Array x, int ix, int sx, Array y, int iy, int sy, Array z, int iz, int n) {
        Object a = VectorAccess.memory(x);
        Object b = VectorAccess.memory(y);
        Object to = VectorAccess.memory(z);
        int last = n - LANES;
        if (last < 0) {
            FloatVector partX = VectorLoop.loadPart(x, ix, sx, n);
            FloatVector partY = VectorLoop.loadPart(y, iy, sy, n);
            VectorLoop.storePart(F.apply(partX, partY), z, iz, n);
        } else if (sx == 1 && sy == 1) {
            FloatVector end = F.apply(load(a, ix + last), load(b, iy + last));
            for (int i = 0; i < last; i += LANES) store(F.apply(load(a, ix + i), load(b, iy + i)), to, iz + i);
            store(end, to, iz + last);
        } else if (sx == 1) {
            FloatVector all = FloatVector.broadcast(SPECIES, y.floats().get(iy));
            FloatVector end = F.apply(load(a, ix + last), all);
            for (int i = 0; i < last; i += LANES) store(F.apply(load(a, ix + i), all), to, iz + i);
            store(end, to, iz + last);
        } else {
            FloatVector all = FloatVector.broadcast(SPECIES, x.floats().get(ix));
            boolean both = sy == 0;
            FloatVector other = both ? FloatVector.broadcast(SPECIES, y.floats().get(iy)) : all;
            FloatVector end = F.apply(all, both ? other : load(b, iy + last));
            for (int i = 0; i < last; i += LANES) store(both ? end : F.apply(all, load(b, iy + i)), to, iz + i);
            store(end, to, iz + last);
        }
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
        Reference.reachabilityFence(z);
    }
}
