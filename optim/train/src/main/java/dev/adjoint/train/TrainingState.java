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
 * Saves and restores all components of a training program as one snapshot. A restored run ends with the same weights, bit for bit, as
 * an uninterrupted one, if it continues with the same JDK, kernels and number of threads.
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
     * Makes the state of a model and its optimizer.
     *
     * @param model the model
     * @param optimizer its optimizer
     */
    public TrainingState(Module model, Optimizer optimizer) {
        this.model = model;
        this.optimizer = optimizer;
    }

    /**
     * Adds a random generator, such as one for shuffling, dropout or noise.
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
     * Adds a learning-rate scheduler.
     *
     * @param name a name for it
     * @param scheduler the scheduler
     * @return this state
     */
    public TrainingState with(String name, Scheduler scheduler) {
        schedulers.put(SCHEDULE + name, scheduler);
        return this;
    }

    /**
     * Adds any other component that has a state.
     *
     * @param name a name for it, without a dot
     * @param part the component
     * @return this state
     */
    public TrainingState with(String name, Stateful part) {
        parts.put(PART + name + ".", part);
        return this;
    }

    /**
     * Adds a {@link ReduceOnPlateau} scheduler.
     *
     * @param name a name for it, without a dot
     * @param plateau the scheduler
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
     * Adds a moving average of the weights.
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
     * Captures the state of all components.
     *
     * @param more additional numbers and settings of the program, such as the position in the data
     * @return a snapshot with copies of all tensors
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
     * Restores the state of all components. If the snapshot does not match, all components are left as they were.
     *
     * @param snapshot the result of {@link #capture}
     * @throws DataException if an entry is missing from the snapshot
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
        // Again, since the schedulers have set learning rates, which may differ from the saved ones.
        optimizer.loadStateDict(snapshot.part(OPTIMIZER).tensors());
    }

    /** Resets all components to their previous state, even if some throw. */
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
