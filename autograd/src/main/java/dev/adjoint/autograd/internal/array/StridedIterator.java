package dev.adjoint.autograd.internal.array;

/**
 * Walks several strided operands of one shape in step, a run of equally spaced elements at a time. Neighbouring axes that every
 * operand can walk as one are merged first, so that operands of equal shape are a single run, and a bias added to rows is one
 * run a row.
 *
 * <pre>{@code
 * for (StridedIterator r = StridedIterator.over(shape, strides...); r.hasRun(); r.next()) ... r.offset(0), r.step(0), r.length() ...
 * }</pre>
 */
public final class StridedIterator {
    private final int[] sizes;
    /** The steps of the first operand along each axis, innermost last, then those of the second, and so on. */
    private final int[] steps;
    /** The axes from this one on are walked; those before it have been merged into them. */
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
     * Plans the walk.
     *
     * @param shape the common shape
     * @param strides for each operand, elements between neighbours along each axis
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

    private static boolean mergeable(long[][] strides, int axis, int[] steps, int inner, int innerSize) {
        int rank = steps.length / strides.length;
        for (int k = 0; k < strides.length; k++) {
            if (strides[k][axis] != (long) steps[k * rank + inner] * innerSize) return false;
        }
        return true;
    }

    /** Starts an operand elsewhere than at its first element. */
    public StridedIterator from(int operand, long offset) {
        offsets[operand] += (int) offset;
        return this;
    }

    public boolean hasRun() {
        return hasRun;
    }

    /** Elements in this run (the same for all runs). */
    public int length() {
        return sizes[sizes.length - 1];
    }

    /** Where this run starts in an operand. */
    public int offset(int operand) {
        return offsets[operand];
    }

    /** Elements between neighbours of a run. */
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
