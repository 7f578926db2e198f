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
 * Reverse mode: walks a recorded graph from a result to its leaves and carries a cotangent along each edge.
 *
 * <p>For y with cotangent ȳ = ∂L/∂y, each operand x of the op that made y gets x̄ += ȳ·∂y/∂x. A node is visited when all that
 * used it have been: its cotangent is complete then, however often it was used. Both passes are loops, not recursion, so that a
 * chain of a million ops is as good as one of ten. A node's saved values are let go as soon as it was visited, unless the graph
 * is retained. A graph is walked by one thread at a time.
 */
public final class Backward {
    /** Whether gradients are recorded, so that they can be differentiated in their turn; that keeps the graph. */
    public enum Differentiable {
        /** They are not. */
        NO,
        /** They are. */
        YES,
        /** They are if the result depends on a leaf other than those it is differentiated by. */
        IF_OTHERS_DEPEND
    }

    /** Which nodes' gradients are asked for. */
    private final Predicate<Node> wanted;

    /** What a small model has of parameters; for a larger one the map grows. */
    private static final int FEW = 8;

    /** The gradients of those, as far as they are known. */
    private final Map<Node, Value> found = new IdentityHashMap<>(FEW);

    private final IntUnaryOperator order;
    /** Whether the walk ends at a wanted node, and does not look at what that was computed from. */
    private final boolean endsAtWanted;

    /** Where the contributions to the wanted node go one by one, if that is asked for. */
    private List<Value> single;

    private boolean retain;
    private boolean differentiable;
    /** Whether the result depends on a leaf that is not wanted, be it by way of a tangent. */
    private boolean othersDepend;

    private Backward(Predicate<Node> wanted, boolean endsAtWanted, IntUnaryOperator order) {
        this.wanted = wanted;
        this.endsAtWanted = endsAtWanted;
        this.order = order;
    }

    /**
     * Adds the gradient of a result to all leaves that it depends on; to none if the walk fails.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param retain whether the graph may be walked again
     * @param differentiable whether the gradients are recorded, which retains the graph
     * @param order which of so many nodes that are ready is visited next; null for whatever is cheapest
     * @throws IllegalStateException if the graph was consumed by an earlier walk, or a saved value was changed in place
     */
    public static void accumulate(
            Node root, Value cotangent, boolean retain, boolean differentiable, IntUnaryOperator order) {
        Backward walk = new Backward(Node::isLeaf, true, order);
        walk.from(root, cotangent, retain, differentiable ? Differentiable.YES : Differentiable.NO);
        walk.found.forEach((leaf, gradient) -> ((Leaf) leaf).accumulate(gradient));
    }

    /**
     * The gradients of a result by chosen tensors, leaving every leaf's own gradient alone.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param wanted the nodes of the tensors to differentiate by
     * @param retain whether the graph may be walked again
     * @param differentiable whether the gradients are recorded, which retains the graph
     * @return a gradient for each, null where the result does not depend on it
     * @throws IllegalStateException if the graph was consumed by an earlier walk, or a saved value was changed in place
     */
    public static Value[] gradients(
            Node root, Value cotangent, Node[] wanted, boolean retain, Differentiable differentiable) {
        return gradients(root, cotangent, wanted, false, retain, differentiable);
    }

    /**
     * As {@link #gradients}, but the walk ends at the wanted nodes: what reaches one by way of another is not counted, and the
     * graph behind them is not touched.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param wanted the nodes of the tensors to differentiate by
     * @param retain whether the graph may be walked again
     * @param differentiable whether the gradients are recorded, which retains the graph
     * @return a gradient for each, null where the result does not depend on it
     */
    public static Value[] partials(
            Node root, Value cotangent, Node[] wanted, boolean retain, Differentiable differentiable) {
        return gradients(root, cotangent, wanted, true, retain, differentiable);
    }

    /**
     * What each single use of a tensor contributes to its gradient.
     *
     * @param root the node of the result
     * @param cotangent ∂L/∂result, of the result's shape
     * @param of the node of the tensor
     * @return the contributions, whose sum is the gradient; none if the result does not depend on it
     */
    public static List<Value> contributions(Node root, Value cotangent, Node of) {
        Backward walk = new Backward(node -> node == of, true, null);
        walk.single = new ArrayList<>();
        walk.from(root, cotangent, false, Differentiable.NO);
        return walk.single;
    }

    private static Value[] gradients(
            Node root,
            Value cotangent,
            Node[] wanted,
            boolean endsAtWanted,
            boolean retain,
            Differentiable differentiable) {
        Set<Node> asked = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(asked, wanted);
        Backward walk = new Backward(asked::contains, endsAtWanted, null);
        walk.from(root, cotangent, retain, differentiable);
        Value[] gradients = Arrays.stream(wanted).map(walk.found::get).toArray(Value.arithmetic()::newArray);
        separate(gradients);
        return gradients;
    }

    /** Gives a gradient that shares its memory with another one, as both of a sum's do, memory of its own. */
    private static void separate(Value... gradients) {
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
        cotangent.array().expose(); // the caller's
        if (isEnd(root)) {
            if (wanted.test(root)) found.put(root, root.hooked(cotangent));
            return;
        }
        List<Node> operandsFirst = operandsFirst(root);
        differentiable = mode == Differentiable.YES || mode == Differentiable.IF_OTHERS_DEPEND && othersDepend;
        retain = retainGraph || differentiable;
        root.visit.cotangent = cotangent;
        ThreadState state = ThreadState.get();
        Node outer = state.visited;
        try (Recording recording = Recording.set(differentiable)) {
            if (order == null) visitLastFirst(operandsFirst, state);
            else visitInOrder(root, operandsFirst, state);
            found.replaceAll((node, gradient) -> isEnd(node) ? node.hooked(gradient) : gradient);
        } finally {
            state.visited = outer;
        }
    }

    private void visitLastFirst(List<Node> operandsFirst, ThreadState state) {
        while (!operandsFirst.isEmpty()) visit(operandsFirst.remove(operandsFirst.size() - 1), state);
    }

    /** Any node may be next that nothing waiting has used (Kahn, "Topological sorting of large networks", CACM 5(11), 1962). */
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

    /** The nodes that a node was computed from, those at which the walk ends left out; one used twice comes twice. */
    private List<Node> parents(Node node) {
        List<Node> parents = new ArrayList<>();
        for (int i = 0; i < node.inputCount(); i++) {
            Node parent = node.parent(i);
            if (parent != null && !isEnd(parent)) parents.add(parent);
        }
        return parents;
    }

    /** All nodes between the root and the leaves, each after those it was computed from: depth first, with the path on a stack. */
    private List<Node> operandsFirst(Node root) {
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
            othersDepend |= node.hidesGraph(visit.nextInput);
            Node parent = node.parent(visit.nextInput++);
            if (parent == null) continue;
            // A wanted node that is not a leaf has leaves behind it.
            if (isEnd(parent)) othersDepend |= !(parent.isLeaf() && wanted.test(parent));
            else if (parent.visit == null || parent.visit.walk != this) path.add(begin(parent));
        }
        return nodes;
    }

    private Node begin(Node node) {
        if (node.isReleased()) {
            throw new IllegalStateException("backward: the graph through '" + node.name()
                    + "' was consumed by an earlier backward, which let go of its saved values; compute the result again,"
                    + " or keep the graph with backward(cotangent, true)");
        }
        node.visit = new Visit(this);
        return node;
    }

    private boolean isNeeded(Node node) {
        boolean needed = wanted.test(node) || node.isWatched();
        for (int i = 0; i < node.inputCount(); i++) needed |= leadsToWanted(node.parent(i));
        return needed;
    }

    private boolean leadsToWanted(Node parent) {
        if (parent == null) return false;
        return isEnd(parent) ? wanted.test(parent) : parent.visit.needed;
    }

    /** Whether the walk goes no further. */
    private boolean isEnd(Node node) {
        return node.isLeaf() || endsAtWanted && wanted.test(node);
    }

    private void visit(Node node, ThreadState state) {
        Visit visit = node.visit;
        if (visit.needed && visit.cotangent != null) {
            state.visited = node;
            Value cotangent = node.hooked(visit.cotangent);
            if (wanted.test(node)) found.put(node, cotangent);
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

    /** Adds a node's share of the first operand's cotangent in place. */
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
     * another node. With the second comes a sum of our own, to which further ones are added in place, unless something else
     * depends on it: a record of how it was computed, or tangents.
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

    /** What one walk notes of a node. */
    static final class Visit {
        final Backward walk;
        /** The operand that is looked at next, in the search for all nodes. */
        int nextInput;
        /** Nodes that used this one and that have not been visited yet. */
        int pending;
        /** Whether something that is asked for depends on this node's gradient. */
        boolean needed;
        /** The sum of the contributions so far; null for 0. */
        Value cotangent;
        /** Whether that sum is this walk's own memory, to which more can be added in place. */
        boolean ownsCotangent;

        Visit(Backward walk) {
            this.walk = walk;
        }
    }
}
