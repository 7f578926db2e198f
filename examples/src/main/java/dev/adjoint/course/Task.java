package dev.adjoint.course;

/**
 * Something to be got right.
 *
 * @param name of the method, for the student
 * @param points what it is worth
 * @param check finds out whether it is right
 */
record Task(String name, int points, Check check) {
    /** Finds out what is wrong. */
    @FunctionalInterface
    interface Check {
        /** The hint, or null if nothing is wrong. */
        String hint();
    }

    /** What a task brought: its points or a hint. */
    record Result(String task, int points, int of, String hint) {}

    Result grade() {
        String hint;
        try {
            hint = check.hint();
        } catch (Missing e) {
            hint = "not written yet";
        } catch (NullPointerException e) {
            hint = "a tensor is missing where one is needed (" + e.getMessage() + "): does the method return null?";
        } catch (RuntimeException e) {
            hint = "it ends with an error: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
        return new Result(name, hint == null ? points : 0, points, hint);
    }
}
