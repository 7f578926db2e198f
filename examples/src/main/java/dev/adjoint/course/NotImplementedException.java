package dev.adjoint.course;

/** Thrown by a method that the student has not written yet. */
final class NotImplementedException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1L;

    private NotImplementedException() {
        super("not written yet");
    }

    static NotImplementedException method() {
        return new NotImplementedException();
    }
}
