package dev.adjoint.cli;

import dev.adjoint.lab.Modes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The measured lab. */
@Command(
        name = "modes",
        description = "Measures why reverse mode wins, when it does not, and what it pays; two minutes.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class ModesCommand implements Runnable {
    @Option(
            names = "--only",
            split = ",",
            description = "Some of the experiments: inputs, outputs, depth, layers, differences, chains, orders.",
            paramLabel = "NAME")
    private List<String> only;

    @Option(names = "--html", description = "The page of plots.", paramLabel = "FILE", defaultValue = "runs/modes.html")
    private Path html;

    @Option(names = "--json", description = "Print a JSON line for each point, and nothing else.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Modes modes = Modes.run(
                only == null ? Modes.names() : only, text -> say(out, !json, text), line -> say(out, json, line));
        modes.html(html);
        say(out, !json, (modes.held() ? "every claim held" : "not every claim held; see above") + "; plots: " + html);
    }

    private static void say(PrintWriter out, boolean wanted, String text) {
        if (!wanted) return;
        out.println(text);
        out.flush();
    }
}
