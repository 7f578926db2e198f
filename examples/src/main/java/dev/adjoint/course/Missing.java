package dev.adjoint.course;

/** What a method throws that is still to be written. */
final class Missing extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    private Missing() {
        super("not written yet");
    }

    static Missing method() {
        return new Missing();
    }
}
