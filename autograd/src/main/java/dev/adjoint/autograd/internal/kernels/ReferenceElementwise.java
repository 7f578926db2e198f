package dev.adjoint.autograd.internal.kernels;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.ElementType;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.array.Workspace;
import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Reciprocal;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reference elementwise kernels for all types: loops over the definitions in double precision and, for many elements, those ND4J
 * ops that are accurate. ND4J's tanh has a relative error of 0.1 at 10⁻¹⁶ and is 0 below, its sign of NaN is 0, its maximum and
 * minimum ignore NaN, and the accuracy of its other functions is not documented.
 */
final class ReferenceElementwise {
    /** The number of elements from which on an ND4J op is worth the 20 µs or so that it takes to create its arrays and to call it. */
    static final int WORTH_ND4J = 4096;

    private ReferenceElementwise() {}

    static void addTo(KernelTable table) {
        for (Unary op : Unary.values()) table.put(op, (x, out) -> map(op.definition, x, out));
        for (Binary op : Binary.values()) table.put(op, (a, b, out) -> map(op, a, b, out));
        table.put(Unary.NEG, nd4j(Unary.NEG, Negative::new));
        table.put(Unary.SQRT, nd4j(Unary.SQRT, Sqrt::new));
        table.put(Unary.SQUARE, nd4j(Unary.SQUARE, Square::new));
        table.put(Unary.RECIPROCAL, nd4j(Unary.RECIPROCAL, Reciprocal::new));
        table.put(Unary.ABS, nd4j(Unary.ABS, Abs::new));
        table.put(Binary.ADD, (a, b, out) -> nd4j(Binary.ADD, a, b, out, (x, y) -> x.add(y, out.nd())));
        table.put(Binary.SUB, (a, b, out) -> nd4j(Binary.SUB, a, b, out, (x, y) -> x.sub(y, out.nd())));
        table.put(Binary.MUL, (a, b, out) -> nd4j(Binary.MUL, a, b, out, (x, y) -> x.mul(y, out.nd())));
        table.put(Binary.DIV, (a, b, out) -> nd4j(Binary.DIV, a, b, out, (x, y) -> x.div(y, out.nd())));
        table.map1 = ReferenceElementwise::map;
        table.map2 = ReferenceElementwise::map;
        table.clamp = (x, min, max, out) -> {
            for (long i = 0; i < out.length(); i++) out.set(i, Math.min(Math.max(x.get(i), min), max));
        };
        table.where = ReferenceElementwise::where;
    }

    /** Creates the op only when its arrays exist, because ND4J has started by then. */
    private static KernelTable.UnaryKernel nd4j(Unary op, BiFunction<INDArray, INDArray, Op> make) {
        return (x, out) -> {
            if (out.length() < WORTH_ND4J) map(op.definition, x, out);
            else Nd4j.exec(make.apply(x.nd(), out.nd()));
        };
    }

    /** Expands the operands to the same shape first, because ND4J cannot broadcast every pair of shapes. */
    private static void nd4j(Binary op, Array a, Array b, Array out, BinaryOperator<INDArray> nd4j) {
        if (out.length() < WORTH_ND4J) map(op.definition, a, b, out);
        else nd4j.apply(expanded(a, out.shape()).nd(), expanded(b, out.shape()).nd());
    }

    static void map(DoubleUnaryOperator f, Array x, Array out) {
        if (x.dtype() != ElementType.FLOAT64 || out.dtype() != ElementType.FLOAT64) {
            for (long i = 0; i < out.length(); i++) out.set(i, f.applyAsDouble(x.get(i)));
            return;
        }
        DoubleBuffer from = x.doubles();
        DoubleBuffer to = out.doubles();
        for (int i = 0; i < to.limit(); i++) to.put(i, f.applyAsDouble(from.get(i)));
        Reference.reachabilityFence(x); // a buffer does not keep its memory alive
        Reference.reachabilityFence(out);
    }

    private static void map(Binary op, Array a, Array b, Array out) {
        if (a.dtype() != ElementType.INT64) {
            map(op.definition, a, b, out);
            return;
        }
        Array x = expanded(a, out.shape());
        Array y = expanded(b, out.shape());
        for (int i = 0; i < out.length(); i++)
            out.set(i, op.ofLongs(x.longs().get(i), y.longs().get(i)));
    }

    static void map(DoubleBinaryOperator f, Array a, Array b, Array out) {
        Array x = expanded(a, out.shape());
        Array y = expanded(b, out.shape());
        if (x.dtype() != ElementType.FLOAT64
                || y.dtype() != ElementType.FLOAT64
                || out.dtype() != ElementType.FLOAT64) {
            for (long i = 0; i < out.length(); i++) out.set(i, f.applyAsDouble(x.get(i), y.get(i)));
            return;
        }
        DoubleBuffer first = x.doubles();
        DoubleBuffer second = y.doubles();
        DoubleBuffer to = out.doubles();
        for (int i = 0; i < to.limit(); i++) to.put(i, f.applyAsDouble(first.get(i), second.get(i)));
        Reference.reachabilityFence(x);
        Reference.reachabilityFence(y);
        Reference.reachabilityFence(out);
    }

    private static Array expanded(Array x, long[] shape) {
        if (Shapes.length(shape) == x.length()) return x.reshape(shape);
        Array full = Workspace.allocate(x.dtype(), shape);
        CopyKernels.read(x, 0, Shapes.broadcastStrides(x.shape(), shape), full);
        return full;
    }

    /** Does not use Nd4j.where, which takes its operands in another order and is slower. */
    private static void where(Array condition, Array a, Array b, Array out) {
        Array c = expanded(condition, out.shape());
        Array x = expanded(a, out.shape());
        Array y = expanded(b, out.shape());
        for (long i = 0; i < out.length(); i++) out.set(i, c.get(i) != 0 ? x.get(i) : y.get(i));
    }
}
