package dev.adjoint.autograd;

import static dev.adjoint.autograd.Pointwise.clampToExpRange;
import static dev.adjoint.autograd.Pointwise.each;
import static dev.adjoint.autograd.Pointwise.forward;
import static dev.adjoint.autograd.Pointwise.router;
import static dev.adjoint.autograd.Pointwise.unary;

import dev.adjoint.autograd.internal.engine.Gate;
import dev.adjoint.autograd.internal.kernels.Functions;
import dev.adjoint.autograd.internal.kernels.Kernels;
import org.apache.commons.numbers.gamma.Erfc;

/** Activation functions, declared as in {@link Elementwise}. */
final class Activations {
    /** With this constant and the next, the tanh approximation of GELU is accurate to 10⁻³. */
    private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);

    private static final double GELU_CUBIC = 0.044715;

    private Activations() {}

    /** y = σ(x) = 1 / (1 + e⁻ˣ), ∂y/∂x = y·(1 − y). */
    static final Primitive SIGMOID =
            unary("sigmoid", Kernels::sigmoid, (x, y) -> y.sub(y.square())).formula("σ({0})", "{y}·(1 − {y})");

    /** y = ln σ(x) = min(x, 0) − ln(1 + e⁻ᴵˣᴵ), which neither overflows nor loses precision, ∂y/∂x = σ(−x). */
    static final Primitive LOGSIGMOID = unary(
                    "logsigmoid",
                    each(x -> Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)))),
                    (x, y) -> x.neg().sigmoid())
            .formula("ln σ({0})", "σ(−{0})");

    /** y = ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ᴵˣᴵ), ∂y/∂x = σ(x). */
    static final Primitive SOFTPLUS = unary(
                    "softplus", each(x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))), (x, y) -> x.sigmoid())
            .formula("softplus({0})", "σ({0})");

    /** y = max(x, 0), ∂y/∂x = [y &gt; 0]. */
    static final Primitive RELU = Primitive.symmetric("relu", forward("relu", Kernels::relu), (d, x, y) -> gate(d, y))
            .as(Gate.ROUTER)
            .formula("relu({0})", "[{0} > 0]");

    /** y = a where b &gt; 0, else 0, ∂y/∂a = [b &gt; 0]. */
    private static final Primitive GATE = Primitive.symmetric(
                    "gate", forward("gate", Kernels::gate), (d, x, y) -> gate(d, x[1]), null)
            .as(Gate.ROUTER);

    private static Tensor gate(Tensor a, Tensor b) {
        return GATE.apply(a, b);
    }

    /**
     * y = min(max(x, min), max), ∂y/∂x = [min &lt; x &lt; max]: unlike with clamp, no gradient passes where x equals a bound.
     *
     * @param name the op's name: hardtanh, relu6
     * @param min lower bound
     * @param max upper bound
     * @return the op
     * @throws IllegalArgumentException unless min &lt; max
     */
    static Primitive hardtanh(String name, double min, double max) {
        if (!(min < max)) {
            throw new IllegalArgumentException(
                    name + ": min " + min + ", max " + max + ": expected min < max; swap the bounds");
        }
        return router(
                name,
                (kernels, x, out) -> kernels.clamp(x, min, max, out),
                (x, y) -> x.gt(min).mul(x.lt(max)));
    }

    /**
     * y = x where x &gt; 0, else slope·x; ∂y/∂x = 1 or slope.
     *
     * @param slope the slope for negative x
     * @return the op
     */
    static Primitive leakyRelu(double slope) {
        return unary(
                "leakyRelu",
                each(x -> x > 0 ? x : slope == 0 ? 0 : slope * x),
                (x, y) -> x.gt(0).where(Tensor.full(x.dtype(), 1), Tensor.full(x.dtype(), slope)));
    }

    /**
     * y = x where x &gt; 0, else α(eˣ − 1); ∂y/∂x = 1 or αeˣ, which is more accurate than y + α where it is small. Clevert et al.,
     * "Fast and Accurate Deep Network Learning by Exponential Linear Units", ICLR 2016.
     *
     * @param alpha α
     * @return the op
     */
    static Primitive elu(double alpha) {
        return unary(
                "elu",
                each(x -> x > 0 ? x : alpha * Math.expm1(x)),
                (x, y) -> x.gt(0).where(Tensor.onesLike(x), x.exp().mul(alpha)));
    }

    /**
     * y = x·σ(x), ∂y/∂x = σ(x) + x·σ(x)·(1 − σ(x)).
     * Elfwing et al., "Sigmoid-weighted linear units", Neural Networks 107, 2018.
     */
    static final Primitive SILU = unary("silu", each(x -> scaleOrZero(x, Functions.sigmoid(x))), (x, y) -> {
                Tensor s = x.sigmoid();
                return s.add(clampToExpRange(x).mul(s).mul(s.neg().add(1)));
            })
            .formula("silu({0})", "(σ({0}) + {0}·σ({0})·(1 − σ({0})))");

    /** x·factor, or 0 where the factor is 0: the limit for x → −∞ of a factor that decays faster than 1/x. */
    private static double scaleOrZero(double x, double factor) {
        return factor == 0 ? 0 : x * factor;
    }

    /** y = x·t, t = tanh(ln(1 + eˣ)), ∂y/∂x = t + x·σ(x)·(1 − t²). Misra, "Mish", BMVC 2020. */
    static final Primitive MISH = unary("mish", each(Activations::mish), (x, y) -> {
        Tensor t = x.softplus().tanh();
        return t.add(clampToExpRange(x).mul(x.sigmoid()).mul(t.square().neg().add(1)));
    });

    private static double mish(double x) {
        return scaleOrZero(x, Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))));
    }

    /** y = x / (1 + |x|), ∂y/∂x = 1 / (1 + |x|)². */
    static final Primitive SOFTSIGN = unary(
                    "softsign",
                    each(x -> Double.isInfinite(x) ? Math.signum(x) : x / (1 + Math.abs(x))),
                    (x, y) -> x.abs().add(1).reciprocal().square())
            .formula("softsign({0})", "1/(1 + |{0}|)²");

    /**
     * y = x·Φ(x), Φ(x) = ½ erfc(−x/√2), ∂y/∂x = Φ(x) + x·e^(−x²/2)/√(2π).
     * Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", 2016.
     */
    static final Primitive GELU = unary(
                    "gelu", each(x -> scaleOrZero(x, Erfc.value(-x * Math.sqrt(0.5)) / 2)), (x, y) -> {
                        Tensor probability =
                                Elementwise.ERFC.apply(x.mul(-Math.sqrt(0.5))).mul(0.5);
                        Tensor density =
                                clampToExpRange(x).square().mul(-0.5).exp().mul(1 / Math.sqrt(2 * Math.PI));
                        return probability.add(clampToExpRange(x).mul(density));
                    })
            .formula("gelu({0})", "(½·erfc(−{0}/√2) + {0}·exp(−{0}²/2)/√(2·π))");

    /**
     * y = ½x(1 + t), t = tanh u, u = √(2/π)·(x + 0.044715x³), ∂y/∂x = ½(1 + t) + ½x(1 − t²)·u′: the approximation of GELU that was
     * once used for speed, and that existing models were trained with.
     */
    static final Primitive GELU_TANH = unary("geluTanh", each(Activations::geluTanh), (unbounded, y) -> {
        Tensor x = clampToExpRange(unbounded);
        Tensor square = x.square();
        Tensor t = square.mul(GELU_CUBIC).add(1).mul(x).mul(GELU_SCALE).tanh();
        Tensor innerDerivative = square.mul(3 * GELU_CUBIC).add(1).mul(GELU_SCALE);
        Tensor derivativeTerm = x.mul(t.square().neg().add(1)).mul(innerDerivative);
        return t.add(1).add(derivativeTerm).mul(0.5);
    });

    /** Uses ½(1 + tanh u) = σ(2u), which is accurate where it is small. */
    private static double geluTanh(double x) {
        return scaleOrZero(x, Functions.sigmoid(2 * GELU_SCALE * x * (1 + GELU_CUBIC * x * x)));
    }
}
