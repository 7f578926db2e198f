package dev.adjoint.train;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.support.Warnings;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.Batches;
import dev.adjoint.nn.Loss;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.GradientClipping;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop. What it does without settings is this, and each line of it can be replaced by one's own:
 *
 * <pre>{@code
 * for (int epoch = 1; epoch <= epochs; epoch++) {
 *     model.train();
 *     for (Batch batch : loader) {
 *         try (Scope step = Scope.open()) {
 *             loss.forward(model.apply(batch.inputs()), batch.targets()).backward();
 *             optimizer.step();
 *             optimizer.zeroGrad();
 *         }
 *     }
 * }
 * }</pre>
 */
public final class Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
    private static final String LOSS = "loss";

    final Module model;
    final Loss loss;
    final Optimizer optimizer;
    final List<Callback> callbacks = new ArrayList<>();
    final List<Metric> metrics = new ArrayList<>();
    final List<Rng> generators = new ArrayList<>();
    final Map<String, String> settings = new TreeMap<>();
    Scheduler eachEpoch;
    Scheduler eachStep;
    Batches validation;
    double maxNorm = Double.POSITIVE_INFINITY;
    int accumulate = 1;
    Snapshots snapshots;
    long saveEverySteps;
    Duration saveEvery = Duration.ofMinutes(10);
    boolean lint = true;
    boolean stopped;
    boolean interrupted;
    private final List<Metric> validationMetrics = new ArrayList<>();

    /**
     * Makes a trainer.
     *
     * @param model the model
     * @param loss what is to become small
     * @param optimizer what makes it small
     * @throws IllegalArgumentException if the optimizer has none of the model's parameters
     */
    public Trainer(Module model, Loss loss, Optimizer optimizer) {
        checkParameters("Trainer", model, optimizer);
        this.model = model;
        this.loss = loss;
        this.optimizer = optimizer;
    }

    /** Refuses an optimizer that was made for another model: training would change nothing. */
    static void checkParameters(String who, Module model, Optimizer optimizer) {
        Set<Tensor> own = Collections.newSetFromMap(new IdentityHashMap<>());
        own.addAll(model.parameters());
        boolean fits = optimizer.groups().stream()
                .flatMap(group -> group.parameters().stream())
                .anyMatch(own::contains);
        if (!fits && !own.isEmpty()) {
            throw new IllegalArgumentException(who + ": none of the optimizer's parameters is one of the model's: the"
                    + " optimizer belongs to another model; make it with model.parameters()");
        }
    }

    // ---- settings ----

    /**
     * Has a schedule go on after each epoch.
     *
     * @param scheduler the schedule
     * @return this trainer
     */
    public Trainer scheduleEachEpoch(Scheduler scheduler) {
        eachEpoch = scheduler;
        return this;
    }

    /**
     * Has a schedule go on after each step.
     *
     * @param scheduler the schedule
     * @return this trainer
     */
    public Trainer scheduleEachStep(Scheduler scheduler) {
        eachStep = scheduler;
        return this;
    }

    /**
     * Holds the norm of all gradients together below a bound, see {@link GradientClipping#byNorm}.
     *
     * @param bound the greatest norm
     * @return this trainer
     * @throws IllegalArgumentException if it is not positive
     */
    public Trainer clipNorm(double bound) {
        if (!(bound > 0)) throw new IllegalArgumentException("clipNorm: " + bound + ": expected more than 0");
        maxNorm = bound;
        return this;
    }

    /**
     * Adds the gradients of several batches up before a step, as if they were one batch of their mean loss.
     *
     * @param batches how many; what is left of them at an epoch's end makes a step as well
     * @return this trainer
     * @throws IllegalArgumentException if it is below 1
     */
    public Trainer accumulate(int batches) {
        if (batches < 1) throw new IllegalArgumentException("accumulate: " + batches + " batches: expected at least 1");
        accumulate = batches;
        return this;
    }

    /**
     * Tests the model after each epoch.
     *
     * @param data what it does not learn from
     * @return this trainer
     */
    public Trainer validate(Batches data) {
        validation = data;
        return this;
    }

    /**
     * Has a metric computed, of what is learned from and of what is validated with.
     *
     * @param metric the metric
     * @return this trainer
     */
    public Trainer measure(Metric metric) {
        metrics.add(metric);
        return this;
    }

    /**
     * Has a metric computed of what is validated with, and not of what is learned from.
     *
     * @param metric the metric
     * @return this trainer
     */
    public Trainer measureValidation(Metric metric) {
        validationMetrics.add(metric);
        return this;
    }

    /**
     * Has a callback hear of what happens.
     *
     * @param callback the callback
     * @return this trainer
     */
    public Trainer with(Callback callback) {
        callbacks.add(callback);
        return this;
    }

    /**
     * Has the run saved, so that {@link #resume} can go on with it: on Ctrl-C, when the step under way is done, and every ten minutes
     * or as often as {@link #saveEverySteps} and {@link #saveEvery} say.
     *
     * @param where what keeps the snapshots
     * @return this trainer
     */
    public Trainer saveTo(Snapshots where) {
        snapshots = where;
        return this;
    }

    /**
     * Has the run saved every so many steps.
     *
     * @param steps how many; 0 for never
     * @return this trainer
     * @throws IllegalArgumentException if it is negative
     */
    public Trainer saveEverySteps(long steps) {
        if (steps < 0) throw new IllegalArgumentException("saveEverySteps: " + steps + ": expected at least 0");
        saveEverySteps = steps;
        return this;
    }

    /**
     * Has the run saved after so much time.
     *
     * @param time how much
     * @return this trainer
     * @throws IllegalArgumentException if it is not positive
     */
    public Trainer saveEvery(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("saveEvery: " + time + ": expected more than 0");
        }
        saveEvery = time;
        return this;
    }

    /**
     * Notes a setting of the program, which is saved with the run: one that was started with other settings is not resumed.
     *
     * @param name its name
     * @param value its value
     * @return this trainer
     */
    public Trainer setting(String name, Object value) {
        settings.put(name, String.valueOf(value));
        return this;
    }

    /**
     * Counts in a generator that the program draws from beside those of the layers and the loader, which are saved anyway.
     *
     * @param rng the generator
     * @return this trainer
     */
    public Trainer with(Rng rng) {
        generators.add(rng);
        return this;
    }

    /**
     * Whether the run is watched for common mistakes, see {@link Lint}; it is unless this says otherwise.
     *
     * @param on whether to watch
     * @return this trainer
     */
    public Trainer lint(boolean on) {
        lint = on;
        return this;
    }

    // ---- training ----

    /**
     * Goes through the data a number of times. Snapshots of an earlier run in the same place are given up.
     *
     * @param data what to learn from
     * @param epochs how often
     * @return what each epoch brought
     * @throws IllegalArgumentException if there are no epochs, or the data has no batch
     * @throws DivergenceException if the loss, or a gradient, is no number any more
     */
    public List<Callback.Epoch> fit(Batches data, int epochs) {
        if (epochs < 1) throw new IllegalArgumentException("fit: " + epochs + " epochs: expected at least 1");
        if (snapshots != null && snapshots.latest().isPresent()) {
            Warnings.warn(
                    LOG,
                    "the interrupted run whose snapshots are in {} is given up; resume would go on with it",
                    snapshots);
            snapshots.clear();
        }
        return new Fit(this, data, epochs).run();
    }

    /**
     * Goes on with the run that was interrupted, or begins one if there is none: the same program can be started until it comes to
     * its end, and ends with the weights, bit for bit, that it would have had without a break; on another JDK, with other kernels or
     * another number of threads the last bits differ, and a warning says so.
     *
     * @param data what to learn from, the same as then
     * @param epochs how often, in all
     * @return what each epoch brought, also those before the break
     * @throws IllegalArgumentException if the run was of another model or with other settings; nothing is changed then
     * @throws DivergenceException if the loss, or a gradient, is no number any more
     * @throws IllegalStateException if there is no {@link #saveTo}
     */
    public List<Callback.Epoch> resume(Batches data, int epochs) {
        if (snapshots == null) throw new IllegalStateException("resume: from where? call saveTo(snapshots) first");
        Fit fit = new Fit(this, data, epochs);
        snapshots.latest().ifPresent(fit::resume);
        return fit.run();
    }

    /**
     * Tests the model, in evaluation mode and without recording; the mode it was in comes back.
     *
     * @param data what to test it with
     * @return its mean loss and metrics
     */
    public Map<String, Double> evaluate(Batches data) {
        List<Metric> all = new ArrayList<>(metrics);
        all.addAll(validationMetrics);
        all.forEach(Metric::reset);
        double total = 0;
        long seen = 0;
        try (Module.Handle mode = model.inEvaluation();
                NoGrad off = NoGrad.open()) {
            for (Batch batch : data) {
                try (Scope step = Scope.open()) {
                    Tensor prediction = model.apply(batch.inputs());
                    Tensor target = batch.targets();
                    total += loss.forward(prediction, target).item() * batch.size();
                    for (Metric metric : all) metric.add(prediction, target);
                }
                seen += batch.size();
            }
        }
        checkSeen("evaluate", seen);
        return values(total / seen, all);
    }

    /** Refuses to call the mean of nothing a result. */
    static void checkSeen(String what, long seen) {
        if (seen > 0) return;
        throw new IllegalArgumentException(what + ": the data has no batch: expected at least one example, and with"
                + " dropLast at least one whole batch");
    }

    static Map<String, Double> values(double meanLoss, List<Metric> metrics) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(LOSS, meanLoss);
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return values;
    }

    /** Has training end after the step, or the epoch, that is under way. */
    public void stop() {
        stopped = true;
    }

    /**
     * Whether the last run came to a break by Ctrl-C, and is to be resumed.
     *
     * @return false if it came to its end
     */
    public boolean isInterrupted() {
        return interrupted;
    }

    /**
     * What is measured while training.
     *
     * @return the metrics, which hold what the epoch has brought so far
     */
    public List<Metric> metrics() {
        return List.copyOf(metrics);
    }

    /**
     * What is trained.
     *
     * @return the model
     */
    public Module model() {
        return model;
    }

    /**
     * What trains it.
     *
     * @return the optimizer
     */
    public Optimizer optimizer() {
        return optimizer;
    }
}
