package dev.adjoint.autograd;

/** By which mode a Jacobian is computed. */
public enum JacobianMode {
    /** A row at a time: one walk back for each of the m outputs. */
    REVERSE,
    /** A column at a time: one run with a tangent for each of the n inputs. */
    FORWARD,
    /** Whichever takes fewer passes. */
    AUTO;

    /**
     * A mode and why it was taken.
     *
     * @param mode {@link #REVERSE} or {@link #FORWARD}
     * @param passes how many passes it takes
     * @param reason one sentence
     */
    public record Choice(JacobianMode mode, long passes, String reason) {
        @Override
        public String toString() {
            return reason;
        }
    }

    /**
     * The mode that this one stands for, given the size of the Jacobian.
     *
     * @param inputs n, its columns
     * @param outputs m, its rows
     * @return reverse or forward, with the reason
     */
    public Choice choose(long inputs, long outputs) {
        boolean forward = this == FORWARD || this == AUTO && inputs < outputs;
        long passes = forward ? inputs : outputs;
        String cost = "forward mode takes a pass for each of the " + inputs
                + " inputs, reverse mode one for each of the " + outputs + " outputs";
        String taken = forward ? "forward" : "reverse";
        String why = this == AUTO ? cost + ": " + taken + " is taken" : taken + " mode was asked for (" + cost + ")";
        return new Choice(forward ? FORWARD : REVERSE, passes, "jacobian [" + outputs + " x " + inputs + "]: " + why);
    }
}
