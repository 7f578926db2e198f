package dev.adjoint.examples;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.datasets.Mnist;
import dev.adjoint.lab.Explain;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.Module;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A function of numbers, differentiated in both modes, step by step. */
@Command(
        name = "explain",
        description = "Shows how a function and its derivatives are computed, in both modes.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class ExplainCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            description = "Such as \"x1*x2 + sin(x1)\": numbers, names, + - * / ^, min, max, sin, exp, log, relu …",
            paramLabel = "EXPRESSION",
            defaultValue = "x1*x2 + sin(x1)")
    private String expression;

    @Option(
            names = "--at",
            split = ",",
            description = "A number for each name.",
            paramLabel = "NAME=NUMBER",
            defaultValue = "x1=2,x2=3")
    private Map<String, Double> at = new LinkedHashMap<>();

    @Option(
            names = "--order",
            description = "Evaluate in another topological order, one for each seed.",
            paramLabel = "SEED",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private Long order;

    @Option(
            names = "--html",
            description = "Write a page to step through, too.",
            paramLabel = "FILE",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private Path html;

    @Option(
            names = "--model",
            description = "Explain a step of a net on some digits instead: ${COMPLETION-CANDIDATES}.",
            paramLabel = "NET",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private SmallNet model;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Explain plain = model == null ? Explain.expression(expression, at) : ofModel();
        Explain explain = order == null ? plain : plain.inOrder(order);
        String what = model == null ? "F = " + expression : "the loss of a small " + model + " on two examples";
        spec.commandLine().getOut().printf("%s%n%n%s", what, explain.text());
        if (order != null) spec.commandLine().getOut().println("\n" + explain.comparison(plain));
        if (html != null) {
            explain.html(html);
            spec.commandLine().getOut().printf("%na page to step through it: %s%n", html);
        }
        spec.commandLine().getOut().flush();
    }

    /** A net small enough to be looked at. */
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
