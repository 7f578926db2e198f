package dev.adjoint.lab;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph.Vertex;
import dev.adjoint.autograd.inspect.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Formats an explanation as text, with the tables of the lecture notes. */
final class ExplainText {
    /** Maximum number of forward-mode passes shown side by side. */
    private static final int MOST_PASSES = 6;

    private final Explain explain;
    private final StringBuilder out = new StringBuilder();

    ExplainText(Explain explain) {
        this.explain = explain;
    }

    String write() {
        evaluation();
        boolean scalars = explain.order().stream().allMatch(vertex -> Explain.size(vertex) == 1);
        if (scalars) forwardMode();
        reverseMode();
        roles();
        costs();
        return out.toString();
    }

    private void say(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String value(Optional<Tensor> tensor, Vertex vertex) {
        if (tensor.isEmpty()) return "(not kept)";
        return Explain.size(vertex) == 1
                ? Notation.show(tensor.get().item())
                : "tensor " + Arrays.toString(vertex.shape());
    }

    private String formula(Vertex vertex) {
        return vertex.formula(explain.operandNames(vertex));
    }

    private static String role(Vertex vertex) {
        return vertex.role().name().toLowerCase(Locale.ROOT);
    }

    /** The computed vertices in evaluation order, without inputs and constants. */
    private List<Vertex> steps() {
        return explain.order().stream()
                .filter(vertex -> !vertex.operands().isEmpty())
                .toList();
    }

    // ---- the tables ----

    private void evaluation() {
        say("Evaluation");
        List<String[]> rows = new ArrayList<>();
        for (Vertex input : explain.inputs())
            rows.add(new String[] {explain.name(input), value(input.value(), input), ""});
        for (Vertex vertex : steps()) {
            rows.add(new String[] {
                explain.name(vertex) + " = " + formula(vertex), value(vertex.value(), vertex), role(vertex)
            });
        }
        table(rows, false);
        say(
                "  F = %s = %s",
                explain.name(explain.result()), value(explain.result().value(), explain.result()));
    }

    private void forwardMode() {
        List<Vertex> inputs = explain.inputs();
        say("%nForward mode: one pass per input, %d in total", inputs.size());
        List<Vertex> shown = inputs.subList(0, Math.min(MOST_PASSES, inputs.size()));
        List<Map<Vertex, Double>> passes = shown.stream().map(this::tangents).toList();
        List<String[]> rows = new ArrayList<>();
        String[] head = new String[shown.size() + 1];
        head[0] = "";
        for (int i = 0; i < shown.size(); i++) head[i + 1] = "by " + explain.name(shown.get(i));
        rows.add(head);
        for (Vertex vertex : explain.order()) {
            if (vertex.role() == Role.CONSTANT) continue;
            String[] row = new String[shown.size() + 1];
            row[0] = tangentFormula(vertex);
            for (int i = 0; i < shown.size(); i++) {
                row[i + 1] = Notation.show(passes.get(i).get(vertex));
            }
            rows.add(row);
        }
        table(rows, true);
        if (shown.size() < inputs.size()) say("  … and %d more passes", inputs.size() - shown.size());
    }

    private String tangentFormula(Vertex vertex) {
        String left = Notation.tangent(explain.name(vertex));
        if (vertex.operands().isEmpty()) return left;
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < vertex.operands().size(); i++) {
            Vertex operand = vertex.operands().get(i);
            if (operand.role() == Role.CONSTANT) continue;
            String partial = vertex.partial(i, explain.operandNames(vertex), explain.name(vertex));
            String tangent = Notation.tangent(explain.name(operand));
            terms.add(partial.equals("1") ? tangent : partial.equals("-1") ? "−" + tangent : partial + "·" + tangent);
        }
        return left + " = " + (terms.isEmpty() ? "0" : joined(terms));
    }

    /** One forward-mode pass: the derivative of each vertex with respect to one input, in evaluation order. */
    private Map<Vertex, Double> tangents(Vertex input) {
        Map<Vertex, Double> tangents = new HashMap<>();
        for (Vertex vertex : explain.order()) {
            double tangent = vertex == input ? 1 : 0;
            if (!vertex.operands().isEmpty()) {
                List<Optional<Tensor>> partials = vertex.pullBack(Tensor.ones(vertex.dtype(), vertex.shape()));
                for (int i = 0; i < partials.size(); i++) {
                    double by = tangents.get(vertex.operands().get(i));
                    // An infinite partial derivative does not matter if the tangent is 0.
                    if (partials.get(i).isPresent() && by != 0)
                        tangent += partials.get(i).get().item() * by;
                }
            }
            tangents.put(vertex, tangent);
        }
        return tangents;
    }

    private void reverseMode() {
        say("%nReverse mode: one backward pass for all inputs");
        Map<Vertex, List<String>> terms = new HashMap<>();
        Map<Vertex, List<String>> numbers = new HashMap<>();
        List<String[]> rows = new ArrayList<>();
        List<Vertex> backwards = new ArrayList<>(explain.order());
        Collections.reverse(backwards);
        for (Vertex vertex : backwards) {
            Optional<Tensor> gradient = explain.gradient(vertex);
            if (gradient.isEmpty() || vertex.role() == Role.CONSTANT) continue;
            boolean first = vertex == explain.result();
            String formula = first ? "1" : joined(terms.getOrDefault(vertex, List.of()));
            List<String> each = numbers.getOrDefault(vertex, List.of());
            String sum = each.size() > 1 && Explain.size(vertex) == 1 ? "= " + joined(each) : "";
            String total = first && Explain.size(vertex) == 1 ? "" : "= " + value(gradient, vertex);
            rows.add(new String[] {Notation.adjoint(explain.name(vertex)) + " = " + formula, sum, total});
            contribute(vertex, terms, numbers);
        }
        table(rows, false);
    }

    private void contribute(Vertex vertex, Map<Vertex, List<String>> terms, Map<Vertex, List<String>> numbers) {
        List<Optional<Tensor>> shares = explain.contributions(vertex);
        for (int i = 0; i < shares.size(); i++) {
            if (shares.get(i).isEmpty()) continue;
            Vertex operand = vertex.operands().get(i);
            String adjoint = Notation.adjoint(explain.name(vertex));
            terms.computeIfAbsent(operand, v -> new ArrayList<>())
                    .add(0, vertex.contribution(i, explain.operandNames(vertex), explain.name(vertex), adjoint));
            numbers.computeIfAbsent(operand, v -> new ArrayList<>()).add(0, value(shares.get(i), operand));
        }
    }

    /** Joins terms to a sum; negative terms are subtracted. */
    private static String joined(List<String> terms) {
        StringBuilder sum = new StringBuilder();
        for (String term : terms) {
            if (sum.length() == 0) sum.append(term);
            else if (term.startsWith("−")) sum.append(" − ").append(term.substring(1));
            else sum.append(" + ").append(term);
        }
        return sum.toString();
    }

    private void roles() {
        Map<Role, List<String>> byRole = new EnumMap<>(Role.class);
        for (Vertex vertex : steps()) {
            byRole.computeIfAbsent(vertex.role(), role -> new ArrayList<>()).add(explain.name(vertex));
        }
        say("%nGates");
        byRole.forEach((role, names) -> say("  %s: %s", meaning(role), shortened(names)));
    }

    private static String shortened(List<String> names) {
        String first = names.stream().limit(12).collect(Collectors.joining(", "));
        return names.size() <= 12 ? first : first + ", … (" + names.size() + ")";
    }

    private static String meaning(Role role) {
        return switch (role) {
            case DISTRIBUTOR -> "distributor, passes the gradient to all its operands";
            case ROUTER -> "router, passes it to the selected operand";
            case SWITCHER -> "switcher, multiplies it by the other operand's value";
            case FUNCTION -> "function, multiplies it by its derivative";
            case LEAF -> "input";
            case CONSTANT -> "constant";
        };
    }

    private void costs() {
        long numbers = explain.inputs().stream().mapToLong(Explain::size).sum();
        say("%nPasses for the whole gradient");
        say("  forward mode: %,d, one per input; it stores nothing", numbers);
        say("  reverse mode: 1 forward and 1 backward pass; it stores %,d values", steps().size());
        say("  finite differences: %,d evaluations, and not exact", numbers + 1);
    }

    /** Prints a table with minimal column widths: the first column left-aligned, the others right-aligned if they are numbers. */
    private void table(List<String[]> rows, boolean numbers) {
        int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) widths[i] = Math.max(widths[i], Notation.width(row[i]));
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.length; i++) {
                line.append(i > 0 && numbers ? Notation.right(row[i], widths[i]) : Notation.left(row[i], widths[i]));
                if (widths[i] > 0) line.append("   ");
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
    }
}
