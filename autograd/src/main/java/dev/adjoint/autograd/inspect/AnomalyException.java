package dev.adjoint.autograd.inspect;

/** Under {@link Anomaly}, an op made a NaN or an infinity. */
public final class AnomalyException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message which op, where, of what operands
     */
    AnomalyException(String message) {
        super(message);
    }
}
