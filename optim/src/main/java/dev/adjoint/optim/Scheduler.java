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
    private final double[] base;
    private long t;

    /**
     * Sets the first rate.
     *
     * @param optimizer the optimizer, with the rates that the schedule starts from
     * @param schedule how they change
     */
    public Scheduler(Optimizer optimizer, Schedule schedule) {
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.base = optimizer.groups().stream()
                .mapToDouble(ParameterGroup::learningRate)
                .toArray();
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
        for (int i = 0; i < base.length; i++) optimizer.groups().get(i).setLearningRate(schedule.rate(base[i], t));
    }
}
