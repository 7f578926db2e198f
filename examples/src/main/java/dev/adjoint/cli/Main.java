package dev.adjoint.cli;

import dev.adjoint.datasets.DataException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The entry point of the command line. A usage error prints one line on standard error and exits with code 2; a stack trace is printed
 * only with {@code --stacktrace}.
 */
@Command(
        name = "adjoint",
        description = "Trains, applies and measures neural networks with the Adjoint engine.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main implements Runnable, CommandGroup {
    private static final int USAGE_ERROR = 2;
    private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

    @Option(names = "--stacktrace", description = "Print the stack trace of an error.", scope = ScopeType.INHERIT)
    private boolean stackTrace;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Main() {}

    @Override
    public List<Class<?>> commands() {
        return List.of(
                MnistCommand.class,
                PredictCommand.class,
                ExplainCommand.class,
                ModesCommand.class,
                CourseCommand.class,
                BenchCommand.class,
                CheckCommand.class,
                CostCommand.class,
                DoctorCommand.class);
    }

    @Override
    public void run() {
        String commands = String.join(", ", spec.subcommands().keySet());
        throw new CommandLine.ParameterException(spec.commandLine(), "no command given: expected one of " + commands);
    }

    /**
     * Runs a command and ends the JVM with its exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        if (runsACommand(args)) EngineWarmUp.startInBackground();
        System.exit(run(utf8(FileDescriptor.out), utf8(FileDescriptor.err), args));
    }

    /** Whether the arguments run a command, instead of showing its help: nearly all commands need the engine. */
    private static boolean runsACommand(String[] args) {
        return args.length > 0
                && !args[0].startsWith("-")
                && Arrays.stream(args).noneMatch(HELP::contains);
    }

    /**
     * Runs a command.
     *
     * @param out standard output
     * @param err standard error
     * @param args see {@code --help}
     * @return the exit code: 0 for success, 2 for a usage error, 1 for an internal error
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine commands = main.toCommandLine(args)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> usageError(e, e.getCommandLine()))
                .setExecutionExceptionHandler(main::report);
        try {
            int code = commands.execute(ExplainCommand.withMinusSign(args));
            // A PrintWriter does not throw on errors, so a full disk would look like success.
            if (!out.checkError() || code != CommandLine.ExitCode.OK) return code;
            err.println(
                    "adjoint: standard output cannot be written: the disk is full, or the reader has closed the pipe");
            err.flush();
            return CommandLine.ExitCode.SOFTWARE;
        } catch (StackOverflowError e) {
            return usageError("the input is nested too deeply: reduce the nesting", commands);
        } catch (NoClassDefFoundError e) {
            // Thrown for a class whose initialisation has already failed on the thread of EngineWarmUp.
            return main.explain(EngineWarmUp.failure().orElse(e), commands);
        } catch (OutOfMemoryError | ExceptionInInitializerError e) {
            return main.explain(e, commands);
        }
    }

    private int report(Exception e, CommandLine command, ParseResult parsed) {
        boolean wrapped = e instanceof CommandLine.ExecutionException && e.getCause() != null;
        return explain(wrapped ? e.getCause() : e, command);
    }

    /** Prints one line for the exception that ended the command, and returns the exit code. */
    private int explain(Throwable e, CommandLine command) {
        if (stackTrace) e.printStackTrace(command.getErr());
        if (e instanceof OutOfMemoryError) {
            return usageError(
                    "not enough memory (" + e.getMessage() + "): use smaller layers or batches, or a larger -Xmx",
                    command);
        }
        // An invalid setting, which the engine rejects when it starts.
        if (e instanceof ExceptionInInitializerError && e.getCause() != null) return explain(e.getCause(), command);
        boolean users = e instanceof IllegalArgumentException
                || e instanceof DataException
                || e instanceof UncheckedIOException
                || e instanceof CommandLine.ParameterException;
        if (users) return usageError(e, command);
        command.getErr().println("adjoint: " + e + " (this is a bug in the program; --stacktrace shows where)");
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int usageError(Throwable e, CommandLine command) {
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (e instanceof CommandLine.UnmatchedArgumentException unknown
                && !unknown.getSuggestions().isEmpty()) {
            first += "; did you mean " + String.join(" or ", unknown.getSuggestions()) + "?";
        }
        return usageError(first, command);
    }

    private static int usageError(String line, CommandLine command) {
        command.getErr()
                .println(
                        "adjoint: " + line + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
        command.getErr().flush();
        return USAGE_ERROR;
    }

    /** A UTF-8 writer, independent of the console's encoding: digits and progress bars are drawn with block characters. */
    private static PrintWriter utf8(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), StandardCharsets.UTF_8), true);
    }
}
