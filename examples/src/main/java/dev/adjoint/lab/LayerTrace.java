package dev.adjoint.lab;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.autograd.inspect.Graph.Vertex;
import dev.adjoint.nn.Module;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Finds which vertices of a graph each layer of a model computed: those between its input and its output. */
final class LayerTrace {
    /** A call of a layer: its name, such as "0/1 Linear", its input and its output. */
    private record Call(String path, Tensor input, Tensor output) {}

    private final Module model;
    /** The calls, with inner layers before the layers that contain them. */
    private final List<Call> calls = new ArrayList<>();

    LayerTrace(Module model) {
        this.model = model;
    }

    Graph trace(Supplier<Tensor> loss) {
        List<Module.Handle> hooks = new ArrayList<>();
        model.children().forEach((name, child) -> hook(name, child, hooks));
        try {
            return Graph.trace(loss);
        } finally {
            hooks.forEach(Module.Handle::close);
        }
    }

    private void hook(String name, Module module, List<Module.Handle> hooks) {
        String path = name + " " + module.getClass().getSimpleName();
        hooks.add(module.forwardHook((layer, input, output) -> {
            calls.add(new Call(path, input, output));
            return null;
        }));
        module.children().forEach((key, child) -> hook(path + "/" + key, child, hooks));
    }

    /** Maps each vertex to its innermost layer. */
    Map<Vertex, String> groups(Graph graph) {
        Map<Vertex, String> groups = new HashMap<>();
        for (Call call : calls) {
            Optional<Vertex> output = graph.vertex(call.output);
            if (output.isEmpty() || call.input == call.output) continue;
            Optional<Vertex> input = graph.vertex(call.input);
            for (Vertex vertex : between(input, output.get())) groups.putIfAbsent(vertex, call.path);
        }
        return groups;
    }

    private static Set<Vertex> between(Optional<Vertex> input, Vertex output) {
        Set<Vertex> found = new HashSet<>();
        Deque<Vertex> open = new ArrayDeque<>(List.of(output));
        while (!open.isEmpty()) {
            Vertex vertex = open.pop();
            if (input.isPresent() && input.get() == vertex || !found.add(vertex)) continue;
            open.addAll(vertex.operands());
        }
        return found;
    }
}
