package dev.adjoint.autograd.check;

/** What is wrong with a gradient that differs from central differences. */
public enum Diagnosis {
    /** It has the wrong sign. */
    SIGN_FLIPPED("sign flipped"),
    /** It is the right one times a constant. */
    CONSTANT_FACTOR("off by a constant factor"),
    /** It belongs to the transpose. */
    TRANSPOSED("transposed"),
    /** Of the contributions of several uses, one overwrote the others. */
    OVERWRITTEN("contribution overwritten instead of accumulated"),
    /** Only one slice of what was broadcast contributes. */
    BROADCAST_NOT_SUMMED("broadcast axes not summed"),
    /** Elements or axes are in the wrong order. */
    AXIS_MIXED_UP("axis mixed up"),
    /** It is zero at some or all places where it should not be. */
    ZERO("zero where it should not be"),
    /** It is computed as if every element of the result had the weight 1. */
    COTANGENT_IGNORED("ones instead of the cotangent"),
    /** The value depends on an input by a way that the graph does not know of. */
    DETACHED("branch detached from the graph"),
    /** It is right at the point that was looked at before, or at the first one only. */
    STALE_VALUE("stale saved value"),
    /** The error is small, and no pattern is in it. */
    PRECISION_ONLY("precision only"),
    /** Two evaluations at one point differ. */
    NOT_DETERMINISTIC("function not deterministic"),
    /** The gradient is not a number or infinite, though the function is smooth there. */
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
