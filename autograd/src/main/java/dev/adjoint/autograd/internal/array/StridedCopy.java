package dev.adjoint.autograd.internal.array;

import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/** Strided copies: all transposes, slices, broadcasts and concatenations use this loop. */
public final class StridedCopy {
    private StridedCopy() {}

    /** Copies operand 0 of the iterator, in x, to operand 1, in out; both have the same type. */
    public static void copy(StridedIterator runs, Array x, Array out) {
        switch (x.dtype()) {
            case FLOAT32 -> copy(runs, x.floats(), out.floats());
            case FLOAT64 -> copy(runs, x.doubles(), out.doubles());
            case INT64 -> copy(runs, x.longs(), out.longs());
        }
        Reference.reachabilityFence(x); // a buffer does not keep its memory alive
        Reference.reachabilityFence(out);
    }

    private static void copy(StridedIterator r, FloatBuffer x, FloatBuffer out) {
        for (int n = r.length(), from = r.step(0), to = r.step(1); r.hasRun(); r.next()) {
            int i = r.offset(0);
            int o = r.offset(1);
            if (from == 1 && to == 1) out.put(o, x, i, n);
            else for (int k = 0; k < n; k++) out.put(o + k * to, x.get(i + k * from));
        }
    }

    private static void copy(StridedIterator r, DoubleBuffer x, DoubleBuffer out) {
        for (int n = r.length(), from = r.step(0), to = r.step(1); r.hasRun(); r.next()) {
            int i = r.offset(0);
            int o = r.offset(1);
            if (from == 1 && to == 1) out.put(o, x, i, n);
            else for (int k = 0; k < n; k++) out.put(o + k * to, x.get(i + k * from));
        }
    }

    private static void copy(StridedIterator r, LongBuffer x, LongBuffer out) {
        for (int n = r.length(), from = r.step(0), to = r.step(1); r.hasRun(); r.next()) {
            int i = r.offset(0);
            int o = r.offset(1);
            if (from == 1 && to == 1) out.put(o, x, i, n);
            else for (int k = 0; k < n; k++) out.put(o + k * to, x.get(i + k * from));
        }
    }
}
