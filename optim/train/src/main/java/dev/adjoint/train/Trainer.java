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
 * A training plan: model, loss, optimizer and settings. {@link #fit} and {@link #resume} each make a {@link TrainingRun} of it, which
 * holds everything that changes; from the first run on the settings are fixed.
 *
 * <p>The training loop: without settings it does essentially the same as this loop, which can also be written by hand:
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
    Scheduler epochScheduler;
    Scheduler stepScheduler;
    Batches validation;
    double maxNorm = Double.POSITIVE_INFINITY;
    int accumulate = 1;
    Snapshots snapshots;
    long saveEverySteps;
    Duration saveEvery = Duration.ofMinutes(10);
    boolean lint = true;
    private final List<Metric> validationMetrics = new ArrayList<>();
    /** From then on the settings are fixed. */
    private boolean started;

    /**
     * Makes a trainer.
     *
     * @param model the model
     * @param loss the loss function to minimise
     * @param optimizer the optimizer of the model
     * @throws IllegalArgumentException if the optimizer has none of the model's parameters
     */
    public Trainer(Module model, Loss loss, Optimizer optimizer) {
        checkParameters("Trainer", model, optimizer);
        this.model = model;
        this.loss = loss;
        this.optimizer = optimizer;
    }

    /** Throws if the optimizer was made for another model, so that training would change nothing. */
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
     * Sets a scheduler that is stepped after each epoch.
     *
     * @param scheduler the scheduler
     * @return this trainer
     */
    public Trainer scheduleEachEpoch(Scheduler scheduler) {
        checkNotStarted("scheduleEachEpoch");
        epochScheduler = scheduler;
        return this;
    }

    /**
     * Sets a scheduler that is stepped after each optimizer step.
     *
     * @param scheduler the scheduler
     * @return this trainer
     */
    public Trainer scheduleEachStep(Scheduler scheduler) {
        checkNotStarted("scheduleEachStep");
        stepScheduler = scheduler;
        return this;
    }

    /**
     * Clips the total norm of all gradients before each optimizer step, see {@link GradientClipping#byNorm}.
     *
     * @param bound the maximum norm
     * @return this trainer
     * @throws IllegalArgumentException if it is not positive
     */
    public Trainer clipNorm(double bound) {
        if (!(bound > 0)) throw new IllegalArgumentException("clipNorm: " + bound + ": expected more than 0");
        checkNotStarted("clipNorm");
        maxNorm = bound;
        return this;
    }

    /**
     * Sets gradient accumulation: gradients of several batches are accumulated before each optimizer step; the loss is the mean of the
     * losses of these batches.
     *
     * @param batches the number of batches; the last step of an epoch may have fewer
     * @return this trainer
     * @throws IllegalArgumentException if it is below 1
     */
    public Trainer accumulate(int batches) {
        if (batches < 1) throw new IllegalArgumentException("accumulate: " + batches + " batches: expected at least 1");
        checkNotStarted("accumulate");
        accumulate = batches;
        return this;
    }

    /**
     * Sets validation data, on which the model is evaluated after each epoch.
     *
     * @param data the validation data
     * @return this trainer
     */
    public Trainer validate(Batches data) {
        checkNotStarted("validate");
        validation = data;
        return this;
    }

    /**
     * Adds a metric that is computed on training and validation data.
     *
     * @param metric the metric
     * @return this trainer
     */
    public Trainer measure(Metric metric) {
        checkNotStarted("measure");
        metrics.add(metric);
        return this;
    }

    /**
     * Adds a metric that is computed on validation data only.
     *
     * @param metric the metric
     * @return this trainer
     */
    public Trainer measureValidation(Metric metric) {
        checkNotStarted("measureValidation");
        validationMetrics.add(metric);
        return this;
    }

    /**
     * Adds a callback.
     *
     * @param callback the callback
     * @return this trainer
     */
    public Trainer with(Callback callback) {
        checkNotStarted("with");
        callbacks.add(callback);
        return this;
    }

    /**
     * Saves snapshots of the run, from which {@link #resume} can continue: on Ctrl-C after the current step, and periodically, by
     * default every ten minutes, see {@link #saveEverySteps} and {@link #saveEvery}.
     *
     * @param where the directory of snapshots
     * @return this trainer
     */
    public Trainer saveTo(Snapshots where) {
        checkNotStarted("saveTo");
        snapshots = where;
        return this;
    }

    /**
     * Sets the number of steps between snapshots.
     *
     * @param steps the number of steps; 0, the default, saves by time only
     * @return this trainer
     * @throws IllegalArgumentException if it is negative
     */
    public Trainer saveEverySteps(long steps) {
        if (steps < 0) throw new IllegalArgumentException("saveEverySteps: " + steps + ": expected at least 0");
        checkNotStarted("saveEverySteps");
        saveEverySteps = steps;
        return this;
    }

    /**
     * Sets the time between snapshots.
     *
     * @param time the time; 10 minutes by default
     * @return this trainer
     * @throws IllegalArgumentException if it is not positive
     */
    public Trainer saveEvery(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("saveEvery: " + time + ": expected more than 0");
        }
        checkNotStarted("saveEvery");
        saveEvery = time;
        return this;
    }

    /**
     * Records a setting of the program, which is saved in snapshots. A run can only be resumed with the same settings.
     *
     * @param name its name
     * @param value its value
     * @return this trainer
     */
    public Trainer setting(String name, Object value) {
        checkNotStarted("setting");
        settings.put(name, String.valueOf(value));
        return this;
    }

    /**
     * Adds a random generator whose state is saved in snapshots. Those of the layers and the data are always saved.
     *
     * @param rng the generator
     * @return this trainer
     */
    public Trainer with(Rng rng) {
        checkNotStarted("with");
        generators.add(rng);
        return this;
    }

    /**
     * Sets whether to warn about common mistakes in training, see {@link Lint}.
     *
     * @param on whether to warn; true by default
     * @return this trainer
     */
    public Trainer lint(boolean on) {
        checkNotStarted("lint");
        lint = on;
        return this;
    }

    private void checkNotStarted(String setting) {
        if (!started) return;
        throw new IllegalStateException("Trainer." + setting + ": the settings are fixed once training has started;"
                + " set it before fit, or make a new Trainer");
    }

    // ---- training ----

    /**
     * Trains for a number of epochs. Existing snapshots of an earlier run in the same directory are deleted.
     *
     * @param data the training data
     * @param epochs the number of epochs
     * @return the results of each epoch
     * @throws IllegalArgumentException if there are no epochs, or the data has no batch
     * @throws DivergenceException if the loss or a gradient becomes NaN or infinite
     */
    public History fit(Batches data, int epochs) {
        if (epochs < 1) throw new IllegalArgumentException("fit: " + epochs + " epochs: expected at least 1");
        if (snapshots != null && snapshots.latest().isPresent()) {
            Warnings.warn(
                    LOG, "the interrupted run with snapshots in {} is discarded; resume would continue it", snapshots);
            snapshots.clear();
        }
        started = true;
        return new TrainingRun(this, data, epochs).run();
    }

    /**
     * Resumes an interrupted run, or starts a new one if there is none. A program can be restarted until training is complete, and ends
     * with the same weights, bit for bit, as without interruption. With another JDK, other kernels or another number of threads the
     * last bits differ, and a warning is logged.
     *
     * @param data the training data, the same as before
     * @param epochs the total number of epochs
     * @return the results of each epoch, including those before the interruption
     * @throws IllegalArgumentException if the run had another model or other settings; nothing is changed then
     * @throws DivergenceException if the loss or a gradient becomes NaN or infinite
     * @throws IllegalStateException if {@link #saveTo} was not called
     */
    public History resume(Batches data, int epochs) {
        if (snapshots == null)
            throw new IllegalStateException("resume: there is no directory of snapshots; call saveTo(snapshots) first");
        started = true;
        TrainingRun run = new TrainingRun(this, data, epochs);
        snapshots.latest().ifPresent(run::resume);
        return run.run();
    }

    /**
     * Evaluates the model, in evaluation mode and without gradients; the previous mode is restored afterwards.
     *
     * @param data the test data
     * @return the mean loss and all metrics by name
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
        checkNotEmpty("evaluate", seen);
        return values(total / seen, all);
    }

    /** Throws if no example was seen, since there is no mean loss then. */
    static void checkNotEmpty(String what, long seen) {
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

    /**
     * The metrics that are computed on training data.
     *
     * @return the metrics, with their values over the current epoch so far
     */
    public List<Metric> metrics() {
        return List.copyOf(metrics);
    }

    /**
     * The model that is trained.
     *
     * @return the model
     */
    public Module model() {
        return model;
    }

    /**
     * The optimizer that updates the model.
     *
     * @return the optimizer
     */
    public Optimizer optimizer() {
        return optimizer;
    }
}
