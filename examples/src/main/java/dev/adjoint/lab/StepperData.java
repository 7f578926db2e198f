package dev.adjoint.lab;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph.Vertex;
import dev.adjoint.autograd.inspect.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Converts an explanation to the JSON data of the interactive page. */
final class StepperData {
    /** Maximum number of heat-map cells along each axis; larger tensors are averaged. */
    private static final int CELLS = 16;
    /** Number of vertices above which those without a layer are grouped. */
    private static final int MAX_UNGROUPED = 60;
    /** Number of vertices, or smaller groups, in a group. */
    private static final int GROUP_SIZE = 30;

    /** Maximum number of vertices for which the page shows heat maps; for larger graphs it shows only means. */
    private static final int MAX_WITH_HEAT_MAPS = 400;

    private final Explain explain;
    private final Map<Vertex, Integer> places = new HashMap<>();

    StepperData(Explain explain) {
        this.explain = explain;
        for (Vertex vertex : explain.order()) places.put(vertex, places.size());
    }

    Map<String, Object> json() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("title", explain.title());
        List<Map<String, Object>> vertices = new ArrayList<>();
        List<String> groups = groups();
        for (int i = 0; i < explain.order().size(); i++) {
            vertices.add(vertex(explain.order().get(i), groups.get(i)));
        }
        data.put("vertices", vertices);
        data.put("inputs", explain.inputs().stream().mapToLong(Explain::size).sum());
        return data;
    }

    /** The layer of each vertex; in a large graph, vertices without a layer are placed in nested groups. */
    private List<String> groups() {
        int count = explain.order().size();
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String group = explain.group(explain.order().get(i));
            if (group.isEmpty() && count > MAX_UNGROUPED) group = drawer(i, count);
            groups.add(group);
        }
        return groups;
    }

    private static String drawer(int place, int count) {
        StringBuilder path = new StringBuilder();
        int size = 1;
        while (size * GROUP_SIZE < count) size *= GROUP_SIZE;
        for (; size > 1; size /= GROUP_SIZE) {
            int first = place / size * size;
            path.append(path.length() == 0 ? "" : "/")
                    .append("steps ")
                    .append(first + 1)
                    .append("–")
                    .append(Math.min(first + size, count));
        }
        return path.toString();
    }

    private Map<String, Object> vertex(Vertex vertex, String group) {
        Map<String, Object> json = new LinkedHashMap<>();
        String name = explain.name(vertex);
        json.put("name", name);
        json.put("adjoint", Notation.adjoint(name));
        json.put("op", vertex.op());
        json.put("role", vertex.role().name().toLowerCase(Locale.ROOT));
        json.put("shape", vertex.shape());
        json.put("group", group);
        List<String> names = explain.operandNames(vertex);
        if (!names.isEmpty()) json.put("formula", vertex.formula(names));
        json.put("operands", vertex.operands().stream().map(places::get).toList());
        json.put("value", tensor(vertex.value()));
        json.put("gradient", tensor(explain.gradient(vertex)));
        json.put("contributions", contributions(vertex, names));
        vertex.line()
                .filter(line -> !line.getClassName().equals(Expression.class.getName()))
                .ifPresent(line -> json.put("line", line.getFileName() + ":" + line.getLineNumber()));
        return json;
    }

    private List<Map<String, Object>> contributions(Vertex vertex, List<String> names) {
        List<Map<String, Object>> all = new ArrayList<>();
        List<Optional<Tensor>> shares = explain.contributions(vertex);
        String name = explain.name(vertex);
        for (int i = 0; i < shares.size(); i++) {
            boolean counts =
                    shares.get(i).isPresent() && vertex.operands().get(i).role() != Role.CONSTANT;
            if (!counts) {
                all.add(null);
                continue;
            }
            Map<String, Object> share = new LinkedHashMap<>();
            share.put("formula", vertex.contribution(i, names, name, Notation.adjoint(name)));
            share.put("value", tensor(shares.get(i)));
            all.add(share);
        }
        return all;
    }

    private Map<String, Object> tensor(Optional<Tensor> tensor) {
        if (tensor.isEmpty()) return null;
        Tensor x = tensor.get();
        Map<String, Object> json = new LinkedHashMap<>();
        if (x.length() == 1) {
            json.put("text", Notation.show(x.item()));
            json.put("number", x.item());
            return json;
        }
        double[] values = x.toDoubles();
        double sum = Arrays.stream(values).sum();
        json.put("shape", x.shape());
        json.put("text", "mean " + Notation.brief(sum / Math.max(1, values.length)));
        if (explain.order().size() <= MAX_WITH_HEAT_MAPS && values.length > 0)
            json.put("cells", cells(x.shape(), values));
        return json;
    }

    /** The values of a tensor as a heat map: the last axis gives the columns, all others the rows; a single long row is wrapped. */
    private static double[][] cells(long[] shape, double[] values) {
        int columns = shape.length == 0 ? 1 : (int) shape[shape.length - 1];
        int rows = values.length / Math.max(1, columns);
        if (rows == 1 && columns > 4 * CELLS) {
            columns = (int) Math.ceil(Math.sqrt(columns));
            rows = (values.length + columns - 1) / columns;
        }
        int height = Math.min(CELLS, rows);
        int width = Math.min(CELLS, columns);
        double[][] sums = new double[height][width];
        int[][] counts = new int[height][width];
        for (int i = 0; i < values.length; i++) {
            int y = (int) ((long) (i / columns) * height / rows);
            int x = (int) ((long) (i % columns) * width / columns);
            sums[y][x] += values[i];
            counts[y][x]++;
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) sums[y][x] = rounded(sums[y][x] / Math.max(1, counts[y][x]));
        }
        return sums;
    }

    /** Rounds to four significant digits, which are enough for a colour. */
    private static double rounded(double value) {
        return Double.isFinite(value) ? Double.parseDouble(String.format(Locale.ROOT, "%.3e", value)) : value;
    }
}
