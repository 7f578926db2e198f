package dev.adjoint.cli;

import dev.adjoint.lab.Modes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the experiments that compare forward and reverse mode. */
@Command(
        name = "modes",
        description = "Measures when reverse mode wins, when forward mode wins, and what they cost; takes two minutes.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class ModesCommand implements Runnable {
    @Option(
            names = "--only",
            split = ",",
            description = "Run only these experiments: inputs, outputs, depth, layers, differences, chains, orders.",
            paramLabel = "NAME")
    private List<String> only;

    @Option(
            names = "--html",
            description = "File for the page of plots.",
            paramLabel = "FILE",
            defaultValue = "runs/modes.html")
    private Path html;

    @Option(names = "--json", description = "Print only a JSON line for each measurement.")
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
