package dev.adjoint.autograd.internal.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A stretch of work whose part of the graph can be told from the rest. */
public final class Region implements AutoCloseable {
    private final ThreadState state = ThreadState.get();
    private final Region outer = state.region;

    private Region() {
        state.region = this;
    }

    /**
     * Begins one; nodes that this thread records until it is closed belong to it, or to one inside it.
     *
     * @return the region
     */
    public static Region open() {
        return new Region();
    }

    @Override
    public void close() {
        state.region = outer;
    }

    /**
     * Where the graph of a result leaves this region: what the result depends on that was there before.
     *
     * @param y a tensor computed in this region
     * @return an operand for each node outside, leaves included
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
