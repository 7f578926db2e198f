package dev.adjoint.course;

/**
 * A task of an assignment.
 *
 * @param name the name shown to the student
 * @param points the points for a correct solution
 * @param check checks the solution
 */
record Task(String name, int points, Check check) {
    /** Checks a solution. */
    @FunctionalInterface
    interface Check {
        /** Returns a hint, or null if the solution is correct. */
        String hint();
    }

    /** The result of a task: points, and a hint if it is not solved. */
    record Result(String task, int points, int of, String hint) {}

    Result grade() {
        String hint;
        try {
            hint = check.hint();
        } catch (NotImplementedException e) {
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
