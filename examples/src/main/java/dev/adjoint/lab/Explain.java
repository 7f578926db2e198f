package dev.adjoint.lab;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.autograd.inspect.Graph.Vertex;
import dev.adjoint.autograd.inspect.Role;
import dev.adjoint.nn.Module;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Explains how a result and its gradients are computed: the evaluation step by step, forward mode with one pass per input, and reverse
 * mode with each contribution, as text or as an interactive page.
 *
 * <pre>{@code
 * Tensor x1 = Tensor.of(2.0).requiresGrad(true);
 * Tensor x2 = Tensor.of(3.0).requiresGrad(true);
 * Explain explain = Explain.of(Graph.trace(() -> x1.mul(x2).add(x1.sin())), Map.of("x1", x1, "x2", x2));
 * System.out.print(explain.text());
 * explain.html(Path.of("seed.html"));
 * }</pre>
 */
public final class Explain {
    private final Graph graph;
    private final List<Vertex> order;
    private final Map<Vertex, String> names;
    private final Map<Vertex, String> groups;
    private final Map<Vertex, Tensor> gradients = new HashMap<>();
    private final Map<Vertex, List<Optional<Tensor>>> contributions = new HashMap<>();
    private final String title;

    private Explain(
            String title, Graph graph, List<Vertex> order, Map<Vertex, String> names, Map<Vertex, String> groups) {
        this.title = title;
        this.graph = graph;
        this.order = order;
        this.names = names;
        this.groups = groups;
        reverse();
    }

    /**
     * Explains a graph.
     *
     * @param graph a graph recorded by {@link Graph#trace}, which keeps all values
     * @param names the names of tensors; leaves without a name are called v1, v2, …
     * @return the explanation
     * @throws IllegalStateException if a value that a derivative needs was not kept
     */
    public static Explain of(Graph graph, Map<String, Tensor> names) {
        return of("", graph, names, Map.of());
    }

    private static Explain of(String title, Graph graph, Map<String, Tensor> names, Map<Vertex, String> groups) {
        List<Vertex> order = rightFirst(graph);
        Map<Vertex, String> named = new HashMap<>();
        names.forEach((name, tensor) -> graph.vertex(tensor).ifPresent(vertex -> named.put(vertex, name)));
        int leaves = 0;
        int results = 0;
        for (Vertex vertex : order) {
            if (named.containsKey(vertex)) continue;
            if (!vertex.operands().isEmpty()) named.put(vertex, "w" + ++results);
            else if (vertex.role() == Role.CONSTANT && size(vertex) == 1) named.put(vertex, number(vertex));
            else named.put(vertex, (vertex.role() == Role.CONSTANT ? "c" : "v") + ++leaves);
        }
        return new Explain(title, graph, order, named, groups);
    }

    /**
     * Explains an expression at a point.
     *
     * @param expression an expression such as "x1*x2 + sin(x1)"
     * @param at the value of each variable
     * @return the explanation
     * @throws IllegalArgumentException if the expression cannot be parsed; the message gives the position
     */
    public static Explain expression(String expression, Map<String, Double> at) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        at.forEach((name, value) -> inputs.put(name, Tensor.of(value).reshape().requiresGrad(true)));
        Graph graph = Graph.trace(() -> Expression.evaluate(expression, inputs));
        return of(expression, graph, inputs, Map.of());
    }

    /**
     * Explains the loss of a model. On the page, its layers can be collapsed and expanded.
     *
     * @param model the model
     * @param loss computes the loss, calling the layers with {@link Module#apply}
     * @param names the names of the inputs and targets
     * @return the explanation
     */
    public static Explain of(Module model, Supplier<Tensor> loss, Map<String, Tensor> names) {
        LayerTrace layers = new LayerTrace(model);
        Graph graph = layers.trace(loss);
        Map<String, Tensor> all = new LinkedHashMap<>(names);
        all.putAll(model.namedParameters());
        return of(model.getClass().getSimpleName(), graph, all, layers.groups(graph));
    }

    /**
     * Writes an interactive page that explains a loss. The values of linear ops are shown only if the loss was recorded by
     * {@link Graph#trace}.
     *
     * @param loss the loss, before backward
     * @param file the file to write
     */
    public static void html(Tensor loss, Path file) {
        of(Graph.of(loss), Map.of()).html(file);
    }

    /**
     * Returns the same explanation in another order of evaluation, a random topological order.
     *
     * @param seed the seed that selects the order
     * @return the explanation, with the same names
     */
    public Explain inOrder(long seed) {
        Random random = new Random(seed);
        List<Vertex> shuffled = new ArrayList<>();
        List<Vertex> left = new ArrayList<>(order);
        while (!left.isEmpty()) {
            List<Vertex> ready = left.stream()
                    .filter(v -> shuffled.containsAll(v.operands()))
                    .toList();
            Vertex next = ready.get(random.nextInt(ready.size()));
            shuffled.add(next);
            left.remove(next);
        }
        return new Explain(title, graph, shuffled, names, groups);
    }

    /**
     * Formats the explanation as text: the evaluation, forward mode, reverse mode, and their costs.
     *
     * @return lines
     */
    public String text() {
        return new ExplainText(this).write();
    }

    /**
     * Compares the results with those of another order of evaluation, which differ at most by rounding in sums.
     *
     * @param other the explanation in the other order
     * @return a line of text
     */
    public String comparison(Explain other) {
        double worst = difference(result().value(), other.result().value());
        for (Vertex mine : inputs()) {
            for (Vertex theirs : other.inputs()) {
                if (!name(mine).equals(other.name(theirs))) continue;
                worst = Math.max(worst, difference(gradient(mine), other.gradient(theirs)));
            }
        }
        return "in another order of evaluation: value and gradients are the same"
                + (worst == 0 ? ", bit for bit" : " but for " + Notation.show(worst) + " of rounding");
    }

    private static double difference(Optional<Tensor> a, Optional<Tensor> b) {
        if (a.isEmpty() || b.isEmpty()) return 0;
        return a.get().sub(b.get()).abs().sum().item();
    }

    /**
     * Writes a self-contained interactive page that steps forward and backward through the graph; it needs no network.
     *
     * @param file the file to write
     * @throws java.io.UncheckedIOException if the file cannot be written
     */
    public void html(Path file) {
        Page.write(file, "stepper.html", new StepperData(this).json());
    }

    // ---- data for the text and the page ----

    /** A topological order that visits right operands before left ones, the order in which the lecture notes number the w's. */
    private static List<Vertex> rightFirst(Graph graph) {
        List<Vertex> order = new ArrayList<>();
        for (Vertex vertex : graph.vertices()) if (vertex.operands().isEmpty()) order.add(vertex);
        Set<Vertex> known = new HashSet<>(order);
        List<Vertex> path = new ArrayList<>();
        path.add(graph.vertices().get(graph.vertices().size() - 1));
        while (!path.isEmpty()) {
            Vertex vertex = path.get(path.size() - 1);
            Vertex missing = null;
            for (Vertex operand : vertex.operands()) if (!known.contains(operand)) missing = operand;
            if (missing != null) {
                path.add(missing);
                continue;
            }
            path.remove(path.size() - 1);
            if (known.add(vertex)) order.add(vertex);
        }
        return order;
    }

    /** Runs reverse mode: from the result backwards, each vertex contributes to the gradients of its operands. */
    private void reverse() {
        gradients.put(result(), Tensor.ones(result().dtype(), result().shape()));
        for (int i = order.size() - 1; i >= 0; i--) {
            Vertex vertex = order.get(i);
            Tensor gradient = gradients.get(vertex);
            if (gradient == null || vertex.operands().isEmpty()) continue;
            List<Optional<Tensor>> shares = vertex.pullBack(gradient);
            contributions.put(vertex, shares);
            for (int k = 0; k < shares.size(); k++) {
                Vertex operand = vertex.operands().get(k);
                shares.get(k).ifPresent(share -> gradients.merge(operand, share, Tensor::add));
            }
        }
    }

    Vertex result() {
        return graph.vertices().get(graph.vertices().size() - 1);
    }

    String title() {
        return title;
    }

    List<Vertex> order() {
        return order;
    }

    String name(Vertex vertex) {
        return names.get(vertex);
    }

    List<String> operandNames(Vertex vertex) {
        return vertex.operands().stream().map(this::name).toList();
    }

    Optional<Tensor> gradient(Vertex vertex) {
        return Optional.ofNullable(gradients.get(vertex));
    }

    /** The contribution to each operand; empty for an operand that gets no gradient. */
    List<Optional<Tensor>> contributions(Vertex vertex) {
        return contributions.getOrDefault(vertex, List.of());
    }

    /** The layer that a vertex belongs to, such as "0/1"; empty if there is none. */
    String group(Vertex vertex) {
        return groups.getOrDefault(vertex, "");
    }

    /** The inputs to differentiate with respect to. */
    List<Vertex> inputs() {
        return order.stream().filter(vertex -> vertex.role() == Role.LEAF).toList();
    }

    static long size(Vertex vertex) {
        long size = 1;
        for (long n : vertex.shape()) size *= n;
        return size;
    }

    private static String number(Vertex vertex) {
        String text = vertex.value().map(value -> Notation.show(value.item())).orElse("c");
        return text.startsWith("−") ? "(" + text + ")" : text;
    }
}
