package dev.adjoint.train;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.support.Warnings;
import dev.adjoint.nn.BatchNorm1d;
import dev.adjoint.nn.BatchNorm2d;
import dev.adjoint.nn.Dropout;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.Parameter;
import dev.adjoint.nn.ReLU;
import dev.adjoint.optim.Optimizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a training loop for mistakes that let it run and learn nothing, or less than it could, and warns of each once, with the
 * mend: parameters that get no gradient, a forgotten zeroGrad, a forgotten eval, gradients that vanish or explode, units that are
 * dead, softmax before cross-entropy, classes that never occur, losses that are kept with their graphs. A {@link Trainer} has one;
 * a loop by hand shows it each step:
 *
 * <pre>{@code
 * try (Lint lint = Lint.watch(model, adam)) {
 *     for (Batch batch : loader) {
 *         Tensor prediction = model.apply(batch.inputs());
 *         Tensor loss = Losses.crossEntropy(prediction, batch.targets());
 *         lint.inspect(prediction, batch.targets(), loss);
 *         loss.backward();
 *         adam.step();
 *         adam.zeroGrad();
 *     }
 * }
 * }</pre>
 *
 * <p>Layers are seen when they are called by {@link Module#apply}, as those of a Sequential are.
 */
public final class Lint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lint.class);

    /** Gradients and activations are looked at every so many steps. */
    private static final int EVERY = 10;
    /** So many looks in a row that find the same are no accident. */
    private static final int LOOKS = 3;
    /** Steps after which a parameter without a gradient has had its chance. */
    private static final int CHANCE = 3;
    /** A layer's gradient vanishes if its root mean square is this part of the largest layer's. */
    private static final double VANISHED = 1e-6;
    /** Gradients explode if their norm is so many times that of the weights. */
    private static final double EXPLODED = 1e3;
    /** A layer is dead if this part of its units is. */
    private static final double DEAD = 0.5;
    /** Examples for each class after which every class should have occurred. */
    private static final int ENOUGH = 200;

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<AutoCloseable> hooks = new ArrayList<>();
    private final Map<Kind, String> findings = new LinkedHashMap<>();
    private final KeptLosses kept = new KeptLosses();
    private final Map<String, Boolean> gotGradient = new LinkedHashMap<>();
    private final BitSet classes = new BitSet();
    private long labels;
    private boolean inspected;
    private long steps;
    /** Whether a step was taken since the last gradient came in. */
    private boolean stepped;

    private int vanished;
    private int exploded;

    /** What can be found. */
    public enum Kind {
        /** Parameters that no gradient reaches. */
        NO_GRADIENT,
        /** Gradients are added to those of the step before. */
        ZERO_GRAD_FORGOTTEN,
        /** Evaluation with dropout, or with the batch's own statistics. */
        EVAL_FORGOTTEN,
        /** Losses are kept with all that they were computed from. */
        LOSSES_KEPT,
        /** The gradients of some layers are next to nothing. */
        VANISHING_GRADIENTS,
        /** Gradients are far larger than the weights. */
        EXPLODING_GRADIENTS,
        /** Rectifiers that give 0 whatever comes in. */
        DEAD_UNITS,
        /** Softmax is applied twice. */
        SOFTMAX_TWICE,
        /** The model has outputs for classes that are in no example. */
        MISSING_CLASSES
    }

    private Lint(Module model, Optimizer optimizer) {
        model.namedParameters().forEach((name, parameter) -> {
            if (parameter.requiresGrad()) parameters.put(name, parameter);
        });
        parameters.keySet().forEach(name -> gotGradient.put(name, false));
        hooks.add(optimizer.beforeStep(this::lookAtGradients));
        parameters.values().stream()
                .min((a, b) -> Long.compare(a.length(), b.length()))
                .ifPresent(smallest -> hooks.add(smallest.onGrad(gradient -> lookAtZeroGrad(smallest))));
        watchLayers("", model);
    }

    /**
     * Begins to watch.
     *
     * @param model what is trained
     * @param optimizer what trains it
     * @return ends it when closed
     * @throws IllegalArgumentException if the optimizer has none of the model's parameters
     */
    public static Lint watch(Module model, Optimizer optimizer) {
        Trainer.checkParameters("lint", model, optimizer);
        return new Lint(model, optimizer);
    }

    /**
     * What was found, each once.
     *
     * @return the warnings
     */
    public Map<Kind, String> findings() {
        return Map.copyOf(findings);
    }

    private void warn(Kind kind, String message) {
        if (findings.putIfAbsent(kind, message) == null) Warnings.warn(LOG, "{}", message);
    }

    /** Ends the watch, and tells what is known only then. */
    @Override
    public void close() {
        if (steps > 0 && steps < CHANCE) lookForMissingGradients();
        for (AutoCloseable hook : hooks) {
            try {
                hook.close();
            } catch (Exception e) {
                throw new IllegalStateException("a hook that cannot be taken away", e);
            }
        }
        hooks.clear();
    }

    // ---- what is shown each step ----

    /**
     * Looks at a step, before backward.
     *
     * @param prediction what the model returned
     * @param target what it should have returned
     * @param loss the loss
     */
    public void inspect(Tensor prediction, Tensor target, Tensor loss) {
        if (!inspected && loss.requiresGrad()) lookAtGraph(Graph.of(loss));
        inspected = true;
        if (prediction.rank() == 2 && target.rank() == 1 && !target.dtype().isFloating()) {
            lookAtLabels(prediction.shape(1), target.toLongs());
        }
        if (loss.requiresGrad() && kept.grows(loss)) {
            warn(
                    Kind.LOSSES_KEPT,
                    "the losses of earlier steps are still held, with what they were computed from, and memory grows from"
                            + " step to step: add up loss.item(), or loss.detach(), and not the loss itself");
        }
    }

    private void lookAtGraph(Graph graph) {
        for (Graph.Vertex vertex : graph.vertices()) {
            if (vertex.takesLogits() && vertex.operands().get(0).givesProbabilities()) {
                warn(
                        Kind.SOFTMAX_TWICE,
                        "cross-entropy is given the output of a softmax, and applies one itself: learning is slow and"
                                + " stays so; leave the softmax out of the model, and apply it to show probabilities");
            }
        }
    }

    private void lookAtLabels(long count, long... target) {
        long enough = ENOUGH * count;
        if (labels >= enough) return;
        for (long label : target) if (label >= 0) classes.set((int) label);
        labels += target.length;
        if (labels < enough || classes.cardinality() >= count) return;
        List<Integer> missing = new ArrayList<>();
        for (int c = 0; c < count; c++) if (!classes.get(c)) missing.add(c);
        warn(
                Kind.MISSING_CLASSES,
                "of the " + count + " classes that the model tells apart, " + missing
                        + " did not occur among the first "
                        + labels
                        + " targets: give the model as many outputs as there are classes, count them from 0, or"
                        + " shuffle the data");
    }

    // ---- gradients ----

    private Tensor lookAtZeroGrad(Parameter parameter) {
        if (stepped && Access.gradientOf(parameter) != null) {
            warn(
                    Kind.ZERO_GRAD_FORGOTTEN,
                    "a gradient is added to that of the step before, which the optimizer has used already: call"
                            + " optimizer.zeroGrad() in each step");
        }
        stepped = false;
        return null;
    }

    private void lookAtGradients() {
        stepped = true;
        steps++;
        if (steps <= CHANCE) {
            parameters.forEach((name, parameter) -> {
                if (Access.gradientOf(parameter) != null) gotGradient.put(name, true);
            });
        }
        if (steps == CHANCE) lookForMissingGradients();
        if (steps % EVERY == 0) lookAtSizes();
    }

    private void lookForMissingGradients() {
        String without = gotGradient.entrySet().stream()
                .filter(parameter -> !parameter.getValue())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        if (without.isEmpty()) return;
        warn(
                Kind.NO_GRADIENT,
                "no gradient has reached " + without
                        + ": use them in forward, without detach or argmax between them and"
                        + " the loss, or freeze them");
    }

    private void lookAtSizes() {
        String least = "";
        String most = "";
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        double steepest = 0;
        double gradients = 0;
        double weights = 0;
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            Parameter parameter = entry.getValue();
            if (parameter.rank() < 2 || Access.gradientOf(parameter) == null) continue;
            double g = squares((Tensor) Access.gradientOf(parameter));
            double w = squares(parameter);
            double rms = Math.sqrt(g / parameter.length());
            gradients += g;
            weights += w;
            if (rms < smallest) {
                smallest = rms;
                least = entry.getKey();
            }
            largest = Math.max(largest, rms);
            if (g / w > steepest) {
                steepest = g / w;
                most = entry.getKey();
            }
        }
        vanished = smallest < VANISHED * largest ? vanished + 1 : 0;
        exploded = gradients > EXPLODED * EXPLODED * weights ? exploded + 1 : 0;
        if (vanished == LOOKS) {
            warn(
                    Kind.VANISHING_GRADIENTS,
                    String.format(
                            Locale.ROOT,
                            "the gradient of %s is %.1e of the largest layer's and has vanished on its way: use rectifiers"
                                    + " instead of sigmoid or tanh, normalisation, residual connections, or fewer layers",
                            least,
                            smallest / largest));
        }
        if (exploded == LOOKS) {
            warn(
                    Kind.EXPLODING_GRADIENTS,
                    String.format(
                            Locale.ROOT,
                            "the gradients are %.1e times as large as the weights, most of all that of %s: lower the"
                                    + " learning rate, clip the gradients, scale inputs and targets, or choose smaller first"
                                    + " weights",
                            Math.sqrt(gradients / weights),
                            most));
        }
    }

    private static double squares(Tensor x) {
        return x.detach().square().sum().item();
    }

    // ---- layers ----

    private void watchLayers(String name, Module module) {
        if (module instanceof Dropout || module instanceof BatchNorm1d || module instanceof BatchNorm2d) {
            hooks.add(module.forwardPreHook((layer, input) -> lookAtMode(name, layer)));
        }
        if (module instanceof ReLU) {
            Activity activity = new Activity();
            hooks.add(module.forwardHook((layer, input, output) -> lookAtUnits(name, layer, activity, output)));
        }
        module.children().forEach((key, child) -> watchLayers(name.isEmpty() ? key : name + "." + key, child));
    }

    private Tensor lookAtMode(String name, Module layer) {
        if (NoGrad.isOpen() && layer.isTraining()) {
            warn(
                    Kind.EVAL_FORGOTTEN,
                    "the model computes under NoGrad in training mode, so that " + layer + " ('" + name
                            + "') does what it does in training: call model.eval() before, and model.train() after");
        }
        return null;
    }

    private Tensor lookAtUnits(String name, Module layer, Activity activity, Tensor output) {
        boolean looks = layer.isTraining() && !NoGrad.isOpen() && steps % EVERY == 0 && output.rank() >= 2;
        if (looks && activity.isDead(output, DEAD)) {
            warn(
                    Kind.DEAD_UNITS,
                    activity + " of the units of the ReLU '" + name + "' gave 0 for every example of " + Activity.LOOKS
                            + " batches and learn nothing more: lower the learning rate, choose smaller first weights and"
                            + " biases, or use LeakyReLU or GELU");
        }
        return null;
    }
}
