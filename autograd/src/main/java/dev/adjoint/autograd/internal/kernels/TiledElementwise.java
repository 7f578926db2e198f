package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.StridedIterator;
import dev.adjoint.autograd.internal.support.ThreadPool;
import java.lang.ref.Reference;

/** Elementwise kernels for float32 in plain Java, a tile at a time. */
final class TiledElementwise {
    /** z = f(x) for the first n elements of a tile. */
    private interface Tile1 {
        void apply(float[] x, float[] z, int n);
    }

    /** z = f(x, y) for the first n elements of a tile. */
    private interface Tile2 {
        void apply(float[] x, float[] y, float[] z, int n);
    }

    private TiledElementwise() {}

    static void addTo(KernelTable table) {
        addUnary(table);
        addBinary(table);
        table.map1 = (f, x, out) -> run(x, out, (a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) f.applyAsDouble(a[i]);
        });
        table.map2 = (f, a, b, out) -> run(a, b, out, (x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) f.applyAsDouble(x[i], y[i]);
        });
        table.clamp = (x, min, max, out) -> {
            float low = (float) min;
            float high = (float) max;
            run(x, out, (a, z, n) -> {
                for (int i = 0; i < n; i++) z[i] = Math.min(Math.max(a[i], low), high);
            });
        };
        table.where = TiledElementwise::where;
    }

    private static void addUnary(KernelTable table) {
        table.put(Unary.NEG, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = -a[i];
        }));
        table.put(Unary.EXP, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.exp(a[i]);
        }));
        table.put(Unary.LOG, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.log(a[i]);
        }));
        table.put(Unary.SQRT, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.sqrt(a[i]);
        }));
        table.put(Unary.SQUARE, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = a[i] * a[i];
        }));
        table.put(Unary.RECIPROCAL, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = 1 / a[i];
        }));
        table.put(Unary.ABS, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.abs(a[i]);
        }));
        table.put(Unary.SIGN, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.signum(a[i]);
        }));
        table.put(Unary.SIN, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.sin(a[i]);
        }));
        table.put(Unary.COS, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.cos(a[i]);
        }));
        table.put(Unary.TANH, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Math.tanh(a[i]);
        }));
        table.put(Unary.SIGMOID, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Functions.sigmoid(a[i]);
        }));
        table.put(Unary.RELU, map((a, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.max(a[i], 0f);
        }));
    }

    private static void addBinary(KernelTable table) {
        table.put(Binary.ADD, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] + y[i];
        }));
        table.put(Binary.SUB, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] - y[i];
        }));
        table.put(Binary.MUL, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] * y[i];
        }));
        table.put(Binary.DIV, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] / y[i];
        }));
        table.put(Binary.POW, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = (float) Functions.pow(x[i], y[i]);
        }));
        table.put(Binary.MAXIMUM, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.max(x[i], y[i]);
        }));
        table.put(Binary.MINIMUM, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = Math.min(x[i], y[i]);
        }));
        table.put(Binary.EQ, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = flag(x[i] == y[i]);
        }));
        table.put(Binary.GT, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = flag(x[i] > y[i]);
        }));
        table.put(Binary.GE, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = flag(x[i] >= y[i]);
        }));
        table.put(Binary.ZERO_SAFE_MUL, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] == 0 ? 0 : x[i] * y[i];
        }));
        table.put(Binary.ZERO_SAFE_DIV, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = x[i] == 0 ? 0 : x[i] / y[i];
        }));
        table.put(Binary.GATE, map((x, y, z, n) -> {
            for (int i = 0; i < n; i++) z[i] = y[i] > 0 ? x[i] : 0;
        }));
    }

    private static KernelTable.UnaryKernel map(Tile1 f) {
        return (x, out) -> run(x, out, f);
    }

    private static KernelTable.BinaryKernel map(Tile2 f) {
        return (a, b, out) -> run(a, b, out, f);
    }

    /** Returns an int, for which the JIT compiler emits a conditional move; a choice of floats would be an unpredictable branch. */
    private static int flag(boolean holds) {
        return holds ? 1 : 0;
    }

    private static void run(Array x, Array out, Tile1 f) {
        ThreadPool.runParallel(out.length(), (int) out.length(), Tiles.SIZE, (from, to) -> {
            float[][] tiles = Tiles.own();
            for (int i = from; i < to; i += Tiles.SIZE) {
                int n = Math.min(Tiles.SIZE, to - i);
                Tiles.load(x.floats(), i, 1, tiles[0], n);
                f.apply(tiles[0], tiles[1], n);
                Tiles.store(tiles[1], out.floats(), i, n);
            }
        });
        Reference.reachabilityFence(x); // a buffer does not keep its memory alive
    }

    private static void run(Array a, Array b, Array out, Tile2 f) {
        StridedIterator r = StridedIterator.broadcasting(a, b, out);
        for (; r.hasRun(); r.next()) {
            // Short runs do not use share(): there may be thousands of them, each of which would need an object.
            if (!ThreadPool.isWorthParallel(r.length())) run(a, b, out, f, r, 0, r.length());
            else
                ThreadPool.runParallel(
                        r.length(), r.length(), Tiles.SIZE, (from, to) -> run(a, b, out, f, r, from, to));
        }
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
    }

    /** Computes the elements of a run from {@code from} (inclusive) to {@code to} (exclusive). */
    private static void run(Array a, Array b, Array out, Tile2 f, StridedIterator r, int from, int to) {
        float[][] tiles = Tiles.own();
        for (int i = from; i < to; i += Tiles.SIZE) {
            int n = Math.min(Tiles.SIZE, to - i);
            Tiles.load(a.floats(), r.offset(0) + i * r.step(0), r.step(0), tiles[0], n);
            Tiles.load(b.floats(), r.offset(1) + i * r.step(1), r.step(1), tiles[1], n);
            f.apply(tiles[0], tiles[1], tiles[2], n);
            Tiles.store(tiles[2], out.floats(), r.offset(2) + i, n);
        }
    }

    private static void where(Array condition, Array a, Array b, Array out) {
        StridedIterator r = StridedIterator.broadcasting(condition, a, b, out);
        float[][] tiles = Tiles.own();
        for (; r.hasRun(); r.next()) {
            for (int i = 0; i < r.length(); i += Tiles.SIZE) {
                int n = Math.min(Tiles.SIZE, r.length() - i);
                Tiles.load(condition.floats(), r.offset(0) + i * r.step(0), r.step(0), tiles[0], n);
                Tiles.load(a.floats(), r.offset(1) + i * r.step(1), r.step(1), tiles[1], n);
                Tiles.load(b.floats(), r.offset(2) + i * r.step(2), r.step(2), tiles[2], n);
                for (int k = 0; k < n; k++) tiles[3][k] = tiles[0][k] != 0 ? tiles[1][k] : tiles[2][k];
                Tiles.store(tiles[3], out.floats(), r.offset(3) + i, n);
            }
        }
        Reference.reachabilityFence(condition);
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(out);
    }
}
