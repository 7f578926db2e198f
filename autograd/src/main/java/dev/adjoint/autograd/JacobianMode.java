package dev.adjoint.autograd;

/** The mode in which a Jacobian is computed. */
public enum JacobianMode {
    /** Reverse mode, row by row: one backward pass for each of the m outputs. */
    REVERSE,
    /** Forward mode, column by column: one forward pass for each of the n inputs. */
    FORWARD,
    /** The mode that takes fewer passes. */
    AUTO;

    /**
     * A chosen mode and the reason for it.
     *
     * @param mode {@link #REVERSE} or {@link #FORWARD}
     * @param passes the number of passes it takes
     * @param reason the reason, one sentence
     */
    public record Choice(JacobianMode mode, long passes, String reason) {
        @Override
        public String toString() {
            return reason;
        }
    }

    /**
     * Resolves {@link #AUTO} to a mode, given the size of the Jacobian.
     *
     * @param inputs n, the number of columns
     * @param outputs m, the number of rows
     * @return reverse or forward, with the reason
     */
    public Choice choose(long inputs, long outputs) {
        boolean forward = this == FORWARD || this == AUTO && inputs < outputs;
        long passes = forward ? inputs : outputs;
        String cost = "forward mode takes a pass for each of the " + inputs
                + " inputs, reverse mode one for each of the " + outputs + " outputs";
        String mode = forward ? "forward" : "reverse";
        String why = this == AUTO ? cost + ": " + mode + " mode is used" : mode + " mode was requested (" + cost + ")";
        return new Choice(forward ? FORWARD : REVERSE, passes, "jacobian [" + outputs + " x " + inputs + "]: " + why);
    }
}
