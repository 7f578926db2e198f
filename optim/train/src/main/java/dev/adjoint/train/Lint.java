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
 * Detects mistakes in a training loop that do not throw but prevent or slow down learning, and warns about each once, with a fix:
 * parameters without gradient, a missing zeroGrad or eval, vanishing or exploding gradients, dead units, softmax before
 * cross-entropy, classes that never occur, losses that are kept with their graphs. {@link Trainer} uses it by default; a manual loop
 * calls {@link #inspect} in each step:
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
 * <p>Layers are inspected when they are called by {@link Module#apply}, as in a Sequential.
 */
public final class Lint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lint.class);

    /** Gradients and activations are checked every this many steps. */
    private static final int CHECK_INTERVAL = 10;
    /** Vanishing and exploding gradients are reported if this many consecutive checks find them. */
    private static final int CONSECUTIVE = 3;
    /** Parameters that have had no gradient after this many steps are reported. */
    private static final int GRACE_STEPS = 3;
    /** A layer's gradient has vanished if its root mean square is below this fraction of the largest layer's. */
    private static final double VANISHED_RATIO = 1e-6;
    /** Gradients have exploded if their norm is more than this many times that of the weights. */
    private static final double EXPLODED_RATIO = 1e3;
    /** A layer is reported if more than this fraction of its units is dead. */
    private static final double DEAD_FRACTION = 0.5;
    /** The number of examples per class after which every class should have occurred. */
    private static final int EXAMPLES_PER_CLASS = 200;

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<AutoCloseable> hooks = new ArrayList<>();
    private final Map<Kind, String> findings = new LinkedHashMap<>();
    private final LossLeakDetector kept = new LossLeakDetector();
    private final Map<String, Boolean> gotGradient = new LinkedHashMap<>();
    private final BitSet classes = new BitSet();
    private long labels;
    private boolean inspected;
    private long steps;
    /** Whether a step was taken since the last gradient was computed. */
    private boolean stepped;

    private int vanished;
    private int exploded;

    /** The kinds of findings. */
    public enum Kind {
        /** Parameters that get no gradient. */
        NO_GRADIENT,
        /** Gradients are accumulated onto those of the previous step. */
        ZERO_GRAD_FORGOTTEN,
        /** Evaluation in training mode, with active dropout or batch statistics. */
        EVAL_FORGOTTEN,
        /** Losses are kept, and with them their computation graphs. */
        LOSSES_KEPT,
        /** The gradients of some layers are close to 0. */
        VANISHING_GRADIENTS,
        /** Gradients are far larger than the weights. */
        EXPLODING_GRADIENTS,
        /** ReLU units that output 0 for every input. */
        DEAD_UNITS,
        /** Softmax is applied twice. */
        SOFTMAX_TWICE,
        /** The model has outputs for classes that do not occur in the data. */
        MISSING_CLASSES
    }

    private Lint(Module model, Optimizer optimizer) {
        model.namedParameters().forEach((name, parameter) -> {
            if (parameter.requiresGrad()) parameters.put(name, parameter);
        });
        parameters.keySet().forEach(name -> gotGradient.put(name, false));
        hooks.add(optimizer.beforeStep(this::checkGradients));
        parameters.values().stream()
                .min((a, b) -> Long.compare(a.length(), b.length()))
                .ifPresent(smallest -> hooks.add(smallest.onGrad(gradient -> checkZeroGrad(smallest))));
        watchLayers("", model);
    }

    /**
     * Starts to watch a model.
     *
     * @param model the model that is trained
     * @param optimizer its optimizer
     * @return the lint; close it to stop watching
     * @throws IllegalArgumentException if the optimizer has none of the model's parameters
     */
    public static Lint watch(Module model, Optimizer optimizer) {
        Trainer.checkParameters("lint", model, optimizer);
        return new Lint(model, optimizer);
    }

    /**
     * The findings so far.
     *
     * @return the warning of each kind
     */
    public Map<Kind, String> findings() {
        return Map.copyOf(findings);
    }

    private void warn(Kind kind, String message) {
        if (findings.putIfAbsent(kind, message) == null) Warnings.warn(LOG, "{}", message);
    }

    /** Stops watching; after fewer than three steps, also reports parameters without gradient. */
    @Override
    public void close() {
        if (steps > 0 && steps < GRACE_STEPS) checkMissingGradients();
        for (AutoCloseable hook : hooks) {
            try {
                hook.close();
            } catch (Exception e) {
                throw new IllegalStateException("a hook cannot be removed", e);
            }
        }
        hooks.clear();
    }

    // ---- checks of each step ----

    /**
     * Checks a step. Call it before backward.
     *
     * @param prediction the output of the model
     * @param target the expected output
     * @param loss the loss
     */
    public void inspect(Tensor prediction, Tensor target, Tensor loss) {
        if (!inspected && loss.requiresGrad()) checkGraph(Graph.of(loss));
        inspected = true;
        if (prediction.rank() == 2 && target.rank() == 1 && !target.dtype().isFloating()) {
            checkTargets(prediction.shape(1), target.toLongs());
        }
        if (loss.requiresGrad() && kept.detectsLeak(loss)) {
            warn(
                    Kind.LOSSES_KEPT,
                    "the losses of earlier steps are still referenced, with their computation graphs, so that memory grows"
                            + " with each step: accumulate loss.item() or loss.detach() instead of the loss itself");
        }
    }

    private void checkGraph(Graph graph) {
        for (Graph.Vertex vertex : graph.vertices()) {
            if (vertex.takesLogits() && vertex.operands().get(0).givesProbabilities()) {
                warn(
                        Kind.SOFTMAX_TWICE,
                        "cross-entropy is given the output of a softmax, and applies one itself, which slows down"
                                + " learning: remove the softmax from the model, and apply it only to show probabilities");
            }
        }
    }

    private void checkTargets(long count, long... target) {
        long enough = EXAMPLES_PER_CLASS * count;
        if (labels >= enough) return;
        for (long label : target) if (label >= 0) classes.set((int) label);
        labels += target.length;
        if (labels < enough || classes.cardinality() >= count) return;
        List<Integer> missing = new ArrayList<>();
        for (int c = 0; c < count; c++) if (!classes.get(c)) missing.add(c);
        warn(
                Kind.MISSING_CLASSES,
                "of the " + count + " classes of the model, " + missing
                        + " did not occur among the first "
                        + labels
                        + " targets: give the model as many outputs as there are classes, count them from 0, or"
                        + " shuffle the data");
    }

    // ---- gradients ----

    private Tensor checkZeroGrad(Parameter parameter) {
        if (stepped && Access.gradientOf(parameter) != null) {
            warn(
                    Kind.ZERO_GRAD_FORGOTTEN,
                    "a gradient is accumulated onto that of the previous step, which the optimizer has already used: call"
                            + " optimizer.zeroGrad() in each step");
        }
        stepped = false;
        return null;
    }

    private void checkGradients() {
        stepped = true;
        steps++;
        if (steps <= GRACE_STEPS) {
            parameters.forEach((name, parameter) -> {
                if (Access.gradientOf(parameter) != null) gotGradient.put(name, true);
            });
        }
        if (steps == GRACE_STEPS) checkMissingGradients();
        if (steps % CHECK_INTERVAL == 0) checkGradientSizes();
    }

    private void checkMissingGradients() {
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

    private void checkGradientSizes() {
        String least = "";
        String most = "";
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        double largestRatio = 0;
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
            if (g / w > largestRatio) {
                largestRatio = g / w;
                most = entry.getKey();
            }
        }
        vanished = smallest < VANISHED_RATIO * largest ? vanished + 1 : 0;
        exploded = gradients > EXPLODED_RATIO * EXPLODED_RATIO * weights ? exploded + 1 : 0;
        if (vanished == CONSECUTIVE) warnVanishing(least, smallest / largest);
        if (exploded == CONSECUTIVE) warnExploding(most, Math.sqrt(gradients / weights));
    }

    private void warnVanishing(String parameter, double ratio) {
        String text =
                "the gradient of %s is %.1e of the largest layer's, so it has vanished: use ReLU instead of sigmoid or"
                        + " tanh, normalisation, residual connections, or fewer layers";
        warn(Kind.VANISHING_GRADIENTS, String.format(Locale.ROOT, text, parameter, ratio));
    }

    private void warnExploding(String parameter, double ratio) {
        String text =
                "the gradients are %.1e times as large as the weights, most of all that of %s: lower the learning rate,"
                        + " clip the gradients, scale inputs and targets, or choose smaller initial weights";
        warn(Kind.EXPLODING_GRADIENTS, String.format(Locale.ROOT, text, ratio, parameter));
    }

    private static double squares(Tensor x) {
        return x.detach().square().sum().item();
    }

    // ---- layers ----

    private void watchLayers(String name, Module module) {
        if (module instanceof Dropout || module instanceof BatchNorm1d || module instanceof BatchNorm2d) {
            hooks.add(module.forwardPreHook((layer, input) -> checkMode(name, layer)));
        }
        if (module instanceof ReLU) {
            DeadUnitDetector activity = new DeadUnitDetector();
            hooks.add(module.forwardHook((layer, input, output) -> checkUnits(name, layer, activity, output)));
        }
        module.children().forEach((key, child) -> watchLayers(name.isEmpty() ? key : name + "." + key, child));
    }

    private Tensor checkMode(String name, Module layer) {
        if (NoGrad.isOpen() && layer.isTraining()) {
            warn(
                    Kind.EVAL_FORGOTTEN,
                    "the model is applied under NoGrad in training mode, so that " + layer + " ('" + name
                            + "') behaves as in training: call model.eval() before, and model.train() after");
        }
        return null;
    }

    private Tensor checkUnits(String name, Module layer, DeadUnitDetector activity, Tensor output) {
        boolean isChecked = layer.isTraining() && !NoGrad.isOpen() && steps % CHECK_INTERVAL == 0 && output.rank() >= 2;
        if (isChecked && activity.isDead(output, DEAD_FRACTION)) {
            warn(
                    Kind.DEAD_UNITS,
                    activity + " of the units of the ReLU '" + name + "' gave 0 for every example of "
                            + DeadUnitDetector.BATCHES
                            + " batches and no longer learn: lower the learning rate, choose smaller initial weights and"
                            + " biases, or use LeakyReLU or GELU");
        }
        return null;
    }
}
