package dev.adjoint.datasets;

/** Data that cannot be used: missing, damaged, or not what its name says. The message names the file and the mend. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A fault of the data itself.
     *
     * @param message what is wrong and how to mend it
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * A fault met while reading.
     *
     * @param message what is wrong and how to mend it
     * @param cause the fault
     */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
