package dev.adjoint.train;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a training program consists of, put together so that it can be taken down and set up again as a whole: a run that is
 * restored goes on to the same weights, bit for bit, as one that was never stopped.
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

    private final Module model;
    private final Optimizer optimizer;
    private final Map<String, Rng> generators = new LinkedHashMap<>();
    private final Map<String, Scheduler> schedulers = new LinkedHashMap<>();

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
     * Takes everything down.
     *
     * @param more numbers and settings of the program's own, such as the place in the data
     * @return copies of all tensors, and texts
     */
    public Snapshot capture(Map<String, String> more) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.stateDict().forEach((name, value) -> tensors.put(MODEL + name, value.copy()));
        optimizer.stateDict().forEach((name, value) -> tensors.put(OPTIMIZER + name, value));
        Map<String, String> texts = new TreeMap<>(more);
        generators.forEach((name, rng) -> texts.put(name, Long.toString(rng.state())));
        schedulers.forEach((name, scheduler) -> texts.put(name, Long.toString(scheduler.steps())));
        return new Snapshot(tensors, texts);
    }

    /**
     * Sets everything up as it was. Nothing is changed unless the snapshot is of this model and these schedules and generators.
     *
     * @param snapshot what {@link #capture} gave
     * @throws DataException if the snapshot lacks a number
     * @throws IllegalArgumentException if the snapshot is of another model or optimizer
     */
    public void restore(Snapshot snapshot) {
        List<Runnable> numbers = new ArrayList<>();
        generators.forEach((name, rng) -> read(snapshot, name, Long.MIN_VALUE, numbers, rng::setState));
        schedulers.forEach((name, scheduler) -> read(snapshot, name, 0, numbers, scheduler::setSteps));
        Map<String, Tensor> before = new LinkedHashMap<>();
        model.stateDict().forEach((name, value) -> before.put(name, value.copy()));
        model.loadStateDict(part(snapshot, MODEL));
        try {
            optimizer.loadStateDict(part(snapshot, OPTIMIZER));
        } catch (IllegalArgumentException e) {
            model.loadStateDict(before);
            throw e;
        }
        numbers.forEach(Runnable::run);
        // Once more: the schedules have set the rates that they would have, which need not be those that were.
        optimizer.loadStateDict(part(snapshot, OPTIMIZER));
    }

    private static void read(Snapshot snapshot, String name, long least, List<Runnable> numbers, Consumer<Long> set) {
        String text = snapshot.texts().get(name);
        try {
            long value = Long.parseLong(String.valueOf(text));
            if (value < least) throw new NumberFormatException("negative");
            numbers.add(() -> set.accept(value));
        } catch (NumberFormatException e) {
            throw new DataException(
                    "the snapshot has " + text + " for '" + name + "': expected a whole number"
                            + (least == 0 ? " from 0" : "")
                            + "; it is of another program, or of another version of this one",
                    e);
        }
    }

    private static Map<String, Tensor> part(Snapshot snapshot, String prefix) {
        Map<String, Tensor> part = new LinkedHashMap<>();
        snapshot.tensors().forEach((name, value) -> {
            if (name.startsWith(prefix)) part.put(name.substring(prefix.length()), value);
        });
        return part;
    }
}
