package dev.adjoint.autograd.kernels;

/**
 * Walks several strided operands of one shape in step, a run of equally spaced elements at a time. Neighbouring axes that every
 * operand can walk as one are merged first, so that operands of equal shape are a single run, and a bias added to rows is one
 * run a row.
 *
 * <pre>{@code
 * for (Runs r = Runs.over(shape, strides...); r.hasRun(); r.next()) ... r.offset(0), r.step(0), r.length() ...
 * }</pre>
 */
final class Runs {
    private final int axes;
    private final int[] sizes;
    /** steps[operand][axis], innermost axis last. */
    private final int[][] steps;

    private final int[] counter;
    private final int[] offsets;
    private boolean hasRun;

    private Runs(int axes, int[] sizes, int[][] steps) {
        this.axes = axes;
        this.sizes = sizes;
        this.steps = steps;
        this.counter = new int[axes];
        this.offsets = new int[steps.length];
        this.hasRun = true;
        for (int size : sizes) hasRun &= size != 0;
    }

    /**
     * Plans the walk.
     *
     * @param shape the common shape
     * @param strides for each operand, elements between neighbours along each axis
     */
    static Runs over(long[] shape, long[]... strides) {
        int operands = strides.length;
        int[] sizes = new int[Math.max(1, shape.length)];
        int[][] steps = new int[operands][sizes.length];
        int first = sizes.length; // axes are filled from the innermost outwards
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] == 1) continue;
            if (first < sizes.length && mergeable(strides, axis, steps, first, sizes[first])) {
                sizes[first] *= (int) shape[axis];
                continue;
            }
            sizes[--first] = (int) shape[axis];
            for (int k = 0; k < operands; k++) steps[k][first] = (int) strides[k][axis];
        }
        if (first == sizes.length) sizes[--first] = 1;
        int axes = sizes.length - first;
        int[][] used = new int[operands][axes];
        for (int k = 0; k < operands; k++) System.arraycopy(steps[k], first, used[k], 0, axes);
        int[] usedSizes = new int[axes];
        System.arraycopy(sizes, first, usedSizes, 0, axes);
        return new Runs(axes, usedSizes, used);
    }

    private static boolean mergeable(long[][] strides, int axis, int[][] steps, int inner, int innerSize) {
        for (int k = 0; k < strides.length; k++) {
            if (strides[k][axis] != (long) steps[k][inner] * innerSize) return false;
        }
        return true;
    }

    /** Starts an operand elsewhere than at its first element. */
    Runs from(int operand, long offset) {
        offsets[operand] += (int) offset;
        return this;
    }

    boolean hasRun() {
        return hasRun;
    }

    /** Elements in this run (the same for all runs). */
    int length() {
        return sizes[axes - 1];
    }

    /** Where this run starts in an operand. */
    int offset(int operand) {
        return offsets[operand];
    }

    /** Elements between neighbours of a run. */
    int step(int operand) {
        return steps[operand][axes - 1];
    }

    void next() {
        for (int axis = axes - 2; axis >= 0; axis--) {
            boolean carry = ++counter[axis] == sizes[axis];
            for (int k = 0; k < offsets.length; k++) {
                offsets[k] += carry ? -steps[k][axis] * (sizes[axis] - 1) : steps[k][axis];
            }
            if (!carry) return;
            counter[axis] = 0;
        }
        hasRun = false;
    }
}
