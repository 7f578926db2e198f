package dev.adjoint.datasets;

/** Thrown for data that is missing, damaged or of an unexpected format. The message names the file and a fix. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** The maximum length of a message in characters: names in a damaged file can be megabytes long. */
    private static final int MAX_MESSAGE_LENGTH = 1000;

    /**
     * Makes an exception for an error in the data itself.
     *
     * @param message what is wrong and how to fix it
     */
    public DataException(String message) {
        super(shorten(message));
    }

    /**
     * Makes an exception for an error that occurred while reading.
     *
     * @param message what is wrong and how to fix it
     * @param cause the error
     */
    public DataException(String message, Throwable cause) {
        super(shorten(message), cause);
    }

    /** Shortens a long message in the middle, since the file name is at its beginning and the fix at its end. */
    private static String shorten(String message) {
        if (message == null || message.length() <= MAX_MESSAGE_LENGTH) return message;
        int half = MAX_MESSAGE_LENGTH / 2;
        return message.substring(0, half) + " … " + message.substring(message.length() - half);
    }
}
