package dev.adjoint.autograd;

/**
 * Elementwise ops of a {@link Tensor}. Their derivatives are declared in {@link dev.adjoint.autograd.Elementwise}.
 */
sealed interface ElementwiseOps permits Tensor {

    // ---- arithmetic ----

    /**
     * y = this + b.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor add(Tensor b) {
        return Elementwise.ADD.apply(self(), b);
    }

    /**
     * y = this + b.
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor add(double b) {
        return add(Constants.scalarLike(self(), b));
    }

    /**
     * y = this − b.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor sub(Tensor b) {
        return Elementwise.SUB.apply(self(), b);
    }

    /**
     * y = this − b.
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor sub(double b) {
        return sub(Constants.scalarLike(self(), b));
    }

    /**
     * y = this ⊙ b, element by element; for the matrix product see {@link Tensor#matmul}.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor mul(Tensor b) {
        return Elementwise.MUL.apply(self(), b);
    }

    /**
     * y = this · b.
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor mul(double b) {
        return mul(Constants.scalarLike(self(), b));
    }

    /**
     * y = this / b.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor div(Tensor b) {
        return Elementwise.DIV.apply(self(), b);
    }

    /**
     * y = this / b.
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor div(double b) {
        return div(Constants.scalarLike(self(), b));
    }

    /**
     * y = thisᵇ. Where b is 0, or this is 0 and b ≥ 0, a gradient of 0·∞ is 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor pow(Tensor b) {
        return Elementwise.POW.apply(self(), b);
    }

    /**
     * y = thisᵇ.
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor pow(double b) {
        return pow(Constants.scalarLike(self(), b));
    }

    /**
     * y = −x.
     *
     * @return a tensor of this shape
     */
    default Tensor neg() {
        return Elementwise.NEG.apply(self());
    }

    // ---- unary functions ----

    /**
     * y = eˣ.
     *
     * @return a tensor of this shape
     */
    default Tensor exp() {
        return Elementwise.EXP.apply(self());
    }

    /**
     * y = ln x; NaN below 0, −∞ at 0.
     *
     * @return a tensor of this shape
     */
    default Tensor log() {
        return Elementwise.LOG.apply(self());
    }

    /**
     * y = eˣ − 1, accurate near 0.
     *
     * @return a tensor of this shape
     */
    default Tensor expm1() {
        return Elementwise.EXPM1.apply(self());
    }

    /**
     * y = log₂ x; −∞ at 0, NaN below. Exact for powers of 2.
     *
     * @return a tensor of this shape
     */
    default Tensor log2() {
        return Elementwise.LOG2.apply(self());
    }

    /**
     * y = ln(1 + x), accurate near 0.
     *
     * @return a tensor of this shape
     */
    default Tensor log1p() {
        return Elementwise.LOG1P.apply(self());
    }

    /**
     * y = √x; NaN below 0.
     *
     * @return a tensor of this shape
     */
    default Tensor sqrt() {
        return Elementwise.SQRT.apply(self());
    }

    /**
     * y = 1/√x.
     *
     * @return a tensor of this shape
     */
    default Tensor rsqrt() {
        return Elementwise.RSQRT.apply(self());
    }

    /**
     * y = x².
     *
     * @return a tensor of this shape
     */
    default Tensor square() {
        return Elementwise.SQUARE.apply(self());
    }

    /**
     * y = 1/x.
     *
     * @return a tensor of this shape
     */
    default Tensor reciprocal() {
        return Elementwise.RECIPROCAL.apply(self());
    }

    /**
     * y = |x|; the gradient at 0 is 0.
     *
     * @return a tensor of this shape
     */
    default Tensor abs() {
        return Elementwise.ABS.apply(self());
    }

    /**
     * y = sign x, −1, 0 or 1; no gradient passes through it.
     *
     * @return a tensor of this shape
     */
    default Tensor sign() {
        return Elementwise.SIGN.apply(self());
    }

    /**
     * Binary cross-entropy of probabilities, y = −t·ln p − (1 − t)·ln(1 − p). As in PyTorch, logarithms are clamped to at least
     * −100, so that y stays finite, and the derivative with respect to p is (p − t) / max(p·(1 − p), 10⁻¹²).
     *
     * @param target t, in [0, 1]
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the types differ or the shapes do not broadcast
     */
    default Tensor binaryCrossEntropy(Tensor target) {
        return BinaryCrossEntropy.OF_PROBABILITIES.apply(self(), target);
    }

    /**
     * Binary cross-entropy of logits, y = −t·ln σ(x) − (1 − t)·ln(1 − σ(x)), accurate for logits of any magnitude.
     *
     * @param target t, in [0, 1]
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the types differ or the shapes do not broadcast
     */
    default Tensor binaryCrossEntropyWithLogits(Tensor target) {
        return BinaryCrossEntropy.OF_LOGITS.apply(self(), target);
    }

    // ---- error function, maximum, minimum and selection ----

    /**
     * The error function, y = 2/√π ∫₀ˣ e⁻ᵗ² dt.
     *
     * @return a tensor of this shape
     */
    default Tensor erf() {
        return Elementwise.ERF.apply(self());
    }

    /**
     * y = max(this, b). The gradient goes to the larger operand; equal operands share it equally.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor maximum(Tensor b) {
        return Elementwise.MAX.apply(self(), b);
    }

    /**
     * y = max(this, b).
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor maximum(double b) {
        return maximum(Constants.scalarLike(self(), b));
    }

    /**
     * y = min(this, b). The gradient goes to the smaller operand; equal operands share it equally.
     *
     * @param b the other operand; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor minimum(Tensor b) {
        return Elementwise.MIN.apply(self(), b);
    }

    /**
     * y = min(this, b).
     *
     * @param b a scalar
     * @return a tensor of this shape
     */
    default Tensor minimum(double b) {
        return minimum(Constants.scalarLike(self(), b));
    }

    /**
     * y = min(max(x, min), max). The gradient passes where min ≤ x ≤ max.
     *
     * @param min lower bound
     * @param max upper bound
     * @return a tensor of this shape
     * @throws IllegalArgumentException if min &gt; max
     */
    default Tensor clamp(double min, double max) {
        return Elementwise.clamp(min, max).apply(self());
    }

    /**
     * Selects elements with this tensor as the condition: a where it is not 0, else b; {@code torch.where(condition, a, b)} in
     * PyTorch.
     *
     * @param a selected where the condition is not 0
     * @param b selected elsewhere
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor where(Tensor a, Tensor b) {
        return Elementwise.WHERE.apply(self(), a, b);
    }

    // ---- comparisons, for any type: 1 where true, else 0; no gradient passes through them ----

    /**
     * y = 1 where this = b, else 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a mask of the broadcast shape, of this type; float32 for integers
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor eq(Tensor b) {
        return Elementwise.EQ.apply(self(), b);
    }

    /**
     * y = 1 where this = b, else 0.
     *
     * @param b a scalar
     * @return a mask of this shape and type; float32 for integers
     * @throws IllegalArgumentException if this is int64 and b is not an integer
     */
    default Tensor eq(double b) {
        return eq(Constants.scalarLike(self(), b));
    }

    /**
     * y = 1 where this ≠ b, else 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a mask of the broadcast shape, of this type; float32 for integers
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor ne(Tensor b) {
        return eq(b).neg().add(1);
    }

    /**
     * y = 1 where this ≠ b, else 0.
     *
     * @param b a scalar
     * @return a mask of this shape and type; float32 for integers
     * @throws IllegalArgumentException if this is int64 and b is not an integer
     */
    default Tensor ne(double b) {
        return ne(Constants.scalarLike(self(), b));
    }

    /**
     * y = 1 where this &gt; b, else 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a mask of the broadcast shape, of this type; float32 for integers
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor gt(Tensor b) {
        return Elementwise.GT.apply(self(), b);
    }

    /**
     * y = 1 where this &gt; b, else 0.
     *
     * @param b a scalar
     * @return a mask of this shape and type; float32 for integers
     * @throws IllegalArgumentException if this is int64 and b is not an integer
     */
    default Tensor gt(double b) {
        return gt(Constants.scalarLike(self(), b));
    }

    /**
     * y = 1 where this ≥ b, else 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a mask of the broadcast shape, of this type; float32 for integers
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor ge(Tensor b) {
        return Elementwise.GE.apply(self(), b);
    }

    /**
     * y = 1 where this ≥ b, else 0.
     *
     * @param b a scalar
     * @return a mask of this shape and type; float32 for integers
     * @throws IllegalArgumentException if this is int64 and b is not an integer
     */
    default Tensor ge(double b) {
        return ge(Constants.scalarLike(self(), b));
    }

    /**
     * y = 1 where this &lt; b, else 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a mask of the broadcast shape, of this type; float32 for integers
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor lt(Tensor b) {
        return Elementwise.LT.apply(self(), b);
    }

    /**
     * y = 1 where this &lt; b, else 0.
     *
     * @param b a scalar
     * @return a mask of this shape and type; float32 for integers
     * @throws IllegalArgumentException if this is int64 and b is not an integer
     */
    default Tensor lt(double b) {
        return lt(Constants.scalarLike(self(), b));
    }

    /**
     * y = 1 where this ≤ b, else 0.
     *
     * @param b the other operand; shapes broadcast
     * @return a mask of the broadcast shape, of this type; float32 for integers
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor le(Tensor b) {
        return Elementwise.LE.apply(self(), b);
    }

    /**
     * y = 1 where this ≤ b, else 0.
     *
     * @param b a scalar
     * @return a mask of this shape and type; float32 for integers
     * @throws IllegalArgumentException if this is int64 and b is not an integer
     */
    default Tensor le(double b) {
        return le(Constants.scalarLike(self(), b));
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
