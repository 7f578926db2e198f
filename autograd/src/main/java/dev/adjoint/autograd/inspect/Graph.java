package dev.adjoint.autograd.inspect;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Order;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Node;
import dev.adjoint.autograd.internal.engine.Recording;
import dev.adjoint.autograd.internal.engine.Tracing;
import dev.adjoint.autograd.internal.engine.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The recorded graph of a result, for inspection: ops, shapes, values, gradients and roles. It is a snapshot, which stays complete
 * when backward releases the graph itself.
 *
 * <pre>{@code
 * Tensor x1 = Tensor.of(2.0).requiresGrad(true);
 * Tensor x2 = Tensor.of(3.0).requiresGrad(true);
 * Graph graph = Graph.trace(() -> x1.mul(x2).add(x1.sin()));
 * graph.retainGrads();
 * graph.result().backward();
 * graph.vertices().forEach(System.out::println);
 * // #0 leaf [] leaf = 2.0, gradient 2.5838531634528574
 * // #1 leaf [] leaf = 3.0, gradient 2.0
 * // #2 mul [] switcher of #0 #1 = 6.0, gradient 1.0
 * // #3 sin [] function of #0 = 0.9092974268256817, gradient 1.0
 * // #4 add [] distributor of #2 #3 = 6.909297426825682, gradient 1.0
 * }</pre>
 */
public final class Graph {
    private final List<Vertex> vertices = new ArrayList<>();
    private final Tensor result;

    private Graph(Tensor result) {
        this.result = result;
        Map<Object, Vertex> known = new IdentityHashMap<>();
        List<Tensor> path = new ArrayList<>(List.of(result));
        while (!path.isEmpty()) {
            Tensor x = path.get(path.size() - 1);
            Tensor missing = operands(x).stream()
                    .filter(operand -> !known.containsKey(key(operand)))
                    .findFirst()
                    .orElse(null);
            if (missing != null) {
                path.add(missing);
                continue;
            }
            path.remove(path.size() - 1);
            if (known.containsKey(key(x))) continue;
            List<Vertex> from =
                    operands(x).stream().map(operand -> known.get(key(operand))).toList();
            Vertex vertex = new Vertex(vertices.size(), x, from);
            known.put(key(x), vertex);
            vertices.add(vertex);
        }
    }

    /** The identity of a vertex; a constant that is used twice is saved as two tensors over one array. */
    private static Object key(Tensor x) {
        Node node = Access.node(x);
        return node != null ? node : Access.header(x);
    }

    private static List<Tensor> operands(Tensor x) {
        Node node = Access.node(x);
        if (node == null) return List.of();
        List<Value> inputs = node.inputs();
        if (inputs != null) return inputs.stream().map(Tensor.class::cast).toList();
        throw new IllegalStateException("graph: '" + node.name()
                + "' was released by backward: create the graph before backward, or retain it with"
                + " backward(cotangent, true)");
    }

    /**
     * Returns the graph of a result. It has only those values that backward needs: a linear op saves none.
     *
     * @param y a tensor
     * @return its graph; y alone if it does not require a gradient
     * @throws IllegalStateException if backward has released the graph
     */
    public static Graph of(Tensor y) {
        return new Graph(y);
    }

    /**
     * Computes a result and returns its graph, with all values and the source lines that applied the ops.
     *
     * @param f computes the result
     * @return the graph
     */
    public static Graph trace(Supplier<Tensor> f) {
        try (Tracing on = Tracing.open()) {
            return new Graph(f.get());
        }
    }

    /**
     * The result whose graph this is.
     *
     * @return the result
     */
    public Tensor result() {
        return result;
    }

    /**
     * All vertices in topological order: each after its operands, the result last.
     *
     * @return the vertices; {@link Vertex#id} is the index in this list
     */
    public List<Vertex> vertices() {
        return List.copyOf(vertices);
    }

    /**
     * The vertex of a tensor.
     *
     * @param tensor a leaf, a constant, or the result of an op
     * @return its vertex, if it is in this graph
     */
    public Optional<Vertex> vertex(Tensor tensor) {
        return vertices.stream()
                .filter(vertex -> key(vertex.tensor) == key(tensor))
                .findFirst();
    }

    /** Makes backward store the gradient of every vertex, for {@link Vertex#gradient}. */
    public void retainGrads() {
        for (Vertex vertex : vertices) if (vertex.node != null) vertex.node.retainGrad();
    }

    /**
     * Recomputes the result from the leaves and constants, with the ops in a given order; a vertex is ready when all its operands
     * have been computed. The value does not depend on the order.
     *
     * @param order chooses the next of the ready vertices
     * @return the value
     * @throws IllegalStateException if the values of constants were not saved; create the graph with {@link #trace}
     */
    public Tensor evaluate(Order order) {
        Map<Vertex, Tensor> values = new HashMap<>();
        List<Vertex> ready = new ArrayList<>();
        for (Vertex vertex : vertices) if (vertex.operands.isEmpty()) ready.add(vertex);
        try (Recording off = Recording.set(false)) {
            while (!ready.isEmpty()) {
                Vertex next = ready.remove(order.next(ready.size()));
                values.put(next, next.evaluate(values));
                for (Vertex vertex : vertices) {
                    boolean becomesReady =
                            vertex.operands.contains(next) && values.keySet().containsAll(vertex.operands);
                    if (becomesReady) ready.add(vertex);
                }
            }
        }
        return values.get(vertices.get(vertices.size() - 1));
    }

    /** A tensor in the graph: a leaf, a constant, or the result of an op. */
    public static final class Vertex {
        private final int id;
        private final Tensor tensor;
        private final Tensor value;
        private final Node node;
        private final List<Vertex> operands;

        private Vertex(int id, Tensor tensor, List<Vertex> operands) {
            this.id = id;
            this.tensor = tensor;
            this.node = Access.node(tensor);
            this.operands = operands;
            Value saved = node == null || node.output() == null ? tensor : node.output();
            this.value = Access.header(saved).hasNumbers() ? (Tensor) saved : null;
        }

        private Tensor evaluate(Map<Vertex, Tensor> values) {
            if (!operands.isEmpty()) {
                return (Tensor)
                        node.op().applyTo(operands.stream().map(values::get).toArray(Tensor[]::new));
            }
            if (value != null) return value.detach();
            throw new IllegalStateException(
                    "evaluate: the value of constant #" + id + " was not kept: make the graph with Graph.trace");
        }

        /**
         * The index of this vertex in {@link Graph#vertices}.
         *
         * @return the index, from 0
         */
        public int id() {
            return id;
        }

        /**
         * The op that computed this vertex.
         *
         * @return the op's name, "leaf" or "constant"
         */
        public String op() {
            return node == null ? "constant" : node.name();
        }

        /**
         * The role of this vertex: what it does with the gradient that reaches it.
         *
         * @return its role
         */
        public Role role() {
            return Role.of(node);
        }

        /**
         * The formula of this vertex, in mathematical notation.
         *
         * @param operands a name for each operand
         * @return such as "x1·x2"; the op's name with the operands as arguments if it declares no formula; empty without operands
         */
        public String formula(List<String> operands) {
            return node == null || node.isLeaf() ? "" : node.op().formula().result(op(), operands);
        }

        /**
         * The partial derivative with respect to one operand, in mathematical notation.
         *
         * @param operand the index of the operand
         * @param names a name for each operand
         * @param own the name of this vertex
         * @return "1", "-1", or a factor such as "cos(x1)"; "∂y/∂x" if the op declares none
         */
        public String partial(int operand, List<String> names, String own) {
            return node.op().formula().partial(operand, names, own);
        }

        /**
         * The contribution of this vertex to an operand's gradient, in mathematical notation.
         *
         * @param operand the index of the operand
         * @param names a name for each operand
         * @param own the name of this vertex
         * @param gradient the name of its gradient
         * @return such as "w̄1·cos(x1)"
         */
        public String contribution(int operand, List<String> names, String own, String gradient) {
            return node.op().formula().contribution(operand, names, own, gradient);
        }

        /**
         * Whether its first operand is logits, to which its op applies a softmax.
         *
         * @return true for cross-entropy
         */
        public boolean takesLogits() {
            return operands.size() > 0 && node.op().takesLogits();
        }

        /**
         * Whether its elements are probabilities that sum to 1.
         *
         * @return true for a softmax
         */
        public boolean givesProbabilities() {
            return operands.size() > 0 && node.op().givesProbabilities();
        }

        /**
         * The size along each axis.
         *
         * @return its shape
         */
        public long[] shape() {
            return tensor.shape();
        }

        /**
         * The type of the elements.
         *
         * @return the type
         */
        public DType dtype() {
            return tensor.dtype();
        }

        /**
         * The operands of its op, in order; an operand that is used twice occurs twice.
         *
         * @return the operands, none for a leaf or a constant
         */
        public List<Vertex> operands() {
            return operands;
        }

        /**
         * The value of this vertex, if it was saved.
         *
         * @return the value, which does not require a gradient
         */
        public Optional<Tensor> value() {
            return Optional.ofNullable(value).map(Tensor::detach);
        }

        /**
         * The gradient of this vertex, if backward stored it.
         *
         * @return the gradient
         */
        public Optional<Tensor> gradient() {
            return Optional.ofNullable(node).map(Node::grad).map(Tensor.class::cast);
        }

        /**
         * Computes the vector-Jacobian products of this vertex: one step of {@link Tensor#backward}, which does it for every vertex
         * and sums the contributions.
         *
         * @param gradient a gradient of this vertex, of its shape
         * @return a contribution for each operand, of its shape; empty where no gradient passes
         * @throws IllegalStateException if values that it needs were not saved; create the graph with {@link Graph#trace}
         */
        public List<Optional<Tensor>> pullBack(Tensor gradient) {
            boolean[] wanted = new boolean[operands.size()];
            for (int i = 0; i < wanted.length; i++) wanted[i] = node.passesGradientTo(i);
            try (Recording off = Recording.set(false)) {
                Value[] shares = wanted.length == 0 ? new Tensor[0] : node.pullBack(gradient, wanted);
                return Arrays.stream(shares)
                        .map(share -> Optional.ofNullable((Tensor) share))
                        .toList();
            }
        }

        /**
         * The source line that applied the op, if it was traced.
         *
         * @return the line
         */
        public Optional<StackTraceElement> line() {
            return Optional.ofNullable(node).map(Node::sourceLine);
        }

        /** One line: id, op, shape, role, operands, and the value and gradient if there is one element. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("#" + id + " " + op() + " " + Shapes.str(shape()) + " "
                    + role().name().toLowerCase(Locale.ROOT));
            if (!operands.isEmpty()) text.append(" of");
            for (Vertex operand : operands) text.append(" #").append(operand.id);
            if (tensor.length() != 1) return text.toString();
            value().ifPresent(x -> text.append(" = ").append(x.item()));
            gradient().ifPresent(g -> text.append(", gradient ").append(g.item()));
            return text.toString();
        }
    }
}
