package dev.adjoint.autograd;

import static dev.adjoint.autograd.internal.engine.Backward.Differentiable.NO;
import static dev.adjoint.autograd.internal.engine.Backward.Differentiable.YES;

import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.engine.Backward;
import dev.adjoint.autograd.internal.engine.ForwardLevel;
import dev.adjoint.autograd.internal.engine.GraphRegion;
import dev.adjoint.autograd.internal.engine.Node;
import dev.adjoint.autograd.internal.engine.Recording;
import dev.adjoint.autograd.internal.engine.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Gradient checkpointing, which trades time for memory: only the inputs and the result of a checkpointed function are stored, and
 * backward recomputes the intermediate values. Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016.
 */
public final class Checkpoint {
    private Checkpoint() {}

    /**
     * Applies a function without storing its intermediate values. Its derivatives are the same as without checkpointing: of all
     * orders, in forward mode, and with respect to parameters that it closes over. The recomputation draws the same random numbers
     * (dropout), from the saved states of the generators.
     *
     * <pre>{@code
     * Tensor x = Tensor.of(0.5, 1.0).requiresGrad(true);
     * Tensor y = Checkpoint.checkpoint(t -> t.get(0).sin().exp().square(), x);
     * y.sum().backward();
     * System.out.println(x.grad());  // tensor([4.5787, 5.8151], shape [2], float64)
     * }</pre>
     *
     * @param f a function of the list of inputs that returns the same value each time
     * @param inputs its inputs
     * @return f(inputs); it takes one evaluation now and one in backward, and memory for the inputs and the result only
     */
    public static Tensor checkpoint(Function<List<Tensor>, Tensor> f, Tensor... inputs) {
        // Forward mode computes tangents immediately, and without recording nothing is stored anyway.
        if (!Recording.isOn() || Arrays.stream(inputs).anyMatch(ForwardLevel::isDual)) return f.apply(List.of(inputs));
        Rng.StateLog draws = new Rng.StateLog();
        List<Tensor> operands = new ArrayList<>(List.of(inputs));
        Tensor value;
        try (Scope scope = Scope.open();
                GraphRegion region = GraphRegion.open()) {
            Tensor[] local = Arrays.stream(inputs).map(Checkpoint::detachedLeaf).toArray(Tensor[]::new);
            Tensor y = draws.recording(() -> f.apply(List.of(local)));
            Set<Node> given = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Tensor x : local) given.add(x.node());
            region.sources(y).stream()
                    .map(Tensor.class::cast)
                    .filter(x -> !given.contains(x.node()))
                    .forEach(operands::add);
            value = scope.keep(y);
        }
        int given = inputs.length;
        return Primitive.joint("checkpoint", x -> value.array(), (g, x, y, wanted) -> recompute(f, draws, g, x, given))
                .apply(operands.toArray(new Tensor[0]));
    }

    private static Tensor detachedLeaf(Tensor x) {
        return x.requiresGrad() ? x.detach().requiresGrad(true) : x.detach();
    }

    /**
     * Evaluates the function again with recording and runs backward through it. The memory is released at once, unless the
     * gradients are recorded or have tangents.
     */
    private static Tensor[] recompute(
            Function<List<Tensor>, Tensor> f, Rng.StateLog draws, Tensor g, Tensor[] operands, int given) {
        boolean plain = !Recording.isOn() && !ForwardLevel.anyOpen();
        if (!plain) return gradients(f, draws, g, operands, given, true);
        try (Scope scope = Scope.open()) {
            Tensor[] shares = gradients(f, draws, g, operands, given, false);
            for (int i = 0; i < shares.length; i++) if (shares[i] != null) shares[i] = scope.keep(shares[i]);
            return shares;
        }
    }

    private static Tensor[] gradients(
            Function<List<Tensor>, Tensor> f,
            Rng.StateLog draws,
            Tensor g,
            Tensor[] operands,
            int given,
            boolean differentiable) {
        Tensor[] x = operands.clone();
        Tensor y;
        try (Recording on = Recording.set(true)) {
            for (int i = 0; i < given; i++) if (x[i].requiresGrad()) x[i] = (Tensor) Access.watch(x[i]);
            y = draws.replaying(() -> f.apply(List.of(Arrays.copyOf(x, given))));
        }
        Node[] by = Arrays.stream(x).map(Tensor::node).filter(Objects::nonNull).toArray(Node[]::new);
        Value[] found = Backward.partials(y.node(), g, by, false, differentiable ? YES : NO);
        Tensor[] shares = new Tensor[x.length];
        int next = 0;
        for (int i = 0; i < x.length; i++) if (x[i].node() != null) shares[i] = (Tensor) found[next++];
        return shares;
    }

    /**
     * Applies a chain of T steps, x ↦ f_T(…f₁(x)…), as √T checkpointed segments of √T steps each, so that backward never stores
     * more than about 2√T steps.
     *
     * <pre>{@code
     * List<Function<Tensor, Tensor>> steps = Collections.nCopies(9, t -> t.sin());
     * Tensor x = Tensor.of(1.0).requiresGrad(true);
     * Checkpoint.chain(steps, x).backward();
     * System.out.printf("%.6f%n", x.grad().item());  // 0.089457
     * }</pre>
     *
     * @param steps f₁ … f_T
     * @param x the input
     * @return the result of the last step
     */
    public static Tensor chain(List<? extends Function<Tensor, Tensor>> steps, Tensor x) {
        int segmentLength = (int) Math.ceil(Math.sqrt(steps.size()));
        Tensor y = x;
        for (int from = 0; from < steps.size(); from += segmentLength) {
            List<? extends Function<Tensor, Tensor>> part =
                    steps.subList(from, Math.min(steps.size(), from + segmentLength));
            y = checkpoint(in -> applyAll(part, in.get(0)), y);
        }
        return y;
    }

    private static Tensor applyAll(List<? extends Function<Tensor, Tensor>> steps, Tensor x) {
        Tensor y = x;
        for (Function<Tensor, Tensor> step : steps) y = step.apply(y);
        return y;
    }
}
