package dev.adjoint.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.engine.Access;
import dev.adjoint.autograd.internal.kernels.Kernels;
import dev.adjoint.autograd.internal.support.Warnings;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.Batches;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.GradientClipping;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.ParameterGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a {@link Trainer}: its progress, and what callbacks can ask and tell it. The trainer holds the settings, which do not
 * change during a run; the run holds everything that does.
 */
public final class TrainingRun implements Stateful {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();
    private static final String VALIDATION = "val_";
    private static final String SETTINGS = "settings";
    private static final String METRIC = "metric.";
    private static final String ORDER = "order";
    /** Only gradients with at most this many elements are checked for NaN after each step: a NaN usually spreads to all gradients. */
    private static final int MAX_CHECKED_ELEMENTS = 1024;

    private final Trainer trainer;
    private final Batches data;
    private final int epochs;
    private final List<Rng> generators;
    private final TrainingState state;

    private final List<Callback.Epoch> history = new ArrayList<>();
    /** From 1. */
    private int epoch = 1;
    /** The states of the loader's random generators at the start of this epoch. */
    private long[] shuffleStates = {};
    /** Progress in this epoch: batches and examples seen, the sum of the losses of the examples, and the elapsed time. */
    private int batch;

    private long examplesSeen;
    private double lossSum;
    private double seconds;
    /** The number of training batches seen in total. */
    private long step;

    private long lastStepSaved;
    private long lastTimeSaved = System.nanoTime();

    private volatile boolean stopped;
    private boolean interrupted;

    TrainingRun(Trainer trainer, Batches data, int epochs) {
        this.trainer = trainer;
        this.data = data;
        this.epochs = epochs;
        this.generators = generators(trainer, data);
        this.state = new TrainingState(trainer.model, trainer.optimizer).with("fit", this);
        for (int i = 0; i < generators.size(); i++) state.with(Integer.toString(i), generators.get(i));
        if (trainer.epochScheduler != null) state.with("epoch", trainer.epochScheduler);
        if (trainer.stepScheduler != null) state.with("step", trainer.stepScheduler);
        for (int i = 0; i < trainer.callbacks.size(); i++) state.with("callback" + i, trainer.callbacks.get(i));
    }

    /** All random generators of the run, each once. */
    private static List<Rng> generators(Trainer trainer, Batches data) {
        Set<Rng> each = Collections.newSetFromMap(new IdentityHashMap<>());
        Stream<Rng> validation = trainer.validation == null ? Stream.of() : trainer.validation.generators().stream();
        return Stream.of(
                        trainer.model.generators().stream(),
                        data.generators().stream(),
                        validation,
                        trainer.generators.stream())
                .flatMap(all -> all)
                .filter(each::add)
                .toList();
    }

    // ---- what callbacks use ----

    /** Ends training after the current step or epoch. */
    public void stop() {
        stopped = true;
    }

    /**
     * Whether {@link #stop} was called.
     *
     * @return true if training ends after the current step or epoch
     */
    public boolean isStopped() {
        return stopped;
    }

    /**
     * Whether the run was interrupted by Ctrl-C and can be resumed.
     *
     * @return false while it runs, and after it has reached its end
     */
    public boolean isInterrupted() {
        return interrupted;
    }

    /**
     * The model that is trained.
     *
     * @return the model
     */
    public Module model() {
        return trainer.model;
    }

    /**
     * The optimizer that updates the model.
     *
     * @return the optimizer
     */
    public Optimizer optimizer() {
        return trainer.optimizer;
    }

    /**
     * The metrics that are computed on the training data.
     *
     * @return the metrics, with the values accumulated in the current epoch
     */
    public List<Metric> metrics() {
        return List.copyOf(trainer.metrics);
    }

    // ---- the loop ----

    History run() {
        lastStepSaved = step;
        Callback.Plan plan = new Callback.Plan(epochs, epoch - 1, step);
        List<Callback> begun = new ArrayList<>();
        try (Snapshots.Hold hold = trainer.snapshots == null ? null : trainer.snapshots.hold();
                Interruption ctrlC = trainer.snapshots == null ? null : Interruption.listen();
                Lint lint = trainer.lint ? Lint.watch(trainer.model, trainer.optimizer) : null) {
            for (Callback callback : trainer.callbacks) {
                callback.fitBegan(this, plan);
                begun.add(callback);
            }
            while (epoch <= epochs && !stopped) {
                trainEpoch(ctrlC, lint);
                if (interrupted) break;
                endEpoch();
            }
        } catch (RuntimeException | Error e) {
            end(begun, e);
            throw e;
        }
        end(begun, null);
        return new History(history, interrupted);
    }

    /** Calls fitEnded on all started callbacks, even if some throw. The first exception is thrown, later ones are suppressed. */
    private void end(List<Callback> begun, Throwable reason) {
        RuntimeException first = null;
        for (Callback callback : begun) {
            try {
                callback.fitEnded(this);
            } catch (RuntimeException e) {
                if (reason != null) reason.addSuppressed(e);
                else if (first != null) first.addSuppressed(e);
                else first = e;
            }
        }
        if (first != null) throw first;
    }

    private void trainEpoch(Interruption ctrlC, Lint lint) {
        trainer.model.train();
        if (batch == 0) trainer.metrics.forEach(Metric::reset);
        double before = seconds;
        long start = System.nanoTime();
        Iterator<Batch> batches = batches();
        while (batches.hasNext() && !stopped && !interrupted) {
            List<Batch> group = new ArrayList<>();
            while (group.size() < trainer.accumulate && batches.hasNext()) group.add(batches.next());
            for (int i = 0; i < group.size(); i++) trainStep(group.get(i), group.size(), i == group.size() - 1, lint);
            seconds = before + (System.nanoTime() - start) / 1e9;
            interrupted = ctrlC != null && ctrlC.isRequested();
            if (interrupted) {
                Warnings.warn(LOG, "interrupted after {} steps and saved to {}; call resume to continue", step, save());
            } else if (isSnapshotDue()) {
                save();
            }
        }
    }

    /** The remaining batches of the epoch. */
    private Iterator<Batch> batches() {
        List<Rng> loader = data.generators();
        long[] now = states(loader);
        if (batch == 0) {
            shuffleStates = now;
            return data.iterator();
        }
        set(loader, shuffleStates);
        Iterator<Batch> rest = data.from(batch);
        // Redrawing the order has changed the generators, which may also be used elsewhere, such as for dropout.
        set(loader, now);
        return rest;
    }

    private void trainStep(Batch examples, int groupSize, boolean updates, Lint lint) {
        long[] generatorStates = states(generators);
        double value;
        try (Scope scope = Scope.open()) {
            Tensor target = examples.targets();
            Tensor prediction = trainer.model.apply(examples.inputs());
            Tensor error = trainer.loss.forward(prediction, target);
            value = error.item();
            if (!Double.isFinite(value)) throw diverged("the loss is " + value, examples, generatorStates);
            if (lint != null) lint.inspect(prediction, target, error);
            (groupSize == 1 ? error : error.div(groupSize)).backward();
            for (Metric metric : trainer.metrics) metric.add(prediction.detach(), target);
            if (!gradientsAreFinite()) throw diverged("a gradient is NaN or infinite", examples, generatorStates);
            if (updates) update();
        }
        batch++;
        step++;
        examplesSeen += examples.size();
        lossSum += value * examples.size();
        Callback.Step done = new Callback.Step(
                epoch, step, batch, data.count().orElse(0), examplesSeen, value, lossSum / examplesSeen);
        for (Callback callback : trainer.callbacks) callback.stepEnded(this, done);
    }

    private void update() {
        if (trainer.maxNorm != Double.POSITIVE_INFINITY) {
            GradientClipping.byNorm(trainer.model.parameters(), trainer.maxNorm);
        }
        trainer.optimizer.step();
        trainer.optimizer.zeroGrad();
        if (trainer.stepScheduler != null) trainer.stepScheduler.step();
    }

    private void endEpoch() {
        Trainer.checkNotEmpty("fit", examplesSeen);
        Map<String, Double> values = new LinkedHashMap<>(Trainer.values(lossSum / examplesSeen, trainer.metrics));
        if (trainer.validation != null) {
            trainer.evaluate(trainer.validation).forEach((name, value) -> values.put(VALIDATION + name, value));
        }
        if (trainer.epochScheduler != null) trainer.epochScheduler.step();
        Callback.Epoch done = new Callback.Epoch(epoch, values, seconds);
        history.add(done);
        epoch++;
        batch = 0;
        examplesSeen = 0;
        lossSum = 0;
        seconds = 0;
        for (Callback callback : trainer.callbacks) callback.epochEnded(this, done);
    }

    // ---- divergence ----

    private boolean gradientsAreFinite() {
        for (ParameterGroup group : trainer.optimizer.groups()) {
            for (Tensor parameter : group.parameters()) {
                Tensor grad = (Tensor) Access.gradientOf(parameter);
                if (grad != null && grad.length() <= MAX_CHECKED_ELEMENTS && !isFinite(grad)) return false;
            }
        }
        return true;
    }

    /** Whether all elements are finite: x · 0 is NaN for NaN and infinities. */
    private static boolean isFinite(Tensor x) {
        return Double.isFinite(x.detach().mul(0).sum().item());
    }

    /** The exception for a loss or gradient that is NaN or infinite; it names the op at fault if repeating the step reveals it. */
    private DivergenceException diverged(String what, Batch examples, long... generatorStates) {
        String where = what + " in step " + (step + 1) + " (epoch " + epoch + ", batch " + (batch + 1) + "): ";
        String nonFiniteParameters = trainer.model.namedParameters().entrySet().stream()
                .filter(parameter -> !isFinite(parameter.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        set(generators, generatorStates);
        return DivergenceException.of(where, nonFiniteParameters, trainer.model, trainer.loss, examples);
    }

    // ---- saving and resuming ----

    private boolean isSnapshotDue() {
        if (trainer.snapshots == null) return false;
        // With gradient accumulation, steps can skip a multiple of saveEverySteps.
        boolean steps =
                trainer.saveEverySteps > 0 && step / trainer.saveEverySteps > lastStepSaved / trainer.saveEverySteps;
        return steps || System.nanoTime() - lastTimeSaved >= trainer.saveEvery.toNanos();
    }

    private Path save() {
        lastStepSaved = step;
        lastTimeSaved = System.nanoTime();
        for (Callback callback : trainer.callbacks) callback.saving(this);
        Map<String, String> texts = new LinkedHashMap<>(environment());
        texts.put(SETTINGS, JSON.toJson(trainer.settings));
        return trainer.snapshots.save(step, state.capture(texts));
    }

    /** The parts of the environment that affect the bits of the result. */
    private static Map<String, String> environment() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("java", Integer.toString(Runtime.version().feature()));
        Kernels.facts().forEach((name, value) -> facts.put("engine " + name, value));
        return facts;
    }

    void resume(Snapshot snapshot) {
        String theirs = snapshot.text(SETTINGS);
        String ours = JSON.toJson(trainer.settings);
        if (!theirs.equals(ours)) {
            throw new IllegalArgumentException("resume: the run was started with other settings: " + theirs
                    + ", these are " + ours + "; use the same settings, or another folder for snapshots");
        }
        environment().forEach((name, now) -> {
            String then = snapshot.texts().get(name);
            if (then == null || then.equals(now)) return;
            Warnings.warn(
                    LOG,
                    "the run was started with {} {}, this is {}: it continues, but its weights will differ in the last bits from"
                            + " those of an uninterrupted run",
                    name,
                    then,
                    now);
        });
        state.restore(snapshot);
        LOG.info("resuming in epoch {} after {} steps", epoch, step);
    }

    @Override
    public Snapshot state() {
        Map<String, Tensor> metrics = new LinkedHashMap<>();
        for (int i = 0; i < trainer.metrics.size(); i++) {
            metrics.put(METRIC + i, Tensor.of(trainer.metrics.get(i).state()));
        }
        return new Snapshot(
                metrics,
                Map.of(
                        "epoch",
                        Integer.toString(epoch),
                        "batch",
                        Integer.toString(batch),
                        "step",
                        Long.toString(step),
                        "seen",
                        Long.toString(examplesSeen),
                        "total",
                        Double.toString(lossSum),
                        "seconds",
                        Double.toString(seconds),
                        ORDER,
                        JSON.toJson(shuffleStates),
                        "history",
                        JSON.toJson(history)));
    }

    @Override
    public void restore(Snapshot saved) {
        for (int i = 0; i < trainer.metrics.size(); i++) {
            Tensor metric = saved.tensors().get(METRIC + i);
            int numbers = trainer.metrics.get(i).state().length;
            if (metric == null || metric.length() != numbers) {
                throw new IllegalArgumentException("resume: metric " + i + ", '"
                        + trainer.metrics.get(i).name() + "', does not match the saved metric; use the same metrics");
            }
        }
        epoch = (int) saved.number("epoch");
        batch = (int) saved.number("batch");
        step = saved.number("step");
        examplesSeen = saved.number("seen");
        lossSum = saved.decimal("total");
        seconds = saved.decimal("seconds");
        shuffleStates = JSON.fromJson(saved.text(ORDER), long[].class);
        history.clear();
        history.addAll(Arrays.asList(JSON.fromJson(saved.text("history"), Callback.Epoch[].class)));
        for (int i = 0; i < trainer.metrics.size(); i++) {
            trainer.metrics.get(i).restore(saved.tensors().get(METRIC + i).toDoubles());
        }
    }

    private static long[] states(List<Rng> generators) {
        long[] states = new long[generators.size()];
        for (int i = 0; i < states.length; i++) states[i] = generators.get(i).state();
        return states;
    }

    private static void set(List<Rng> generators, long... states) {
        for (int i = 0; i < states.length; i++) generators.get(i).setState(states[i]);
    }
}
