package dev.adjoint.autograd;

/**
 * Trigonometric and hyperbolic functions of a {@link Tensor}; angles are in radians. Their derivatives are declared in
 * {@link Trigonometry}.
 */
sealed interface TrigonometricOps permits Tensor {

    /**
     * y = sin x, x in radians.
     *
     * @return a tensor of this shape
     */
    default Tensor sin() {
        return Trigonometry.SIN.apply(self());
    }

    /**
     * y = cos x, x in radians.
     *
     * @return a tensor of this shape
     */
    default Tensor cos() {
        return Trigonometry.COS.apply(self());
    }

    /**
     * y = tan x.
     *
     * @return a tensor of this shape
     */
    default Tensor tan() {
        return Trigonometry.TAN.apply(self());
    }

    /**
     * y = arcsin x, in [−π/2, π/2]; NaN outside [−1, 1].
     *
     * @return a tensor of this shape
     */
    default Tensor asin() {
        return Trigonometry.ASIN.apply(self());
    }

    /**
     * y = arccos x, in [0, π]; NaN outside [−1, 1].
     *
     * @return a tensor of this shape
     */
    default Tensor acos() {
        return Trigonometry.ACOS.apply(self());
    }

    /**
     * y = arctan x, in (−π/2, π/2).
     *
     * @return a tensor of this shape
     */
    default Tensor atan() {
        return Trigonometry.ATAN.apply(self());
    }

    /**
     * The angle of the point (b, this), in [−π, π]: arctan(this/b) in the correct quadrant.
     *
     * @param b the x coordinate; shapes broadcast
     * @return a tensor of the broadcast shape
     * @throws IllegalArgumentException if the shapes do not broadcast or the types differ
     */
    default Tensor atan2(Tensor b) {
        return Trigonometry.ATAN2.apply(self(), b);
    }

    /**
     * y = sinh x = (eˣ − e⁻ˣ)/2.
     *
     * @return a tensor of this shape
     */
    default Tensor sinh() {
        return Trigonometry.SINH.apply(self());
    }

    /**
     * y = cosh x = (eˣ + e⁻ˣ)/2.
     *
     * @return a tensor of this shape
     */
    default Tensor cosh() {
        return Trigonometry.COSH.apply(self());
    }

    /**
     * y = tanh x.
     *
     * @return a tensor of this shape
     */
    default Tensor tanh() {
        return Trigonometry.TANH.apply(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
