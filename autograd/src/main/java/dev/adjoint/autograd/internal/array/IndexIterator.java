package dev.adjoint.autograd.internal.array;

/** Iterates over every index of a shape in row-major order. */
public final class IndexIterator {
    private final long[] shape;
    private final long[] index;
    private final long length;
    private long flat;

    public IndexIterator(long[] shape) {
        this.shape = shape;
        this.index = new long[shape.length];
        this.length = Shapes.length(shape);
    }

    public boolean hasNext() {
        return flat < length;
    }

    /** The position in row-major order. */
    public long flat() {
        return flat;
    }

    /** The offset of this index in an array with the given strides, with {@code at} as its coordinate along {@code axis}. */
    public long offset(long[] strides, int axis, long at) {
        long offset = 0;
        for (int a = 0; a < index.length; a++) offset += strides[a] * (a == axis ? at : index[a]);
        return offset;
    }

    public void next() {
        flat++;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (++index[axis] < shape[axis]) return;
            index[axis] = 0;
        }
    }
}
