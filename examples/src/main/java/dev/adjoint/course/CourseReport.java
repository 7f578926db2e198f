package dev.adjoint.course;

import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of grading an assignment.
 *
 * @param assignment the number of the assignment, from 1
 * @param results the result of each task
 */
public record CourseReport(int assignment, List<?> results) {
    /** The number of assignments. */
    public static final int ASSIGNMENTS = Grader.ASSIGNMENTS;

    /**
     * Grades the answers of one assignment.
     *
     * @param assignment 1 to 5
     * @return the report
     * @throws IllegalArgumentException if there is no such assignment
     */
    public static CourseReport grade(int assignment) {
        return grade(assignment, Grader.Answers.own());
    }

    static CourseReport grade(int assignment, Grader.Answers answers) {
        return new CourseReport(assignment, Grader.grade(assignment, answers));
    }

    private List<Task.Result> tasks() {
        return results.stream().map(Task.Result.class::cast).toList();
    }

    /**
     * Returns the points achieved.
     *
     * @return from 0 to {@link #of}
     */
    public int points() {
        return tasks().stream().mapToInt(Task.Result::points).sum();
    }

    /**
     * Returns the maximum points.
     *
     * @return more than 0
     */
    public int of() {
        return tasks().stream().mapToInt(Task.Result::of).sum();
    }

    /**
     * Returns the hint for a task.
     *
     * @param task the name of the task
     * @return the hint, or null if the task is solved
     * @throws IllegalArgumentException if there is no such task
     */
    public String hint(String task) {
        return tasks().stream()
                .filter(result -> result.task().equals(task))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no task '" + task + "'"))
                .hint();
    }

    /**
     * Formats the report as text for the student.
     *
     * @return lines
     */
    public String text() {
        StringBuilder text = new StringBuilder("assignment " + assignment + "\n");
        for (Task.Result result : tasks()) {
            text.append(String.format(Locale.ROOT, "  %d/%d  %s%n", result.points(), result.of(), result.task()));
            if (result.hint() != null)
                text.append("       ").append(result.hint()).append('\n');
        }
        return text.append(String.format(Locale.ROOT, "%d of %d points%n", points(), of()))
                .toString();
    }

    /**
     * Formats the report as JSON for the instructor's scripts.
     *
     * @return a JSON object
     */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("assignment", assignment);
        all.put("points", points());
        all.put("of", of());
        all.put("tasks", results);
        return new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(all) + "\n";
    }
}
