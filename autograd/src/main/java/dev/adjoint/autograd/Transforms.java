package dev.adjoint.autograd;

import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.ForwardLevel;
import dev.adjoint.autograd.internal.engine.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Functional transforms: gradients, vector-Jacobian and Jacobian-vector products, Jacobians and Hessians of functions. Each takes a
 * function of a tensor, or of a list of tensors, and a point. Tensors that the function closes over are constants, but a result can
 * still be differentiated with respect to them. Transforms can be nested to any depth, work whether or not recording is on, and do
 * not change any tensor's {@link Tensor#grad}.
 *
 * <p>In the table, y = f(x) has m elements, x has n elements, and costs are in evaluations of f.
 *
 * <table>
 *   <caption>Transforms and their costs</caption>
 *   <tr><th>derivative</th><th>transform</th><th>cost</th></tr>
 *   <tr><td>∂y/∂x of a scalar y</td><td>{@link #grad(Function, Tensor) grad}</td><td>about 3, independent of n</td></tr>
 *   <tr><td>∂y/∂x·ẋ</td><td>{@link #jvp(Function, Tensor, Tensor) jvp}</td><td>about 2 to 3, without a tape</td></tr>
 *   <tr><td>ȳ·∂y/∂x</td><td>{@link #vjp(Function, Tensor) vjp}</td><td>1, plus about 2 for each cotangent</td></tr>
 *   <tr><td>∂y/∂x</td><td>{@link #jacobian(Function, Tensor) jacobian}</td><td>proportional to min(m, n)</td></tr>
 *   <tr><td>∂²y/∂x²·v</td><td>{@link #hvp(Function, Tensor, Tensor) hvp}</td><td>about 6, independent of n</td></tr>
 *   <tr><td>∂²y/∂x²</td><td>{@link #hessian(Function, Tensor) hessian}</td><td>proportional to n</td></tr>
 * </table>
 */
public final class Transforms {
    private static final Logger LOG = LoggerFactory.getLogger(Transforms.class);

    private Transforms() {}

    // ---- reverse mode ----

    /**
     * Returns the gradient of a scalar function as a function, ∇f.
     *
     * <pre>{@code
     * Function<Tensor, Tensor> gradient = Transforms.grad(x -> x.square().sum());
     * System.out.println(gradient.apply(Tensor.of(1.0, 2.0, 3.0)));  // tensor([2.0000, 4.0000, 6.0000], shape [3], float64)
     * }</pre>
     *
     * @param f a scalar-valued function
     * @return x ↦ ∂f/∂x, which costs one evaluation of f, one backward pass, and memory proportional to the number of ops in f
     */
    public static Function<Tensor, Tensor> grad(Function<Tensor, Tensor> f) {
        return x -> grad(f, x);
    }

    /**
     * The gradient of a scalar function at a point, ∂y/∂x.
     *
     * <pre>{@code
     * Tensor x = Tensor.of(0.5);
     * System.out.println(Transforms.grad(t -> t.sin(), x));  // tensor(0.8776, shape [], float64)
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @return the gradient, of x's shape; zeros if f does not depend on x
     * @throws IllegalArgumentException if the value is not a scalar
     */
    public static Tensor grad(Function<Tensor, Tensor> f, Tensor x) {
        return valueAndGrad(f, x).grad();
    }

    /**
     * The gradients of a scalar function of several tensors, ∂y/∂xᵢ.
     *
     * <pre>{@code
     * List<Tensor> at = List.of(Tensor.of(2.0), Tensor.of(3.0));
     * List<Tensor> g = Transforms.grad(x -> x.get(0).mul(x.get(1)).add(x.get(0).sin()), at);
     * System.out.println(g.get(1));  // tensor(2.0000, shape [], float64)
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @return one gradient for each input, of its shape
     * @throws IllegalArgumentException if the value is not a scalar
     */
    public static List<Tensor> grad(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        return valueAndGrad(f, x).grad();
    }

    /**
     * The value and the gradient of a scalar function, at the cost of the gradient alone.
     *
     * <pre>{@code
     * ValueAndGrad<Tensor> at = Transforms.valueAndGrad(x -> x.square().sum(), Tensor.of(1.0, 2.0));
     * System.out.println(at.value().item());  // 5.0
     * System.out.println(at.grad());          // tensor([2.0000, 4.0000], shape [2], float64)
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @return y and ∂y/∂x
     * @throws IllegalArgumentException if the value is not a scalar
     */
    public static ValueAndGrad<Tensor> valueAndGrad(Function<Tensor, Tensor> f, Tensor x) {
        Vjp<Tensor> at = vjp(f, x);
        return new ValueAndGrad<>(at.value(), at.gradients(null, false)[0]);
    }

    /**
     * The value and the gradients of a scalar function of several tensors.
     *
     * <pre>{@code
     * List<Tensor> at = List.of(Tensor.of(2.0), Tensor.of(3.0));
     * ValueAndGrad<List<Tensor>> both = Transforms.valueAndGrad(x -> x.get(0).mul(x.get(1)), at);
     * System.out.println(both.value().item() + " " + both.grad().get(0).item());  // 6.0 3.0
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @return y and every ∂y/∂xᵢ
     * @throws IllegalArgumentException if the value is not a scalar
     */
    public static ValueAndGrad<List<Tensor>> valueAndGrad(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        Vjp<List<Tensor>> at = vjp(f, x);
        return new ValueAndGrad<>(at.value(), List.of(at.gradients(null, false)));
    }

    /**
     * The value at a point and the vector-Jacobian product (pullback) ȳ ↦ ȳ·∂y/∂x, which can be applied to any number of
     * cotangents.
     *
     * <pre>{@code
     * Vjp<Tensor> at = Transforms.vjp(x -> x.mul(x), Tensor.of(1.0, 2.0));
     * System.out.println(at.value());                       // tensor([1.0000, 4.0000], shape [2], float64)
     * System.out.println(at.apply(Tensor.of(1.0, 0.0)));    // tensor([2.0000, 0.0000], shape [2], float64)
     * System.out.println(at.apply(Tensor.of(10.0, 10.0)));  // tensor([20.0000, 40.0000], shape [2], float64)
     * }</pre>
     *
     * @param f a function
     * @param x the point
     * @return y and the vector-Jacobian product, which holds the graph of f
     */
    public static Vjp<Tensor> vjp(Function<Tensor, Tensor> f, Tensor x) {
        return pullback(list -> f.apply(list.get(0)), List.of(x), gradients -> gradients.get(0));
    }

    /**
     * The value and the vector-Jacobian product (pullback) of a function of several tensors.
     *
     * <pre>{@code
     * Vjp<List<Tensor>> at = Transforms.vjp(x -> x.get(0).mul(x.get(1)), List.of(Tensor.of(2.0), Tensor.of(3.0)));
     * System.out.println(at.apply(Tensor.of(1.0)).get(0).item());  // 3.0
     * }</pre>
     *
     * @param f a function
     * @param x the point
     * @return y and the vector-Jacobian product
     */
    public static Vjp<List<Tensor>> vjp(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        return pullback(f, x, gradients -> gradients);
    }

    private static <X> Vjp<X> pullback(Function<List<Tensor>, Tensor> f, List<Tensor> x, Vjp.Shape<X> shape) {
        Tensor[] watched = x.stream().map(Access::watch).toArray(Tensor[]::new);
        try (Recording on = Recording.set(true)) {
            Tensor y = f.apply(List.of(watched));
            // The returned value must not keep this graph alive, unless an input requires a gradient itself.
            Tensor value = x.stream().anyMatch(Tensor::requiresGrad) ? y : (Tensor) Access.withoutNode(y);
            return new Vjp<>(y, value, watched, shape);
        }
    }

    // ---- forward mode ----

    /**
     * Forward mode: the value and the Jacobian-vector product ẏ = ∂y/∂x·ẋ. There is no tape, so memory does not grow with the
     * number of ops.
     *
     * <pre>{@code
     * Jvp at = Transforms.jvp(x -> x.sin(), Tensor.of(0.5), Tensor.of(2.0));
     * System.out.printf("%.4f %.4f%n", at.value().item(), at.tangent().item());  // 0.4794 1.7552
     * }</pre>
     *
     * @param f a function
     * @param primal x
     * @param tangent ẋ, of x's shape and type
     * @return y and ẏ; zeros if f does not depend on x
     * @throws IllegalArgumentException if the tangent differs from the primal in shape or type, or f contains a custom op without a
     *     forward rule
     */
    public static Jvp jvp(Function<Tensor, Tensor> f, Tensor primal, Tensor tangent) {
        return jvp(list -> f.apply(list.get(0)), List.of(primal), List.of(tangent));
    }

    /**
     * Forward mode for a function of several tensors: ẏ = Σᵢ ∂y/∂xᵢ·ẋᵢ.
     *
     * <pre>{@code
     * List<Tensor> x = List.of(Tensor.of(2.0), Tensor.of(3.0));
     * List<Tensor> along = List.of(Tensor.of(1.0), Tensor.of(0.0));
     * System.out.println(Transforms.jvp(t -> t.get(0).mul(t.get(1)), x, along).tangent().item());  // 3.0
     * }</pre>
     *
     * @param f a function
     * @param primals every xᵢ
     * @param tangents every ẋᵢ, of the same shapes and types
     * @return y and ẏ
     * @throws IllegalArgumentException if the tangents differ from the primals in number, shape or type
     */
    public static Jvp jvp(Function<List<Tensor>, Tensor> f, List<Tensor> primals, List<Tensor> tangents) {
        if (primals.size() != tangents.size()) {
            throw new IllegalArgumentException("jvp: " + primals.size() + " primals, " + tangents.size()
                    + " tangents: expected a tangent for each primal");
        }
        for (int i = 0; i < primals.size(); i++) primals.get(i).checkAlike("jvp", "tangent " + i, tangents.get(i));
        try (ForwardLevel level = ForwardLevel.open()) {
            List<Tensor> duals = new ArrayList<>();
            for (int i = 0; i < primals.size(); i++) {
                duals.add((Tensor) level.dual(primals.get(i), tangents.get(i)));
            }
            Tensor y = f.apply(duals);
            Tensor tangent = (Tensor) level.tangent(y);
            return new Jvp((Tensor) level.primal(y), tangent == null ? Tensor.zerosLike(y) : tangent);
        }
    }

    /**
     * The k-th derivative of a function of one variable, or of an elementwise function for each element, by nested forward mode;
     * the cost doubles with each order.
     *
     * <pre>{@code
     * Function<Tensor, Tensor> third = Transforms.derivative(x -> x.pow(4), 3);
     * System.out.println(third.apply(Tensor.of(2.0)).item());  // 48.0
     * }</pre>
     *
     * @param f a function
     * @param order k, 0 for f itself
     * @return x ↦ dᵏf/dxᵏ
     * @throws IllegalArgumentException if the order is negative
     */
    public static Function<Tensor, Tensor> derivative(Function<Tensor, Tensor> f, int order) {
        if (order < 0) throw new IllegalArgumentException("derivative: order " + order + ": expected 0 or more");
        Function<Tensor, Tensor> result = f;
        for (int k = 0; k < order; k++) {
            Function<Tensor, Tensor> inner = result;
            result = x -> jvp(inner, x, Tensor.onesLike(x)).tangent();
        }
        return result;
    }

    // ---- Jacobians ----

    /**
     * The Jacobian ∂y/∂x, in the mode that takes fewer passes. The choice and its reason are logged at debug level;
     * {@link JacobianMode#choose} returns them in advance.
     *
     * <pre>{@code
     * Tensor x = Tensor.of(1.0, 2.0);
     * Tensor j = Transforms.jacobian(t -> t.square(), x);
     * System.out.println(j.get(0, 0) + " " + j.get(0, 1) + " " + j.get(1, 1));  // 2.0 0.0 4.0
     * System.out.println(JacobianMode.AUTO.choose(2, 50));  // jacobian [50 x 2]: forward mode takes a pass for each of the 2 inputs, reverse mode one for each of the 50 outputs: forward mode is used
     * }</pre>
     *
     * @param f a function
     * @param x the point
     * @return the Jacobian, [y's shape…, x's shape…]
     */
    public static Tensor jacobian(Function<Tensor, Tensor> f, Tensor x) {
        return jacobian(f, x, JacobianMode.AUTO);
    }

    /**
     * The Jacobian ∂y/∂x in a given mode: n forward passes, or m backward passes.
     *
     * <pre>{@code
     * Tensor x = Tensor.of(1.0, 2.0);
     * Tensor j = Transforms.jacobian(t -> t.cumsum(0), x, JacobianMode.FORWARD);
     * System.out.println(j.get(0, 1) + " " + j.get(1, 0));  // 0.0 1.0
     * }</pre>
     *
     * @param f a function
     * @param x the point
     * @param mode forward, reverse, or auto
     * @return the Jacobian, [y's shape…, x's shape…]
     */
    public static Tensor jacobian(Function<Tensor, Tensor> f, Tensor x, JacobianMode mode) {
        return jacobian(list -> f.apply(list.get(0)), List.of(x), mode).get(0);
    }

    /**
     * The Jacobians of a function of several tensors, ∂y/∂xᵢ; the mode is chosen by the size of all inputs together.
     *
     * <pre>{@code
     * List<Tensor> at = List.of(Tensor.of(2.0, 3.0), Tensor.of(5.0));
     * List<Tensor> j = Transforms.jacobian(x -> x.get(0).mul(x.get(1)), at, JacobianMode.AUTO);
     * System.out.println(j.get(1));  // tensor([2.0000, 3.0000], shape [2], float64)
     * }</pre>
     *
     * @param f a function
     * @param x the point
     * @param mode forward, reverse, or auto
     * @return one Jacobian for each input, [y's shape…, xᵢ's shape…]
     */
    public static List<Tensor> jacobian(Function<List<Tensor>, Tensor> f, List<Tensor> x, JacobianMode mode) {
        long inputs = x.stream().mapToLong(Tensor::length).sum();
        // The number of outputs is known only after an evaluation of f, which forward mode does not need.
        if (mode == JacobianMode.FORWARD) return byColumns(f, x);
        Vjp<List<Tensor>> at = vjp(f, x);
        JacobianMode.Choice choice = mode.choose(inputs, at.value().length());
        LOG.debug("{}", choice);
        return choice.mode() == JacobianMode.FORWARD ? byColumns(f, x) : byRows(at, x);
    }

    private static List<Tensor> byRows(Vjp<List<Tensor>> at, List<Tensor> x) {
        Tensor y = at.value();
        List<Tensor[]> rows = new ArrayList<>();
        for (long i = 0; i < y.length(); i++) rows.add(at.gradients(unit(y, i), true));
        List<Tensor> jacobians = new ArrayList<>();
        for (int k = 0; k < x.size(); k++) {
            int which = k;
            Tensor[] own = rows.stream().map(row -> row[which]).toArray(Tensor[]::new);
            long[] shape = Shapes.concat(y.shape(), x.get(k).shape());
            jacobians.add(
                    own.length == 0
                            ? Tensor.zeros(y.dtype(), shape)
                            : Tensor.stack(0, own).reshape(shape));
        }
        return jacobians;
    }

    private static List<Tensor> byColumns(Function<List<Tensor>, Tensor> f, List<Tensor> x) {
        List<Tensor> jacobians = new ArrayList<>();
        for (int k = 0; k < x.size(); k++) {
            Tensor by = x.get(k);
            Tensor[] columns = new Tensor[(int) by.length()];
            List<Tensor> along =
                    new ArrayList<>(x.stream().map(Tensor::zerosLike).toList());
            Tensor y = null;
            for (int j = 0; j < columns.length; j++) {
                along.set(k, unit(by, j));
                Jvp column = jvp(f, x, along);
                y = column.value();
                columns[j] = column.tangent().flatten();
            }
            if (y == null) y = f.apply(x);
            long[] shape = Shapes.concat(y.shape(), by.shape());
            jacobians.add(
                    columns.length == 0
                            ? Tensor.zeros(y.dtype(), shape)
                            : Tensor.stack(1, columns).reshape(shape));
        }
        return jacobians;
    }

    /** A standard basis vector: zeros of a tensor's shape, with a single 1. */
    private static Tensor unit(Tensor like, long at) {
        Tensor unit = Tensor.zerosLike(like);
        unit.array().set(at, 1);
        return unit;
    }

    // ---- second order ----

    /**
     * The Hessian-vector product ∂²y/∂x²·v of a scalar function, by forward-over-reverse mode: the directional derivative of the
     * gradient along v. The Hessian itself is never formed.
     *
     * <pre>{@code
     * Tensor x = Tensor.of(1.0, 2.0);
     * System.out.println(Transforms.hvp(t -> t.pow(3).sum(), x, Tensor.of(1.0, 10.0)));  // tensor([6.0000, 120.0000], shape [2], float64)
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @param v the vector, of x's shape and type
     * @return the product, of x's shape
     * @throws IllegalArgumentException if the value is not a scalar, or v differs from x in shape or type
     */
    public static Tensor hvp(Function<Tensor, Tensor> f, Tensor x, Tensor v) {
        return jvp(grad(f), x, v).tangent();
    }

    /**
     * The Hessian-vector product of a scalar function of several tensors, Σⱼ ∂²y/∂xᵢ∂xⱼ·vⱼ.
     *
     * <pre>{@code
     * List<Tensor> at = List.of(Tensor.of(2.0), Tensor.of(3.0));
     * List<Tensor> along = List.of(Tensor.of(1.0), Tensor.of(0.0));
     * System.out.println(Transforms.hvp(x -> x.get(0).mul(x.get(1)), at, along).get(1).item());  // 1.0
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @param v the vectors, of the same shapes and types
     * @return one product for each input, of its shape
     * @throws IllegalArgumentException if the value is not a scalar, or the vectors differ from x in number, shape or type
     */
    public static List<Tensor> hvp(Function<List<Tensor>, Tensor> f, List<Tensor> x, List<Tensor> v) {
        if (x.isEmpty()) return List.of();
        Tensor all = jvp(t -> joined(grad(f, t)), x, v).tangent();
        List<Tensor> products = new ArrayList<>();
        long from = 0;
        for (Tensor t : x) {
            products.add(all.slice(0, from, from + t.length()).reshape(t.shape()));
            from += t.length();
        }
        return products;
    }

    private static Tensor joined(List<Tensor> parts) {
        return Tensor.concat(0, parts.stream().map(Tensor::flatten).toArray(Tensor[]::new));
    }

    /**
     * The Hessian ∂²y/∂x² of a scalar function, by one Hessian-vector product for each of its n columns.
     *
     * <pre>{@code
     * Tensor h = Transforms.hessian(x -> x.prod(), Tensor.of(2.0, 3.0));
     * System.out.println(h.get(0, 0) + " " + h.get(0, 1));  // 0.0 1.0
     * }</pre>
     *
     * @param f a scalar-valued function
     * @param x the point
     * @return the Hessian, [x's shape…, x's shape…]
     * @throws IllegalArgumentException if the value is not a scalar
     */
    public static Tensor hessian(Function<Tensor, Tensor> f, Tensor x) {
        return jacobian(grad(f), x, JacobianMode.FORWARD);
    }
}
