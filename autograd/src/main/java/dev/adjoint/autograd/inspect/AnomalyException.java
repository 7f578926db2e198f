package dev.adjoint.autograd.inspect;

/** Thrown under {@link Anomaly} when an op produces a NaN or an infinity from finite operands. */
public final class AnomalyException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message the op, the source line and the operands
     */
    AnomalyException(String message) {
        super(message);
    }
}
