package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reverse mode: walks a recorded graph from a result to its leaves and carries a cotangent along each edge.
 *
 * <p>For y with cotangent ȳ = ∂L/∂y, each operand x of the op that made y gets x̄ += ȳ·∂y/∂x. A node is visited when all that
 * used it have been: its cotangent is complete then, however often it was used. Both passes are loops, not recursion, so that a
 * chain of a million ops is as good as one of ten. A node's saved values are let go as soon as it was visited, unless the graph
 * is retained. A graph is walked by one thread at a time.
 */
public final class Backward {
    /** Who wants gradients. */
    private interface Sink {
        boolean wants(Node node);

        void take(Node node, Tensor cotangent);
    }

    private final Sink sink;
    private final boolean retain;
    private final boolean differentiable;

    private Backward(Sink sink, boolean retain, boolean differentiable) {
        this.sink = sink;
        this.retain = retain;
        this.differentiable = differentiable;
    }

    /**
     * Adds the gradient of a result to all leaves that it depends on.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param retain whether the graph may be walked again
     * @throws IllegalStateException if the graph was consumed by an earlier walk, or a saved value was changed in place
     */
    public static void accumulate(Node root, Tensor cotangent, boolean retain) {
        Sink leaves = new Sink() {
            @Override
            public boolean wants(Node node) {
                return node instanceof Leaf;
            }

            @Override
            public void take(Node node, Tensor g) {
                ((Leaf) node).accumulate(g);
            }
        };
        new Backward(leaves, retain, false).walk(root, cotangent);
    }

    /**
     * The gradients of a result by chosen tensors, leaving every leaf's own gradient alone.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param wanted the nodes of the tensors to differentiate by
     * @param retain whether the graph may be walked again
     * @param differentiable whether the gradients are recorded, so that they can be differentiated in their turn; retains the
     *     graph
     * @return a gradient for each, null where the result does not depend on it
     * @throws IllegalStateException if the graph was consumed by an earlier walk, or a saved value was changed in place
     */
    public static Tensor[] gradients(
            Node root, Tensor cotangent, Node[] wanted, boolean retain, boolean differentiable) {
        Map<Node, Tensor> found = new IdentityHashMap<>();
        for (Node node : wanted) found.put(node, null);
        Sink chosen = new Sink() {
            @Override
            public boolean wants(Node node) {
                return found.containsKey(node);
            }

            @Override
            public void take(Node node, Tensor g) {
                found.merge(node, g, Tensor::add);
            }
        };
        new Backward(chosen, retain || differentiable, differentiable).walk(root, cotangent);
        Tensor[] gradients = new Tensor[wanted.length];
        for (int i = 0; i < wanted.length; i++) gradients[i] = found.get(wanted[i]);
        return gradients;
    }

    private void walk(Node root, Tensor cotangent) {
        try (Recording mode = Recording.set(differentiable)) {
            if (root instanceof Leaf) {
                if (sink.wants(root)) sink.take(root, cotangent);
                return;
            }
            List<Node> order = operandsFirst(root);
            root.cotangent = cotangent;
            while (!order.isEmpty()) visit(order.remove(order.size() - 1));
        }
    }

    /** All nodes between the root and the leaves, each after those it was computed from: depth first, with the path on a stack. */
    private List<Node> operandsFirst(Node root) {
        List<Node> order = new ArrayList<>();
        List<Node> path = new ArrayList<>();
        path.add(begin(root));
        while (!path.isEmpty()) {
            Node node = path.get(path.size() - 1);
            if (node.nextInput == node.inputCount()) {
                node.needed = isNeeded(node);
                order.add(path.remove(path.size() - 1));
                continue;
            }
            Node parent = node.parent(node.nextInput++);
            if (parent != null && !(parent instanceof Leaf) && parent.walk != this) path.add(begin(parent));
        }
        return order;
    }

    private Node begin(Node node) {
        if (node.isReleased()) {
            throw new IllegalStateException("backward: the graph through '" + node.name()
                    + "' was consumed by an earlier backward, which let go of its saved values; compute the result again,"
                    + " or keep the graph with backward(cotangent, true)");
        }
        node.walk = this;
        node.nextInput = 0;
        node.cotangent = null;
        node.ownsCotangent = false;
        return node;
    }

    private boolean isNeeded(Node node) {
        boolean needed = sink.wants(node);
        for (int i = 0; i < node.inputCount(); i++) needed |= leadsToWanted(node.parent(i));
        return needed;
    }

    private boolean leadsToWanted(Node parent) {
        if (parent == null) return false;
        return parent instanceof Leaf ? sink.wants(parent) : parent.needed;
    }

    private void visit(Node node) {
        if (node.needed && node.cotangent != null) {
            if (sink.wants(node)) sink.take(node, node.cotangent);
            for (int i = 0; i < node.inputCount(); i++) {
                Node parent = node.parent(i);
                if (leadsToWanted(parent)) hand(node.contribution(i), parent);
            }
        }
        node.cotangent = null;
        node.walk = null;
        if (!retain) node.release();
    }

    /**
     * Adds a contribution to a node's cotangent. The first one is borrowed: most nodes get no other, and it may be shared with
     * another node. With the second comes a sum of our own, to which further ones are added in place.
     */
    private void hand(Tensor contribution, Node to) {
        if (to instanceof Leaf) {
            sink.take(to, contribution);
        } else if (to.cotangent == null) {
            to.cotangent = contribution;
        } else if (!to.ownsCotangent || differentiable) {
            to.cotangent = to.cotangent.add(contribution);
            to.ownsCotangent = true;
        } else {
            Array sum = to.cotangent.array();
            Kernels.current().add(sum, contribution.array(), sum);
        }
    }
}
