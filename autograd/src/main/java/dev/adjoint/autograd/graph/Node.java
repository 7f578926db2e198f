package dev.adjoint.autograd.graph;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.kernels.Array;

/**
 * How a tensor came about: the op, its operands, and what backward needs of them. Nodes point to the nodes of their operands;
 * together they are the graph.
 */
public sealed class Node permits Leaf {
    private final Op op;
    private Tensor[] inputs;
    private Tensor output;

    /** State of the walk that visits this node at present, see {@link Backward}. */
    Backward walk;

    int nextInput;
    boolean needed;
    Tensor cotangent;
    boolean ownsCotangent;

    Node(Op op) {
        this.op = op;
    }

    static Tensor record(Op op, Tensor[] x, Array y) {
        Node node = new Node(op);
        node.inputs = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) node.inputs[i] = x[i].saved(op.keepsValues());
        Tensor result = Tensor.of(y, node);
        node.output = result.saved(op.keepsValues());
        return result;
    }

    /**
     * What made the tensor: the op's name, or "leaf".
     *
     * @return a name for messages
     */
    public String name() {
        return op.name();
    }

    boolean isReleased() {
        return inputs == null;
    }

    /** Lets go of the saved values. The graph cannot be walked through this node again. */
    void release() {
        inputs = null;
        output = null;
    }

    int inputCount() {
        return inputs.length;
    }

    /** The node that an operand's share of the gradient goes to, or null if none wants it. */
    Node parent(int input) {
        return op.isDifferentiable(input) ? inputs[input].node() : null;
    }

    /** The operand's share of this node's cotangent, in the operand's own shape. */
    Tensor contribution(int input) {
        return op.vjp(input, cotangent, inputs, output).sumTo(inputs[input].shape());
    }
}
