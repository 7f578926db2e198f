package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.engine.Dual;
import dev.adjoint.autograd.internal.engine.Node;
import dev.adjoint.autograd.internal.engine.Value;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.nio.FloatBuffer;
import java.util.function.ObjIntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Factory methods of {@link Tensor}: from Java values, constants, random values and other tensors. */
abstract sealed class TensorFactories extends Value permits Tensor {
    TensorFactories(Array array, Node node, String origin, int pinnedVersion, Dual dual) {
        super(array, node, origin, pinnedVersion, dual);
    }

    TensorFactories(Value value) {
        super(value);
    }

    // ---- from Java values ----

    /**
     * Creates a scalar.
     *
     * @param value its value
     * @return a float64 tensor of shape []
     */
    public static Tensor of(double value) {
        return full(DType.FLOAT64, value);
    }

    /**
     * Creates a scalar.
     *
     * @param value its value
     * @return a float32 tensor of shape []
     */
    public static Tensor of(float value) {
        return full(DType.FLOAT32, value);
    }

    /**
     * Creates a scalar.
     *
     * @param value its value
     * @return an int64 tensor of shape []
     */
    public static Tensor of(long value) {
        return of(new long[] {value}, new long[0]);
    }

    /**
     * Creates a vector.
     *
     * @param values its elements
     * @return a float64 tensor of shape [n]
     */
    public static Tensor of(double... values) {
        return of(values, new long[] {values.length});
    }

    /**
     * Creates a vector.
     *
     * @param values its elements
     * @return a float32 tensor of shape [n]
     */
    public static Tensor of(float... values) {
        return of(values, new long[] {values.length});
    }

    /**
     * Creates a vector of labels or indices.
     *
     * @param values its elements
     * @return an int64 tensor of shape [n]
     */
    public static Tensor of(int... values) {
        long[] longs = new long[values.length];
        for (int i = 0; i < longs.length; i++) longs[i] = values[i];
        return of(longs, new long[] {longs.length});
    }

    /**
     * Creates a tensor of a given shape.
     *
     * @param values its elements in row-major order; copied
     * @param shape its shape
     * @return a float64 tensor
     * @throws IllegalArgumentException if the shape does not have as many elements as there are values
     */
    public static Tensor of(double[] values, long... shape) {
        Array array = allocate(DType.FLOAT64, values.length, shape);
        array.doubles().put(0, values);
        return Tensor.of(array, "of");
    }

    /**
     * Creates a tensor of a given shape.
     *
     * @param values its elements in row-major order; copied
     * @param shape its shape
     * @return a float32 tensor
     * @throws IllegalArgumentException if the shape does not have as many elements as there are values
     */
    public static Tensor of(float[] values, long... shape) {
        Array array = allocate(DType.FLOAT32, values.length, shape);
        array.floats().put(0, values);
        return Tensor.of(array, "of");
    }

    /**
     * Creates a tensor of labels or indices.
     *
     * @param values its elements in row-major order; copied
     * @param shape its shape
     * @return an int64 tensor
     * @throws IllegalArgumentException if the shape does not have as many elements as there are values
     */
    public static Tensor of(long[] values, long... shape) {
        Array array = allocate(DType.INT64, values.length, shape);
        array.longs().put(0, values);
        return Tensor.of(array, "of");
    }

    /**
     * Creates a matrix.
     *
     * @param rows its rows, of equal length
     * @return a float64 tensor of shape [rows, columns]
     * @throws IllegalArgumentException if the rows differ in length
     */
    public static Tensor of(double[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        double[] flat = new double[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            checkRow(i, rows[i].length, columns);
            System.arraycopy(rows[i], 0, flat, i * columns, columns);
        }
        return of(flat, rows.length, columns);
    }

    /**
     * Creates a matrix.
     *
     * @param rows its rows, of equal length
     * @return a float32 tensor of shape [rows, columns]
     * @throws IllegalArgumentException if the rows differ in length
     */
    public static Tensor of(float[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        float[] flat = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            checkRow(i, rows[i].length, columns);
            System.arraycopy(rows[i], 0, flat, i * columns, columns);
        }
        return of(flat, rows.length, columns);
    }

    private static void checkRow(int row, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException("of: row " + row + " has " + length + " elements, row 0 has " + expected
                    + ": rows must be of equal length");
        }
    }

    private static Array allocate(DType dtype, int elements, long... shape) {
        Shapes.check("of", shape);
        if (Shapes.length(shape) != elements) {
            throw new IllegalArgumentException("of: " + elements + " elements for shape " + Shapes.str(shape)
                    + ": expected " + Shapes.length(shape));
        }
        return Workspace.allocate(dtype.elementType(), shape.clone());
    }

    /**
     * Creates a tensor whose slices along the first axis are written by a function directly to its memory, so that decoders need no
     * intermediate array and no copy. Slices of a large tensor are written in parallel, so several threads may call the function at
     * once.
     *
     * @param write takes a buffer and the index of the slice; puts all elements of the slice in row-major order and must not keep
     *     the buffer
     * @param shape the tensor's shape, with at least one axis
     * @return a float32 tensor
     * @throws IllegalArgumentException if the shape has no axis, or the function writes too few elements
     * @throws java.nio.BufferOverflowException if the function writes too many elements
     */
    public static Tensor writtenBy(ObjIntConsumer<FloatBuffer> write, long... shape) {
        Shapes.check("writtenBy", shape);
        if (shape.length == 0) {
            throw new IllegalArgumentException(
                    "writtenBy: shape []: expected at least one axis; take of(value) for a scalar");
        }
        Array array = Workspace.allocate(ElementType.FLOAT32, shape.clone());
        array.write((part, i) -> {
            write.accept(part, i);
            if (!part.hasRemaining()) return;
            throw new IllegalArgumentException(
                    "writtenBy: " + (part.limit() - part.remaining()) + " elements for part " + i + " of shape "
                            + Shapes.str(shape) + ": expected " + part.limit() + "; the function leaves some out");
        });
        return Tensor.of(array, "writtenBy");
    }

    /**
     * Creates a tensor with a copy of the elements of an INDArray; later changes to the INDArray have no effect, and it may be
     * closed.
     *
     * @param source of type FLOAT, DOUBLE or LONG
     * @return a tensor of its shape and type; of shape [0] if it is empty and has no shape
     * @throws IllegalArgumentException if it has another type
     */
    public static Tensor of(INDArray source) {
        return Tensor.of(Array.of(source), "of");
    }

    // ---- constant and random tensors, concat and stack ----

    /**
     * Creates a tensor of zeros.
     *
     * @param shape the shape
     * @return a float32 tensor
     */
    public static Tensor zeros(long... shape) {
        return full(DType.FLOAT32, 0, shape);
    }

    /**
     * Creates a tensor of zeros.
     *
     * @param dtype the type
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor zeros(DType dtype, long... shape) {
        return full(dtype, 0, shape);
    }

    /**
     * Creates zeros with the shape and type of a tensor.
     *
     * @param x a tensor
     * @return the zeros
     */
    public static Tensor zerosLike(Tensor x) {
        return full(x.dtype(), 0, x.shape());
    }

    /**
     * Creates a tensor of ones.
     *
     * @param shape the shape
     * @return a float32 tensor
     */
    public static Tensor ones(long... shape) {
        return full(DType.FLOAT32, 1, shape);
    }

    /**
     * Creates a tensor of ones.
     *
     * @param dtype the type
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor ones(DType dtype, long... shape) {
        return full(dtype, 1, shape);
    }

    /**
     * Creates ones with the shape and type of a tensor.
     *
     * @param x a tensor
     * @return the ones
     */
    public static Tensor onesLike(Tensor x) {
        return full(x.dtype(), 1, x.shape());
    }

    /**
     * Creates a tensor filled with one value.
     *
     * @param dtype the type
     * @param value the value
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor full(DType dtype, double value, long... shape) {
        Shapes.check("tensor", shape);
        dtype.checkHolds("full: the tensor", value);
        Array array = Workspace.allocate(dtype.elementType(), shape.clone());
        Kernels.current().fill(value, array);
        return Tensor.of(array, "full");
    }

    /**
     * Creates the sequence 0, 1, …, n − 1.
     *
     * @param n the number of elements
     * @return a float32 tensor of shape [n]
     */
    public static Tensor arange(long n) {
        return arange(DType.FLOAT32, 0, n, 1);
    }

    /**
     * Creates the sequence start, start + step, … up to end (exclusive).
     *
     * @param dtype the type
     * @param start the first value
     * @param end the end, exclusive
     * @param step the difference between successive values, not 0
     * @return a 1-D tensor
     * @throws IllegalArgumentException if the step is 0 or has the wrong sign
     */
    public static Tensor arange(DType dtype, double start, double end, double step) {
        double count = Math.ceil((end - start) / step);
        if (!(count >= 0) || Double.isInfinite(count)) {
            throw new IllegalArgumentException("arange: start " + start + ", end " + end + ", step " + step
                    + ": expected finite numbers and a step that leads from start to end");
        }
        dtype.checkHolds("arange: the tensor", start);
        dtype.checkHolds("arange: the tensor", step);
        Array array = Workspace.allocate(dtype.elementType(), (long) count);
        if (dtype == DType.INT64) {
            for (int i = 0; i < array.length(); i++) array.longs().put(i, (long) start + i * (long) step);
        } else {
            for (long i = 0; i < array.length(); i++) array.set(i, start + i * step);
        }
        return Tensor.of(array, "arange");
    }

    /**
     * Creates an identity matrix.
     *
     * @param n the number of rows and columns
     * @return a float32 tensor of shape [n, n]
     */
    public static Tensor eye(long n) {
        return eye(DType.FLOAT32, n);
    }

    /**
     * Creates an identity matrix.
     *
     * @param dtype the type
     * @param n the number of rows and columns
     * @return a tensor of shape [n, n]
     */
    public static Tensor eye(DType dtype, long n) {
        Tensor zeros = zeros(dtype, n, n);
        for (long i = 0; i < n; i++) zeros.array().set(i * n + i, 1);
        return zeros;
    }

    /**
     * Creates random values, uniformly distributed in [low, high).
     *
     * @param rng the random number generator
     * @param dtype the type
     * @param low lower bound
     * @param high upper bound
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor uniform(Rng rng, DType dtype, double low, double high, long... shape) {
        checkRandom("uniform", dtype);
        if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException(
                    "uniform: low " + low + ", high " + high + ": expected finite numbers, low <= high");
        }
        Tensor x = zeros(dtype, shape);
        rng.fillUniform(x.array(), low, high);
        return x;
    }

    /**
     * Creates float32 random values, uniformly distributed in [low, high).
     *
     * @param rng the random number generator
     * @param low lower bound
     * @param high upper bound
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor uniform(Rng rng, double low, double high, long... shape) {
        return uniform(rng, DType.FLOAT32, low, high, shape);
    }

    /**
     * Creates random values with the normal distribution N(mean, std²).
     *
     * @param rng the random number generator
     * @param dtype the type
     * @param mean the mean
     * @param std the standard deviation
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor normal(Rng rng, DType dtype, double mean, double std, long... shape) {
        checkRandom("normal", dtype);
        if (!(std >= 0) || Double.isInfinite(std) || !Double.isFinite(mean)) {
            throw new IllegalArgumentException(
                    "normal: mean " + mean + ", std " + std + ": expected finite numbers, std at least 0");
        }
        Tensor x = zeros(dtype, shape);
        rng.fillNormal(x.array(), mean, std);
        return x;
    }

    private static void checkRandom(String op, DType dtype) {
        if (dtype.isFloating()) return;
        throw new IllegalArgumentException(op + ": dtype " + dtype
                + ": expected float32 or float64; for whole numbers fill a long[] by rng.nextInt(bound)");
    }

    /**
     * Creates float32 random values with the normal distribution N(mean, std²).
     *
     * @param rng the random number generator
     * @param mean the mean
     * @param std the standard deviation
     * @param shape the shape
     * @return the tensor
     */
    public static Tensor normal(Rng rng, double mean, double std, long... shape) {
        return normal(rng, DType.FLOAT32, mean, std, shape);
    }

    /**
     * Concatenates tensors along an existing axis.
     *
     * @param axis the axis along which they may differ in size
     * @param parts the tensors, at least one
     * @return the concatenated tensor
     * @throws IllegalArgumentException if there are none, or they differ in type or in the size of another axis
     */
    public static Tensor concat(int axis, Tensor... parts) {
        return Slicing.concat(axis, parts);
    }

    /**
     * Stacks tensors of the same shape along a new axis.
     *
     * @param axis the position of the new axis in the result
     * @param parts the tensors, at least one
     * @return the stacked tensor
     * @throws IllegalArgumentException if there are none, or they differ in shape or type
     */
    public static Tensor stack(int axis, Tensor... parts) {
        return Slicing.stack(axis, parts);
    }
}
