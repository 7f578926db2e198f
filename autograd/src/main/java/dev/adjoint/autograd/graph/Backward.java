package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;
import dev.adjoint.autograd.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reverse mode: walks a recorded graph from a result to its leaves and carries a cotangent along each edge.
 *
 * <p>For y with cotangent ȳ = ∂L/∂y, each operand x of the op that made y gets x̄ += ȳ·∂y/∂x. A node is visited when all that
 * used it have been: its cotangent is complete then, however often it was used. Both passes are loops, not recursion, so that a
 * chain of a million ops is as good as one of ten. A node's saved values are let go as soon as it was visited, unless the graph
 * is retained. A graph is walked by one thread at a time.
 */
public final class Backward {
    /** Which nodes' gradients are asked for. */
    private final Predicate<Node> wanted;

    /** The gradients of those, as far as they are known. */
    private final Map<Node, Tensor> found = new IdentityHashMap<>();

    private final boolean retain;
    private final boolean differentiable;

    private Backward(Predicate<Node> wanted, boolean retain, boolean differentiable) {
        this.wanted = wanted;
        this.retain = retain;
        this.differentiable = differentiable;
    }

    /**
     * Adds the gradient of a result to all leaves that it depends on; to none if the walk fails.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param retain whether the graph may be walked again
     * @throws IllegalStateException if the graph was consumed by an earlier walk, or a saved value was changed in place
     */
    public static void accumulate(Node root, Tensor cotangent, boolean retain) {
        Backward walk = new Backward(node -> node instanceof Leaf, retain, false);
        walk.from(root, cotangent);
        walk.found.forEach((leaf, gradient) -> ((Leaf) leaf).accumulate(gradient));
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
        Set<Node> asked = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(asked, wanted);
        Backward walk = new Backward(asked::contains, retain || differentiable, differentiable);
        walk.from(root, cotangent);
        return Arrays.stream(wanted).map(walk.found::get).toArray(Tensor[]::new);
    }

    private void from(Node root, Tensor cotangent) {
        try (Recording mode = Recording.set(differentiable)) {
            if (root instanceof Leaf) {
                if (wanted.test(root)) found.put(root, cotangent);
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
        boolean needed = wanted.test(node);
        for (int i = 0; i < node.inputCount(); i++) needed |= leadsToWanted(node.parent(i));
        return needed;
    }

    private boolean leadsToWanted(Node parent) {
        if (parent == null) return false;
        return parent instanceof Leaf ? wanted.test(parent) : parent.needed;
    }

    private void visit(Node node) {
        if (node.needed && node.cotangent != null) {
            if (wanted.test(node)) found.put(node, node.cotangent);
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
            found.merge(to, contribution, Tensor::add);
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
