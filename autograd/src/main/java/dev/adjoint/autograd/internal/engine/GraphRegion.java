package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Marks the nodes that are recorded while it is open, so that this part of the graph can be told from the rest. */
public final class GraphRegion implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final GraphRegion outer = state.region;

    private GraphRegion() {
        state.region = this;
    }

    /**
     * Opens a region; nodes that this thread records until it is closed belong to it, or to a region inside it.
     *
     * @return the region
     */
    public static GraphRegion open() {
        return new GraphRegion();
    }

    @Override
    public void close() {
        state.region = outer;
    }

    /**
     * The tensors outside this region on which a result depends directly.
     *
     * @param y a tensor computed in this region
     * @return a tensor for each such node outside, leaves included
     */
    public List<Value> sources(Value y) {
        Map<Node, Value> sources = new IdentityHashMap<>();
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Node> path = new ArrayList<>();
        visit(y, sources, path);
        while (!path.isEmpty()) {
            Node node = path.remove(path.size() - 1);
            if (seen.add(node)) for (Value operand : node.inputs()) visit(operand, sources, path);
        }
        return new ArrayList<>(sources.values());
    }

    private void visit(Value x, Map<Node, Value> sources, List<Node> path) {
        if (x.node() == null) return;
        if (x.node().region() == this) path.add(x.node());
        else sources.putIfAbsent(x.node(), x);
    }
}
