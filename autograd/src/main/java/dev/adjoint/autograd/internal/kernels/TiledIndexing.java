package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedIterator;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/** Float32 indexing: selects and adds contiguous blocks of elements by index. */
final class TiledIndexing {
    private TiledIndexing() {}

    static void addTo(KernelTable table) {
        table.fill = TiledIndexing::fill;
        table.addAt = TiledIndexing::addAt;
        table.indexSelect = TiledIndexing::indexSelect;
        table.indexAdd = TiledIndexing::indexAdd;
    }

    private static void indexSelect(Array x, int axis, Array index, Array out) {
        FloatBuffer from = x.floats();
        FloatBuffer to = out.floats();
        // The elements of the axes after this one are copied as one block.
        eachPick(x, axis, index, (place, pick, inner) -> {
            if (inner == 1) to.put(pick, from.get(place));
            else to.put(pick, from, place, inner);
        });
    }

    private static void indexAdd(Array x, int axis, Array index, Array out) {
        FloatBuffer from = x.floats();
        FloatBuffer to = out.floats();
        eachPick(out, axis, index, (place, pick, inner) -> {
            for (int i = 0; i < inner; i++) to.put(place + i, to.get(place + i) + from.get(pick + i));
        });
    }

    /** Receives the index of a block in the whole array and among the selected ones, and its length. */
    private interface Block {
        void at(int place, int pick, int inner);
    }

    private static void eachPick(Array whole, int axis, Array index, Block block) {
        int inner = (int) Shapes.strides(whole.shape())[axis];
        int n = (int) whole.shape()[axis];
        LongBuffer at = index.longs();
        int picks = (int) index.length();
        int outer = (int) (whole.length() / Math.max(1, (long) inner * n));
        for (int i = 0; i < outer; i++) {
            for (int k = 0; k < picks; k++) block.at((i * n + (int) at.get(k)) * inner, (i * picks + k) * inner, inner);
        }
        Reference.reachabilityFence(index);
    }

    private static void addAt(Array x, long offset, long[] strides, Array out) {
        FloatBuffer from = x.floats();
        FloatBuffer to = out.floats();
        StridedIterator r = StridedIterator.over(x.shape(), Shapes.strides(x.shape()), strides)
                .from(1, offset);
        for (int n = r.length(), step = r.step(1); r.hasRun(); r.next()) {
            for (int i = 0; i < n; i++) {
                int at = r.offset(1) + i * step;
                to.put(at, to.get(at) + from.get(r.offset(0) + i));
            }
        }
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(out);
    }

    private static void fill(double value, Array out) {
        float[] tile = Tiles.own()[0];
        Arrays.fill(tile, 0, (int) Math.min(Tiles.SIZE, out.length()), (float) value);
        FloatBuffer z = out.floats();
        for (int from = 0; from < out.length(); from += Tiles.SIZE)
            z.put(from, tile, 0, (int) Math.min(Tiles.SIZE, out.length() - from));
    }
}
