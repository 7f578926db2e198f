package dev.adjoint.optim;

/**
 * Applies a {@link Schedule} to all groups of an optimizer.
 *
 * <pre>{@code
 * Scheduler scheduler = new Scheduler(adam, Schedule.cosine(10, 0));
 * for (int epoch = 0; epoch < 10; epoch++) {
 *     // … train an epoch …
 *     scheduler.step();
 * }
 * }</pre>
 */
public final class Scheduler {
    private final Optimizer optimizer;
    private final Schedule schedule;
    private long t;

    /**
     * Makes a scheduler and sets the rates of step 0.
     *
     * @param optimizer the optimizer; the learning rates set on its groups are the base rates, also for groups added later
     * @param schedule the schedule
     */
    public Scheduler(Optimizer optimizer, Schedule schedule) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        apply();
    }

    /** Advances the schedule by one step and sets the rates. */
    public void step() {
        t++;
        apply();
    }

    /**
     * The number of steps so far, for saving.
     *
     * @return the number of steps
     */
    public long steps() {
        return t;
    }

    /**
     * Restores a saved number of steps and sets the rates.
     *
     * @param steps the result of {@link #steps}
     * @throws IllegalArgumentException if it is negative
     */
    public void setSteps(long steps) {
        if (steps < 0) throw new IllegalArgumentException("scheduler: step " + steps + ": expected at least 0");
        t = steps;
        apply();
    }

    private void apply() {
        for (ParameterGroup group : optimizer.groups()) group.schedule(schedule.rate(group.baseLearningRate(), t));
    }
}
