package dev.adjoint.autograd.internal.engine;

import dev.adjoint.autograd.internal.array.Array;
import dev.adjoint.autograd.internal.array.Workspace;
import dev.adjoint.autograd.internal.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

/**
 * Reverse mode: traverses a recorded graph from a result to its leaves and propagates a cotangent along each edge.
 *
 * <p>For y with cotangent ȳ = ∂L/∂y, each operand x of the op that computed y gets x̄ += ȳ·∂y/∂x. A node is visited after all nodes
 * that use it, when its cotangent is complete. Sorting and traversal are iterative, so that a chain of a million ops does not
 * overflow the stack. The saved values of a node are released as soon as it has been visited, unless the graph is retained. Only
 * one thread at a time may traverse a graph.
 */
public final class Backward {
    /** Whether gradients are recorded, so that they can be differentiated again; this retains the graph. */
    public enum Differentiable {
        /** They are not recorded. */
        NO,
        /** They are recorded. */
        YES,
        /** They are recorded if the result depends on a leaf other than those that it is differentiated with respect to. */
        IF_OTHERS_DEPEND
    }

    /** The nodes whose gradients are requested. */
    private final Predicate<Node> requested;

    /** The expected number of parameters of a small model; for a larger one the map grows. */
    private static final int FEW = 8;

    /** The gradients of the requested nodes that have been found so far. */
    private final Map<Node, Value> found = new IdentityHashMap<>(FEW);

    private final IntUnaryOperator order;
    /** Whether the traversal stops at requested nodes, without visiting their operands. */
    private final boolean endsAtWanted;

    /** The individual contributions to the requested node; null if they are not collected. */
    private List<Value> single;

    private boolean retain;
    private boolean differentiable;
    /** Whether the result depends on a leaf that is not requested, directly or through a tangent. */
    private boolean othersDepend;

    private Backward(Predicate<Node> requested, boolean endsAtWanted, IntUnaryOperator order) {
        this.requested = requested;
        this.endsAtWanted = endsAtWanted;
        this.order = order;
    }

    /**
     * Accumulates the gradient of a result in all leaves that it depends on, or in none if backward fails.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param retain whether the graph is kept for another backward pass
     * @param differentiable whether the gradients are recorded, which retains the graph
     * @param order chooses the next node, given the number of ready ones; null for the cheapest order
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public static void accumulate(
            Node root, Value cotangent, boolean retain, boolean differentiable, IntUnaryOperator order) {
        Backward pass = new Backward(Node::isLeaf, true, order);
        pass.from(root, cotangent, retain, differentiable ? Differentiable.YES : Differentiable.NO);
        pass.found.forEach((leaf, gradient) -> ((Leaf) leaf).accumulate(gradient));
    }

    /**
     * The gradients of a result with respect to given tensors; the gradients of leaves are not changed.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param requested the nodes of the tensors to differentiate with respect to
     * @param retain whether the graph is kept for another backward pass
     * @param differentiable whether the gradients are recorded, which retains the graph
     * @return a gradient for each node; null where the result does not depend on it
     * @throws IllegalStateException if an earlier backward released the graph, or a saved value was changed in place
     */
    public static Value[] gradients(
            Node root, Value cotangent, Node[] requested, boolean retain, Differentiable differentiable) {
        return gradients(root, cotangent, requested, false, retain, differentiable);
    }

    /**
     * Same as {@link #gradients}, but the traversal stops at the requested nodes: contributions to one node through another are not
     * included, and the graph of their operands is not traversed.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param requested the nodes of the tensors to differentiate with respect to
     * @param retain whether the graph is kept for another backward pass
     * @param differentiable whether the gradients are recorded, which retains the graph
     * @return a gradient for each node; null where the result does not depend on it
     */
    public static Value[] partials(
            Node root, Value cotangent, Node[] requested, boolean retain, Differentiable differentiable) {
        return gradients(root, cotangent, requested, true, retain, differentiable);
    }

    /**
     * The contribution of each use of a tensor to its gradient.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param of the node of the tensor
     * @return the contributions, whose sum is the gradient; none if the result does not depend on it
     */
    public static List<Value> contributions(Node root, Value cotangent, Node of) {
        Backward pass = new Backward(node -> node == of, true, null);
        pass.single = new ArrayList<>();
        pass.from(root, cotangent, false, Differentiable.NO);
        return pass.single;
    }

    private static Value[] gradients(
            Node root,
            Value cotangent,
            Node[] requested,
            boolean endsAtWanted,
            boolean retain,
            Differentiable differentiable) {
        Set<Node> asked = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(asked, requested);
        Backward pass = new Backward(asked::contains, endsAtWanted, null);
        pass.from(root, cotangent, retain, differentiable);
        Value[] gradients = Arrays.stream(requested).map(pass.found::get).toArray(Value.arithmetic()::newArray);
        copyShared(gradients);
        return gradients;
    }

    /** Copies each gradient that shares its memory with another one, as the two of an add do. */
    private static void copyShared(Value... gradients) {
        for (int i = 1; i < gradients.length; i++) {
            Value g = gradients[i];
            if (g == null || g.isDifferentiable()) continue;
            for (int k = 0; k < i; k++) {
                if (gradients[k] == null || !gradients[k].array().sharesMemoryWith(g.array())) continue;
                gradients[i] = Value.arithmetic().copy(g);
                break;
            }
        }
    }

    private void from(Node root, Value cotangent, boolean retainGraph, Differentiable mode) {
        if (root == null) return;
        cotangent.array().expose(); // the caller may hold it
        if (isEnd(root)) {
            if (requested.test(root)) found.put(root, root.applyHooks(cotangent));
            return;
        }
        List<Node> topologicalOrder = topologicalOrder(root);
        differentiable = mode == Differentiable.YES || mode == Differentiable.IF_OTHERS_DEPEND && othersDepend;
        retain = retainGraph || differentiable;
        root.visit.cotangent = cotangent;
        ThreadState state = ThreadState.get();
        Node outer = state.visited;
        try (Recording recording = Recording.set(differentiable)) {
            if (order == null) visitInReverseTopologicalOrder(topologicalOrder, state);
            else visitInOrder(root, topologicalOrder, state);
            found.replaceAll((node, gradient) -> isEnd(node) ? node.applyHooks(gradient) : gradient);
        } finally {
            state.visited = outer;
        }
    }

    private void visitInReverseTopologicalOrder(List<Node> topologicalOrder, ThreadState state) {
        while (!topologicalOrder.isEmpty()) visit(topologicalOrder.remove(topologicalOrder.size() - 1), state);
    }

    /**
     * Visits the nodes in the given order; a node is ready when all nodes that use it have been visited (Kahn, "Topological sorting
     * of large networks", CACM 5(11), 1962).
     */
    private void visitInOrder(Node root, List<Node> nodes, ThreadState state) {
        for (Node node : nodes) for (Node parent : parents(node)) parent.visit.pending++;
        List<Node> ready = new ArrayList<>(List.of(root));
        while (!ready.isEmpty()) {
            Node node = ready.remove(order.applyAsInt(ready.size()));
            List<Node> parents = parents(node);
            visit(node, state);
            for (Node parent : parents) if (--parent.visit.pending == 0) ready.add(parent);
        }
    }

    /** The nodes of the operands of a node, without those at which the traversal stops; one that is used twice occurs twice. */
    private List<Node> parents(Node node) {
        List<Node> parents = new ArrayList<>();
        for (int i = 0; i < node.inputCount(); i++) {
            Node parent = node.parent(i);
            if (parent != null && !isEnd(parent)) parents.add(parent);
        }
        return parents;
    }

    /** All nodes between the root and the leaves in topological order, operands first: depth-first search with an explicit stack. */
    private List<Node> topologicalOrder(Node root) {
        List<Node> nodes = new ArrayList<>();
        List<Node> path = new ArrayList<>();
        path.add(begin(root));
        while (!path.isEmpty()) {
            Node node = path.get(path.size() - 1);
            Visit visit = node.visit;
            if (visit.nextInput == node.inputCount()) {
                visit.needed = isNeeded(node);
                nodes.add(path.remove(path.size() - 1));
                continue;
            }
            othersDepend |= node.isRecordedInside(visit.nextInput);
            Node parent = node.parent(visit.nextInput++);
            if (parent == null) continue;
            // A requested node that is not a leaf depends on leaves.
            if (isEnd(parent)) othersDepend |= !(parent.isLeaf() && requested.test(parent));
            else if (parent.visit == null || parent.visit.pass != this) path.add(begin(parent));
        }
        return nodes;
    }

    private Node begin(Node node) {
        if (node.isReleased()) {
            throw new IllegalStateException("backward: the graph through '" + node.name()
                    + "' was consumed by an earlier backward, which released its saved values; compute the result again,"
                    + " or keep the graph with backward(cotangent, true)");
        }
        node.visit = new Visit(this);
        return node;
    }

    private boolean isNeeded(Node node) {
        boolean needed = requested.test(node) || node.isWatched();
        for (int i = 0; i < node.inputCount(); i++) needed |= leadsToWanted(node.parent(i));
        return needed;
    }

    private boolean leadsToWanted(Node parent) {
        if (parent == null) return false;
        return isEnd(parent) ? requested.test(parent) : parent.visit.needed;
    }

    /** Whether the traversal stops at a node. */
    private boolean isEnd(Node node) {
        return node.isLeaf() || endsAtWanted && requested.test(node);
    }

    private void visit(Node node, ThreadState state) {
        Visit visit = node.visit;
        if (visit.needed && visit.cotangent != null) {
            state.visited = node;
            Value cotangent = node.applyHooks(visit.cotangent);
            if (requested.test(node)) found.put(node, cotangent);
            boolean[] asked = new boolean[node.inputCount()];
            boolean any = false;
            for (int i = 0; i < asked.length; i++) any |= asked[i] = leadsToWanted(node.parent(i));
            if (any && node.scatter() != null && !isEnd(node.parent(0)) && !differentiable && !ForwardLevel.anyOpen()) {
                scatter(node, cotangent, node.parent(0).visit);
            } else if (any) {
                Value[] shares = node.pullBack(cotangent, asked);
                for (int i = 0; i < asked.length; i++) {
                    if (asked[i] && shares[i] != null) contribute(shares[i], node.parent(i));
                }
            }
        }
        node.visit = null;
        if (!retain) node.release();
    }

    /** Accumulates a node's contribution to the cotangent of its first operand in place. */
    private static void scatter(Node node, Value cotangent, Visit to) {
        Value[] inputs = node.savedInputs();
        if (!to.ownsCotangent) {
            Array sum = Workspace.allocate(
                    inputs[0].array().dtype(), inputs[0].array().shape());
            if (to.cotangent == null) Kernels.current().fill(0, sum);
            else Kernels.current().copy(to.cotangent.array(), sum);
            to.cotangent = Value.of(sum, "gradient");
            to.ownsCotangent = true;
        }
        node.scatter().add(cotangent.array(), inputs, to.cotangent.array());
    }

    /**
     * Adds a contribution to a node's cotangent. The first one is borrowed: most nodes get no other, and it may be shared with
     * another node. The second one creates a new sum, in which further ones accumulate in place, unless the sum is recorded or may
     * have a tangent.
     */
    private void contribute(Value contribution, Node to) {
        if (isEnd(to)) {
            if (single != null) single.add(contribution);
            found.merge(to, contribution, Value.arithmetic()::add);
            return;
        }
        Visit visit = to.visit;
        if (visit.cotangent == null) {
            visit.cotangent = contribution;
        } else if (!visit.ownsCotangent || differentiable || ForwardLevel.anyOpen()) {
            visit.cotangent = Value.arithmetic().add(visit.cotangent, contribution);
            visit.ownsCotangent = true;
        } else {
            Array sum = visit.cotangent.array();
            Kernels.current().add(sum, contribution.array(), sum);
        }
    }

    /** The state of a node in one backward pass. */
    static final class Visit {
        final Backward pass;
        /** The next operand in the depth-first search. */
        int nextInput;
        /** The number of uses by nodes that have not been visited yet. */
        int pending;
        /** Whether a requested gradient, a hook or a retained gradient depends on this node's gradient. */
        boolean needed;
        /** The sum of the contributions so far; null for 0. */
        Value cotangent;
        /** Whether this backward pass owns the memory of the sum, so that more can be added in place. */
        boolean ownsCotangent;

        Visit(Backward pass) {
            this.pass = pass;
        }
    }
}
