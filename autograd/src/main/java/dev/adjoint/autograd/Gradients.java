package dev.adjoint.autograd;

import static dev.adjoint.autograd.internal.engine.Backward.Differentiable.IF_OTHERS_DEPEND;
import static dev.adjoint.autograd.internal.engine.Backward.Differentiable.NO;
import static dev.adjoint.autograd.internal.engine.Backward.Differentiable.YES;

import dev.adjoint.autograd.internal.array.Shapes;
import dev.adjoint.autograd.internal.engine.Backward;
import dev.adjoint.autograd.internal.engine.Node;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Returns gradients without accumulating them in any tensor's {@link Tensor#grad}. */
public final class Gradients {
    private Gradients() {}

    /**
     * The gradients ∂y/∂xᵢ of a scalar. The graph is released.
     *
     * @param y a scalar
     * @param inputs tensors that y was computed from, leaves or not
     * @return one gradient for each input, of its shape; zeros where y does not depend on it
     * @throws IllegalArgumentException if y is not a scalar, or a tensor does not require a gradient
     */
    public static Tensor[] grad(Tensor y, Tensor... inputs) {
        return grad(y, null, false, inputs);
    }

    /**
     * The vector-Jacobian products Σ cotangent ⊙ ∂y/∂xᵢ.
     *
     * @param y a tensor
     * @param cotangent the cotangent of y; null for 1 if y is a scalar
     * @param differentiable whether the gradients can be differentiated again; this also retains the graph
     * @param inputs tensors that y was computed from, leaves or not
     * @return one gradient for each input, of its shape; zeros where y does not depend on it
     * @throws IllegalArgumentException if the cotangent differs from y in shape or type, or a tensor does not require a gradient
     */
    public static Tensor[] grad(Tensor y, Tensor cotangent, boolean differentiable, Tensor... inputs) {
        Tensor seed = y.seed("grad", cotangent);
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].requiresGrad()) continue;
            throw new IllegalArgumentException("grad: input " + i + " " + Shapes.str(inputs[i].shape())
                    + " does not require a gradient: call requiresGrad(true) on it before computing y");
        }
        Node[] wanted = Arrays.stream(inputs).map(Tensor::node).toArray(Node[]::new);
        return each(inputs, (Tensor[]) Backward.gradients(y.node(), seed, wanted, false, differentiable ? YES : NO));
    }

    /** The gradients with respect to watched tensors, which do not depend on one another. */
    static Tensor[] byWatched(Tensor y, Tensor cotangent, boolean retain, Tensor... watched) {
        Tensor seed = y.seed("grad", cotangent);
        Node[] wanted = Arrays.stream(watched).map(Tensor::node).toArray(Node[]::new);
        return each(watched, (Tensor[]) Backward.partials(y.node(), seed, wanted, retain, IF_OTHERS_DEPEND));
    }

    /** Replaces null by zeros, and gives each input a separate tensor. */
    private static Tensor[] each(Tensor[] inputs, Tensor... gradients) {
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < gradients.length; i++) {
            if (gradients[i] == null) gradients[i] = Tensor.zerosLike(inputs[i]);
            // Add passes the same cotangent to both operands; changing one result in place must not change the other.
            else if (!seen.add(gradients[i])) gradients[i] = gradients[i].copy();
        }
        return gradients;
    }
}
