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
     * Sets the first rate.
     *
     * @param optimizer the optimizer; the schedule starts from the rates that its groups were given, also of those added later
     * @param schedule how they change
     */
    public Scheduler(Optimizer optimizer, Schedule schedule) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        apply();
    }

    /** Goes on to the next rate. */
    public void step() {
        t++;
        apply();
    }

    /**
     * How far it has gone, to be saved.
     *
     * @return the number of steps
     */
    public long steps() {
        return t;
    }

    /**
     * Goes on from where another one was, made with the same schedule and first rates.
     *
     * @param steps what {@link #steps} gave
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
