package dev.adjoint.datasets;

/** Data that cannot be used: missing, damaged, or not what its name says. The message names the file and the mend. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** Characters of a message: names in a damaged file may be megabytes long. */
    private static final int LONGEST_MESSAGE = 1000;

    /**
     * A fault of the data itself.
     *
     * @param message what is wrong and how to mend it
     */
    public DataException(String message) {
        super(cut(message));
    }

    /**
     * A fault met while reading.
     *
     * @param message what is wrong and how to mend it
     * @param cause the fault
     */
    public DataException(String message, Throwable cause) {
        super(cut(message), cause);
    }

    /** The message, in the middle of which something is left out if it is too long: the file stands before it, the mend behind it. */
    private static String cut(String message) {
        if (message == null || message.length() <= LONGEST_MESSAGE) return message;
        int half = LONGEST_MESSAGE / 2;
        return message.substring(0, half) + " … " + message.substring(message.length() - half);
    }
}
