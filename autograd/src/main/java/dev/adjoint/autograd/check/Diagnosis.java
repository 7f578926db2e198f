package dev.adjoint.autograd.check;

/** The diagnosis of a gradient that differs from central differences. */
public enum Diagnosis {
    /** The gradient has the wrong sign. */
    SIGN_FLIPPED("sign flipped"),
    /** The gradient is the right one times a constant. */
    CONSTANT_FACTOR("off by a constant factor"),
    /** The gradient is that of the transpose. */
    TRANSPOSED("transposed"),
    /** The contribution of one use overwrote those of the others. */
    OVERWRITTEN("contribution overwritten instead of accumulated"),
    /** Only one slice along a broadcast axis contributes. */
    BROADCAST_NOT_SUMMED("broadcast axes not summed"),
    /** Elements or axes are in the wrong order. */
    AXIS_MIXED_UP("axis mixed up"),
    /** The gradient is zero at some or all entries where it should not be. */
    ZERO("zero where it should not be"),
    /** The gradient is computed as if the cotangent were 1 everywhere. */
    COTANGENT_IGNORED("ones instead of the cotangent"),
    /** The result depends on an input by a path that is not in the graph. */
    DETACHED("branch detached from the graph"),
    /** The gradient is that of the previous point, or is right at the first point only. */
    STALE_VALUE("stale saved value"),
    /** The error is small and has no pattern. */
    PRECISION_ONLY("precision only"),
    /** Two evaluations at the same point differ. */
    NOT_DETERMINISTIC("function not deterministic"),
    /** The gradient is NaN or infinite, though the function is smooth there. */
    NOT_FINITE("not finite"),
    /** None of the above. */
    UNKNOWN("formula wrong");

    private final String text;

    Diagnosis(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
