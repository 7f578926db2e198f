package dev.adjoint.autograd.internal.array;

/**
 * Iterates over several strided operands of the same shape together, one run of equally spaced elements at a time. Adjacent axes
 * that can be merged in every operand are merged first, so that operands of equal shape form a single run, and a bias added to rows
 * gives one run per row.
 *
 * <pre>{@code
 * for (StridedIterator r = StridedIterator.over(shape, strides...); r.hasRun(); r.next()) ... r.offset(0), r.step(0), r.length() ...
 * }</pre>
 */
public final class StridedIterator {
    private final int[] sizes;
    /** The strides of the first operand along each axis, innermost last, then those of the second, and so on. */
    private final int[] steps;
    /** The first axis of the iteration; those before it have been merged into later ones. */
    private final int first;

    private final int[] counter;
    private final int[] offsets;
    private boolean hasRun = true;

    private StridedIterator(int operands, int[] sizes, int[] steps, int first) {
        this.sizes = sizes;
        this.steps = steps;
        this.first = first;
        this.counter = new int[sizes.length];
        this.offsets = new int[operands];
        for (int axis = first; axis < sizes.length; axis++) hasRun &= sizes[axis] != 0;
    }

    /**
     * Creates an iterator.
     *
     * @param shape the common shape
     * @param strides for each operand, the stride along each axis
     */
    public static StridedIterator over(long[] shape, long[]... strides) {
        int operands = strides.length;
        int[] sizes = new int[Math.max(1, shape.length)];
        int rank = sizes.length;
        int[] steps = new int[operands * rank];
        int first = rank; // axes are filled from the innermost outwards
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] == 1) continue;
            if (first < rank && mergeable(strides, axis, steps, first, sizes[first])) {
                sizes[first] *= (int) shape[axis];
                continue;
            }
            sizes[--first] = (int) shape[axis];
            for (int k = 0; k < operands; k++) steps[k * rank + first] = (int) strides[k][axis];
        }
        if (first == rank) sizes[--first] = 1;
        return new StridedIterator(operands, sizes, steps, first);
    }

    /** Creates an iterator over two operands that are broadcast to a contiguous result, which is the third. */
    public static StridedIterator broadcasting(Array a, Array b, Array out) {
        long[] shape = out.shape();
        return over(
                shape,
                Shapes.broadcastStrides(a.shape(), shape),
                Shapes.broadcastStrides(b.shape(), shape),
                Shapes.strides(shape));
    }

    /** Creates an iterator over three operands that are broadcast to a contiguous result, which is the fourth. */
    public static StridedIterator broadcasting(Array a, Array b, Array c, Array out) {
        long[] shape = out.shape();
        return over(
                shape,
                Shapes.broadcastStrides(a.shape(), shape),
                Shapes.broadcastStrides(b.shape(), shape),
                Shapes.broadcastStrides(c.shape(), shape),
                Shapes.strides(shape));
    }

    private static boolean mergeable(long[][] strides, int axis, int[] steps, int inner, int innerSize) {
        int rank = steps.length / strides.length;
        for (int k = 0; k < strides.length; k++) {
            if (strides[k][axis] != (long) steps[k * rank + inner] * innerSize) return false;
        }
        return true;
    }

    /** Sets the offset at which an operand starts. */
    public StridedIterator from(int operand, long offset) {
        offsets[operand] += (int) offset;
        return this;
    }

    public boolean hasRun() {
        return hasRun;
    }

    /** The number of elements in this run (the same for all runs). */
    public int length() {
        return sizes[sizes.length - 1];
    }

    /** The index at which this run starts in an operand. */
    public int offset(int operand) {
        return offsets[operand];
    }

    /** The stride of this run in an operand. */
    public int step(int operand) {
        return steps[operand * sizes.length + sizes.length - 1];
    }

    public void next() {
        for (int axis = sizes.length - 2; axis >= first; axis--) {
            boolean carry = ++counter[axis] == sizes[axis];
            for (int k = 0; k < offsets.length; k++) {
                int step = steps[k * sizes.length + axis];
                offsets[k] += carry ? -step * (sizes[axis] - 1) : step;
            }
            if (!carry) return;
            counter[axis] = 0;
        }
        hasRun = false;
    }
}
