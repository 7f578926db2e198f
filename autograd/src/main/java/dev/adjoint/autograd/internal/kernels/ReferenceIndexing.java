package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.IndexIterator;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.StridedIterator;

/** Reference indexing: selects and adds elements by index, one at a time, for all types. */
final class ReferenceIndexing {
    private ReferenceIndexing() {}

    static void addTo(KernelTable table) {
        table.fill = (value, out) -> {
            for (long i = 0; i < out.length(); i++) out.set(i, value);
        };
        table.addAt = ReferenceIndexing::addAt;
        table.indexSelect = ReferenceIndexing::indexSelect;
        table.indexAdd = ReferenceIndexing::indexAdd;
        table.gather = ReferenceIndexing::gather;
        table.scatterAdd = ReferenceIndexing::scatterAdd;
    }

    private static void addAt(Array x, long offset, long[] strides, Array out) {
        StridedIterator r = StridedIterator.over(x.shape(), Shapes.strides(x.shape()), strides)
                .from(1, offset);
        for (; r.hasRun(); r.next()) {
            for (int i = 0; i < r.length(); i++) {
                int at = r.offset(1) + i * r.step(1);
                out.set(at, out.get(at) + x.get(r.offset(0) + i));
            }
        }
    }

    private static void indexSelect(Array x, int axis, Array index, Array out) {
        long inner = Shapes.strides(x.shape())[axis];
        long n = x.shape()[axis];
        long picks = index.length();
        for (long i = 0; i < out.length(); i++) {
            long outer = i / (inner * picks);
            x.copyElement((outer * n + index(index, i / inner % picks)) * inner + i % inner, out, i);
        }
    }

    private static void indexAdd(Array x, int axis, Array index, Array out) {
        long inner = Shapes.strides(out.shape())[axis];
        long n = out.shape()[axis];
        long picks = index.length();
        for (long i = 0; i < x.length(); i++) {
            long outer = i / (inner * picks);
            long to = (outer * n + index(index, i / inner % picks)) * inner + i % inner;
            out.set(to, out.get(to) + x.get(i));
        }
    }

    private static void gather(Array x, int axis, Array index, Array out) {
        long[] place = Shapes.strides(x.shape());
        for (IndexIterator w = new IndexIterator(index.shape()); w.hasNext(); w.next()) {
            x.copyElement(w.offset(place, axis, index(index, w.flat())), out, w.flat());
        }
    }

    private static void scatterAdd(Array x, int axis, Array index, Array out) {
        long[] place = Shapes.strides(out.shape());
        for (IndexIterator w = new IndexIterator(index.shape()); w.hasNext(); w.next()) {
            long to = w.offset(place, axis, index(index, w.flat()));
            out.set(to, out.get(to) + x.get(w.flat()));
        }
    }

    private static long index(Array index, long i) {
        return index.longs().get((int) i);
    }
}
