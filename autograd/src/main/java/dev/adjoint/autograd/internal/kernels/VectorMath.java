package dev.adjoint.autograd.internal.kernels;

import static dev.adjoint.autograd.internal.kernels.VectorAccess.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Transcendental functions of a vector of floats, accurate to 4 units in the last place. The JDK's functions give different results
 * before and after JIT compilation (Math, then a vector library), so that training would not be reproducible bit for bit; these use
 * only operations with exactly defined results. Range reductions and polynomials are those of Moshier's Cephes Mathematical
 * Library, release 2.2 (1992).
 */
final class VectorMath {
    /**
     * Adding this constant and subtracting it again rounds a float of at most 2²² to an integer; the sum has this integer in its
     * low bits.
     */
    private static final float ROUNDING_CONSTANT = 0x1.8p23f;

    private static final int MANTISSA_BITS = 23;
    private static final int EXPONENT_BIAS = 127;

    private static final float LOG2_E = 1.44269504f;
    /** ln 2 in two parts, the first with so few bits that its products with small integers are exact. */
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float EXP_HIGHEST = 89;
    private static final float EXP_LOWEST = -104;

    /** Half of the x above which σ(−x) is 0. */
    private static final float SIGMOID_LARGEST_HALF = 52;

    private static final float SQRT_HALF = 0.70710678f;
    private static final float TANH_SMALL = 0.625f;
    /** From this value on, tanh is 1. */
    private static final float TANH_LARGE = 20;

    /** π/2 in three parts. */
    private static final float HALF_PI_HIGH = 1.5703125f;

    private static final float HALF_PI_MIDDLE = 4.83751296997e-4f;
    private static final float HALF_PI_LOW = 7.54978995489e-8f;
    /** The largest |x| for which the three parts are sufficient. */
    static final float TRIGONOMETRY_LIMIT = 8192;

    private VectorMath() {}

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** c₀·xⁿ + … + cₙ, by Horner's rule. */
    private static FloatVector polynomial(FloatVector x, float c0, float c1, float c2, float c3) {
        return all(c0).fma(x, all(c1)).fma(x, all(c2)).fma(x, all(c3));
    }

    /** eˣ = 2ⁿ·eʳ with |r| ≤ ½ ln 2. */
    static FloatVector exp(FloatVector x) {
        FloatVector clampToExpRange = x.min(EXP_HIGHEST).max(EXP_LOWEST);
        FloatVector shifted = clampToExpRange.fma(all(LOG2_E), all(ROUNDING_CONSTANT));
        // As two factors, since 2ⁿ alone could overflow or underflow where the product does not.
        IntVector whole = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDING_CONSTANT));
        IntVector half = whole.lanewise(VectorOperators.ASHR, 1);
        return expOfRemainder(clampToExpRange, shifted).mul(powerOfTwo(half)).mul(powerOfTwo(whole.sub(half)));
    }

    /**
     * eˣ for x ≥ −87, where 2ⁿ does not underflow; from 88.4 to 89 it is ∞. Functions of eˣ use this method: with the full exp,
     * they would be too large for the JIT compiler to inline into a loop.
     */
    private static FloatVector expNoUnderflow(FloatVector x) {
        FloatVector shifted = x.fma(all(LOG2_E), all(ROUNDING_CONSTANT));
        return expOfRemainder(x, shifted)
                .mul(powerOfTwo(shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDING_CONSTANT))));
    }

    /** eʳ with r = x − n·ln 2, where n is the integer in the low bits of {@code shifted}. */
    private static FloatVector expOfRemainder(FloatVector x, FloatVector shifted) {
        FloatVector n = shifted.sub(ROUNDING_CONSTANT);
        FloatVector r = n.fma(all(-LN2_HIGH), x);
        r = n.fma(all(-LN2_LOW), r);
        FloatVector p = polynomial(r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f);
        p = p.fma(r, all(1.6666665459e-1f)).fma(r, all(5.0000001201e-1f));
        return p.fma(r.mul(r), r).add(1);
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.add(EXPONENT_BIAS)
                .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
                .reinterpretAsFloats();
    }

    /** ln x = e·ln 2 + ln m with √½ ≤ m &lt; √2. */
    static FloatVector log(FloatVector x) {
        VectorMask<Float> tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        FloatVector normal = x.blend(x.mul(0x1p25f), tiny);
        IntVector bits = normal.reinterpretAsInts();
        IntVector exponent = bits.lanewise(VectorOperators.LSHR, MANTISSA_BITS).sub(EXPONENT_BIAS - 1);
        FloatVector m = bits.and(0x7fffff).or(0x3f000000).reinterpretAsFloats();
        // Converts to float by bits: adding an integer to the bits of 1.5·2²³ adds it to the value.
        FloatVector e = exponent.add(Float.floatToRawIntBits(ROUNDING_CONSTANT))
                .reinterpretAsFloats()
                .sub(ROUNDING_CONSTANT);
        e = e.sub(all(0).blend(25, tiny));
        VectorMask<Float> low = m.compare(VectorOperators.LT, SQRT_HALF);
        e = e.sub(all(0).blend(1, low));
        m = m.add(all(0).blend(m, low)).sub(1);
        FloatVector square = m.mul(m);
        FloatVector p = polynomial(m, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f);
        p = p.fma(m, all(1.4249322787e-1f)).fma(m, all(-1.6668057665e-1f)).fma(m, all(2.0000714765e-1f));
        p = p.fma(m, all(-2.4999993993e-1f)).fma(m, all(3.3333331174e-1f));
        FloatVector y = p.mul(m).mul(square);
        y = e.fma(all(LN2_LOW), y);
        y = square.fma(all(-0.5f), y);
        FloatVector result = e.fma(all(LN2_HIGH), m.add(y));
        result = result.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
        result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
        return result.blend(Float.NaN, x.compare(VectorOperators.LT, 0).or(x.compare(VectorOperators.NE, x)));
    }

    /**
     * σ(x) = 1/(1 + e⁻ˣ), and e⁻ᴵˣᴵ/(1 + e⁻ᴵˣᴵ) for x &lt; 0, where the former would be 0 below −88.7. e⁻ᴵˣᴵ is computed as the
     * square of a value that does not underflow.
     */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector root = expNoUnderflow(x.abs().mul(-0.5f).max(-SIGMOID_LARGEST_HALF));
        FloatVector e = root.mul(root);
        return all(1).blend(e, x.compare(VectorOperators.LT, 0)).div(e.add(1));
    }

    /** tanh x = (1 − t)/(1 + t) with t = e⁻²ˣ; near 0, where that loses precision, a polynomial. */
    static FloatVector tanh(FloatVector x) {
        FloatVector t = expNoUnderflow(x.min(TANH_LARGE).max(-TANH_LARGE).mul(-2));
        FloatVector far = all(1).sub(t).div(t.add(1));
        FloatVector square = x.mul(x);
        FloatVector p =
                polynomial(square, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f);
        FloatVector near = p.fma(square, all(-3.33332819422e-1f)).mul(square).fma(x, x);
        return far.blend(near, square.compare(VectorOperators.LT, TANH_SMALL * TANH_SMALL));
    }

    /** sin x for |x| up to {@link #TRIGONOMETRY_LIMIT}. */
    static FloatVector sin(FloatVector x) {
        return sinShifted(x, 0);
    }

    /** cos x for |x| up to {@link #TRIGONOMETRY_LIMIT}. */
    static FloatVector cos(FloatVector x) {
        return sinShifted(x, 1);
    }

    /** The sine of x + shift·π/2: with x = q·π/2 + r, a sine or cosine of r, with a sign. */
    private static FloatVector sinShifted(FloatVector x, int shift) {
        FloatVector shifted = x.fma(all((float) (2 / Math.PI)), all(ROUNDING_CONSTANT));
        FloatVector q = shifted.sub(ROUNDING_CONSTANT);
        FloatVector r = q.fma(all(-HALF_PI_HIGH), x);
        r = q.fma(all(-HALF_PI_MIDDLE), r);
        r = q.fma(all(-HALF_PI_LOW), r);
        FloatVector square = r.mul(r);
        FloatVector sine =
                all(-1.9515295891e-4f).fma(square, all(8.3321608736e-3f)).fma(square, all(-1.6666654611e-1f));
        sine = sine.mul(square).fma(r, r);
        FloatVector cosine = all(2.443315711809948e-5f)
                .fma(square, all(-1.388731625493765e-3f))
                .fma(square, all(4.166664568298827e-2f));
        cosine = cosine.mul(square).fma(square, square.fma(all(-0.5f), all(1)));
        IntVector quarter = shifted.reinterpretAsInts().add(shift);
        VectorMask<Float> odd = quarter.and(1).compare(VectorOperators.NE, 0).cast(SPECIES);
        IntVector sign = quarter.and(2).lanewise(VectorOperators.LSHL, 30);
        return sine.blend(cosine, odd)
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, sign)
                .reinterpretAsFloats();
    }
}
