package dev.adjoint.train;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.ExponentialMovingAverage;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.ReduceOnPlateau;
import dev.adjoint.optim.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a training program consists of, put together so that it can be taken down and set up again as a whole: a run that is
 * restored goes on to the same weights, bit for bit, as one that was never stopped, if it goes on
 * with the same JDK, kernels and number of threads.
 *
 * <pre>{@code
 * TrainingState state = new TrainingState(model, optimizer).with("schedule", scheduler).with("rng", rng);
 * snapshots.save(step, state.capture(Map.of("epoch", "3", "batch", "120")));
 * …
 * snapshots.latest().ifPresent(state::restore);
 * }</pre>
 */
public final class TrainingState {
    private static final String MODEL = "model.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String GENERATOR = "rng.";
    private static final String SCHEDULE = "schedule.";
    private static final String PART = "part.";

    private final Module model;
    private final Optimizer optimizer;
    private final Map<String, Rng> generators = new LinkedHashMap<>();
    private final Map<String, Scheduler> schedulers = new LinkedHashMap<>();
    private final Map<String, Stateful> parts = new LinkedHashMap<>();

    /**
     * The state of a model and what changes it.
     *
     * @param model the model
     * @param optimizer its optimizer
     */
    public TrainingState(Module model, Optimizer optimizer) {
        this.model = model;
        this.optimizer = optimizer;
    }

    /**
     * Counts a generator in: one that shuffles, drops or makes noise.
     *
     * @param name a name for it
     * @param rng the generator
     * @return this state
     */
    public TrainingState with(String name, Rng rng) {
        generators.put(GENERATOR + name, rng);
        return this;
    }

    /**
     * Counts a schedule in.
     *
     * @param name a name for it
     * @param scheduler the schedule
     * @return this state
     */
    public TrainingState with(String name, Scheduler scheduler) {
        schedulers.put(SCHEDULE + name, scheduler);
        return this;
    }

    /**
     * Counts something else in that has a state.
     *
     * @param name a name for it, without a dot
     * @param part what has the state
     * @return this state
     */
    public TrainingState with(String name, Stateful part) {
        parts.put(PART + name + ".", part);
        return this;
    }

    /**
     * Counts in what lowers rates on a plateau.
     *
     * @param name a name for it, without a dot
     * @param plateau what watches the metric
     * @return this state
     */
    public TrainingState with(String name, ReduceOnPlateau plateau) {
        return with(name, new Stateful() {
            @Override
            public Snapshot state() {
                return new Snapshot(Map.of("plateau", Tensor.of(plateau.state())), Map.of());
            }

            @Override
            public void restore(Snapshot saved) {
                plateau.restore(saved.tensors().get("plateau").toDoubles());
            }
        });
    }

    /**
     * Counts a moving average of the weights in.
     *
     * @param name a name for it, without a dot
     * @param average the average
     * @return this state
     */
    public TrainingState with(String name, ExponentialMovingAverage average) {
        return with(name, new Stateful() {
            @Override
            public Snapshot state() {
                return new Snapshot(average.stateDict(), Map.of());
            }

            @Override
            public void restore(Snapshot saved) {
                average.loadStateDict(saved.tensors());
            }
        });
    }

    /**
     * Takes everything down.
     *
     * @param more numbers and settings of the program's own, such as the place in the data
     * @return copies of all tensors, and texts
     */
    public Snapshot capture(Map<String, String> more) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        model.stateDict().forEach((name, value) -> weights.put(name, value.copy()));
        Map<String, String> texts = new TreeMap<>(more);
        generators.forEach((name, rng) -> texts.put(name, Long.toString(rng.state())));
        schedulers.forEach((name, scheduler) -> texts.put(name, Long.toString(scheduler.steps())));
        Snapshot all = new Snapshot(Map.of(), texts)
                .with(MODEL, new Snapshot(weights, Map.of()))
                .with(OPTIMIZER, new Snapshot(optimizer.stateDict(), Map.of()));
        for (Map.Entry<String, Stateful> part : parts.entrySet()) {
            all = all.with(part.getKey(), part.getValue().state());
        }
        return all;
    }

    /**
     * Sets everything up as it was. Nothing is changed unless the snapshot is of this model and these schedules and generators.
     *
     * @param snapshot what {@link #capture} gave
     * @throws DataException if the snapshot lacks a number
     * @throws IllegalArgumentException if the snapshot is of another model or optimizer
     */
    public void restore(Snapshot snapshot) {
        Map<Rng, Long> states = new LinkedHashMap<>();
        generators.forEach((name, rng) -> states.put(rng, snapshot.number(name)));
        Map<Scheduler, Long> steps = new LinkedHashMap<>();
        schedulers.forEach((name, scheduler) -> steps.put(scheduler, snapshot.number(name)));
        Snapshot before = capture(Map.of());
        try {
            model.loadStateDict(snapshot.part(MODEL).tensors());
            optimizer.loadStateDict(snapshot.part(OPTIMIZER).tensors());
            steps.forEach(Scheduler::setSteps);
            parts.forEach((name, part) -> part.restore(snapshot.part(name)));
        } catch (RuntimeException e) {
            undo(before, e);
            throw e;
        }
        states.forEach(Rng::setState);
        // Once more: the schedules have set the rates that they would have, which need not be those that were.
        optimizer.loadStateDict(snapshot.part(OPTIMIZER).tensors());
    }

    /** Puts all parts back, each of them, whatever another one refuses. */
    private void undo(Snapshot before, RuntimeException reason) {
        List<Runnable> all = new ArrayList<>();
        all.add(() -> model.loadStateDict(before.part(MODEL).tensors()));
        schedulers.forEach((name, scheduler) -> all.add(() -> scheduler.setSteps(before.number(name))));
        parts.forEach((name, part) -> all.add(() -> part.restore(before.part(name))));
        all.add(() -> optimizer.loadStateDict(before.part(OPTIMIZER).tensors()));
        for (Runnable one : all) {
            try {
                one.run();
            } catch (RuntimeException e) {
                reason.addSuppressed(e);
            }
        }
    }
}
