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
 * The entry point. A mistake of the user ends in one line on standard error and exit code 2; a stack trace is shown only with
 * {@code --stacktrace}.
 */
@Command(
        name = "adjoint",
        description = "Trains, uses and measures neural nets on the Adjoint engine.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class Main implements Runnable, CommandGroup {
    private static final int USAGE_ERROR = 2;
    private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

    @Option(names = "--stacktrace", description = "Show where an error came from.", scope = ScopeType.INHERIT)
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
        if (namesACommand(args)) EngineStart.ahead();
        System.exit(run(utf8(FileDescriptor.out), utf8(FileDescriptor.err), args));
    }

    /** Whether a command is to be run, rather than explained: nearly all of them need the engine. */
    private static boolean namesACommand(String[] args) {
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
     * @return the exit code: 0, 2 for a mistake of the user, 1 for one of ours
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine commands = main.toCommandLine(args)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> refuse(e, e.getCommandLine()))
                .setExecutionExceptionHandler(main::report);
        try {
            int code = commands.execute(ExplainCommand.withMinusSign(args));
            // A PrintWriter keeps its errors to itself: a disk that is full would look like success.
            if (!out.checkError() || code != CommandLine.ExitCode.OK) return code;
            err.println("adjoint: standard output cannot be written: the disk is full, or the reader has gone");
            err.flush();
            return CommandLine.ExitCode.SOFTWARE;
        } catch (StackOverflowError e) {
            return refuse("the input is nested too deeply: take fewer levels", commands);
        } catch (NoClassDefFoundError e) {
            // What the JVM says of a class whose start has failed before, on the thread of EngineStart.
            return main.explain(EngineStart.failure().orElse(e), commands);
        } catch (OutOfMemoryError | ExceptionInInitializerError e) {
            return main.explain(e, commands);
        }
    }

    private int report(Exception e, CommandLine command, ParseResult parsed) {
        boolean wrapped = e instanceof CommandLine.ExecutionException && e.getCause() != null;
        return explain(wrapped ? e.getCause() : e, command);
    }

    /** One line for whatever ended the command. */
    private int explain(Throwable e, CommandLine command) {
        if (stackTrace) e.printStackTrace(command.getErr());
        if (e instanceof OutOfMemoryError) {
            return refuse(
                    "not enough memory (" + e.getMessage() + "): take smaller layers or batches, or a larger -Xmx",
                    command);
        }
        // A setting that the engine refuses when it starts.
        if (e instanceof ExceptionInInitializerError && e.getCause() != null) return explain(e.getCause(), command);
        boolean users = e instanceof IllegalArgumentException
                || e instanceof DataException
                || e instanceof UncheckedIOException
                || e instanceof CommandLine.ParameterException;
        if (users) return refuse(e, command);
        command.getErr().println("adjoint: " + e + " (this is a fault of the program; --stacktrace shows where)");
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static int refuse(Throwable e, CommandLine command) {
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (e instanceof CommandLine.UnmatchedArgumentException unknown
                && !unknown.getSuggestions().isEmpty()) {
            first += "; did you mean " + String.join(" or ", unknown.getSuggestions()) + "?";
        }
        return refuse(first, command);
    }

    private static int refuse(String line, CommandLine command) {
        command.getErr()
                .println(
                        "adjoint: " + line + " (see " + command.getCommandSpec().qualifiedName() + " --help)");
        command.getErr().flush();
        return USAGE_ERROR;
    }

    /** Whatever the console's settings: the digits and progress bars are drawn with block characters. */
    private static PrintWriter utf8(FileDescriptor stream) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(stream), StandardCharsets.UTF_8), true);
    }
}
