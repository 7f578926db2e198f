package dev.adjoint.examples;

import dev.adjoint.lab.Explain;
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

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Explain explain = Explain.expression(expression, at);
        if (order != null) explain = explain.inOrder(order);
        spec.commandLine().getOut().printf("F = %s%n%n%s", expression, explain.text());
        if (order != null) {
            spec.commandLine().getOut().println("\n" + explain.comparison(Explain.expression(expression, at)));
        }
        if (html != null) {
            explain.html(html);
            spec.commandLine().getOut().printf("%na page to step through it: %s%n", html);
        }
        spec.commandLine().getOut().flush();
    }
}
