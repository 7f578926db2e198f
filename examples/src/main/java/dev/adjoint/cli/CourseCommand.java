package dev.adjoint.cli;

import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.course.CourseReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows and grades the coursework assignments. */
@Command(
        name = "course",
        description = "Five assignments, from backward rules to a convolutional network, and their grader.",
        mixinStandardHelpOptions = true)
final class CourseCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no subcommand given: expected show or grade, and a number");
    }

    @Command(name = "show", description = "Shows an assignment.", mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "N", description = "1 to 5.") int number) {
        check(number);
        try (InputStream text = CourseReport.class.getResourceAsStream(number + ".md")) {
            spec.commandLine().getOut().print(new String(text.readAllBytes(), StandardCharsets.UTF_8));
            spec.commandLine().getOut().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Command(
            name = "grade",
            description = "Grades the answer to an assignment and gives hints for mistakes.",
            mixinStandardHelpOptions = true)
    void grade(
            @Parameters(paramLabel = "N", description = "1 to 5.") int number,
            @Option(names = "--json", paramLabel = "FILE", description = "Also write a report for scripts.")
                    Path json) {
        check(number);
        CourseReport report = CourseReport.grade(number);
        spec.commandLine().getOut().print(report.text());
        spec.commandLine().getOut().flush();
        if (json == null) return;
        try {
            AtomicFile.write(json, out -> out.write(report.json().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(json + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    private void check(int number) {
        if (number >= 1 && number <= CourseReport.ASSIGNMENTS) return;
        throw new ParameterException(
                spec.commandLine(), "assignment " + number + ": expected 1 to " + CourseReport.ASSIGNMENTS);
    }
}
