package dev.adjoint.cli;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.lab.Explain;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Module;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows, step by step, how an expression or a small network is differentiated in both modes. */
@Command(
        name = "explain",
        description = "Shows how a function and its derivatives are computed, in both modes.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class ExplainCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            description = "For example \"x1*x2 + sin(x1)\": numbers, names, + - * / ^, min, max, sin, exp, log, relu …",
            paramLabel = "EXPRESSION",
            defaultValue = "x1*x2 + sin(x1)")
    private String expression;

    @Option(
            names = "--at",
            split = ",",
            description = "The value of each variable.",
            paramLabel = "NAME=NUMBER",
            defaultValue = "x1=2,x2=3")
    private List<String> at = new ArrayList<>();

    @Option(
            names = "--order",
            description = "Evaluate in another topological order, chosen by the seed.",
            paramLabel = "SEED",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private Long order;

    @Option(
            names = "--html",
            description = "Also write an interactive page.",
            paramLabel = "FILE",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private Path html;

    @Option(
            names = "--model",
            description = "Explain the loss of a small network on two digits instead: ${COMPLETION-CANDIDATES}.",
            paramLabel = "NET",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private SmallNet model;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Explain plain = model == null ? Explain.expression(expression, numbers()) : ofModel();
        Explain explain = order == null ? plain : plain.inOrder(order);
        String what = model == null ? "F = " + expression : "the loss of a small " + model + " on two examples";
        spec.commandLine().getOut().printf(Locale.ROOT, "%s%n%n%s", what, explain.text());
        if (order != null) spec.commandLine().getOut().println("\n" + explain.comparison(plain));
        if (html != null) {
            explain.html(html);
            spec.commandLine().getOut().printf(Locale.ROOT, "%ninteractive page: %s%n", html);
        }
        spec.commandLine().getOut().flush();
    }

    /**
     * Replaces the leading hyphen of an expression such as -x1 or --x1 by a minus sign (−), since picocli would reject it as an unknown
     * option.
     */
    static String[] withMinusSign(String... args) {
        if (args.length == 0 || !args[0].equals("explain")) return args;
        String[] changed = args.clone();
        for (int i = 1; i < args.length; i++) {
            boolean isOption = args[i].matches("-[hV]|--[a-z]+(=.*)?");
            if (args[i].matches("-.+") && !isOption && !args[i - 1].matches("--[a-z]+")) {
                changed[i] = "−" + args[i].substring(1);
            }
        }
        return changed;
    }

    /** The values of the variables; each may be given only once. */
    private Map<String, Double> numbers() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String pair : at) {
            int sign = pair.indexOf('=');
            String name = sign < 0 ? pair : pair.substring(0, sign).strip();
            String number = sign < 0 ? "" : pair.substring(sign + 1).strip();
            if (name.isEmpty() || !number.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
                throw new IllegalArgumentException(
                        "--at " + pair + ": expected NAME=NUMBER, such as x1=2 or x1=-0.5,x2=3e-2");
            }
            if (numbers.put(name, Double.valueOf(number)) != null) {
                throw new IllegalArgumentException("--at names " + name + " twice: give each name one value");
            }
        }
        return numbers;
    }

    /** Explains the loss of a small network on two test digits. */
    private Explain ofModel() {
        Rng rng = new Rng(0);
        Module net = model.make(rng);
        Batch digits =
                DataLoader.inOrder(Mnist.load(Mnist.Split.TEST), 2).iterator().next();
        Tensor images = model.inputs(digits.inputs());
        Tensor classes = digits.targets();
        return Explain.of(
                net,
                () -> Losses.crossEntropy(net.apply(images), classes),
                Map.of("images", images, "classes", classes));
    }
}
