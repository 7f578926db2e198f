package dev.adjoint.optim;

/**
 * A learning-rate schedule: a function from a base rate and a step t = 0, 1, 2, … (an epoch or an update) to a learning rate.
 * {@link Scheduler} applies a schedule to an optimizer.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The learning rate at a step.
     *
     * @param base η₀, the base learning rate of the optimizer
     * @param t the step, from 0
     * @return η
     */
    double rate(double base, long t);

    /**
     * Step decay at regular intervals: η = η₀·γ^⌊t/size⌋.
     *
     * @param size the number of steps between decays, at least 1
     * @param gamma γ, the decay factor
     * @return the schedule
     */
    static Schedule step(long size, double gamma) {
        if (size < 1) throw new IllegalArgumentException("schedule: step size " + size + ": expected at least 1");
        return (base, t) -> base * Math.pow(gamma, t / size);
    }

    /**
     * Step decay at given steps: η = η₀·γᵏ after k milestones.
     *
     * @param gamma γ, the decay factor
     * @param milestones the steps, in any order
     * @return the schedule
     */
    static Schedule multiStep(double gamma, long... milestones) {
        long[] own = milestones.clone();
        return (base, t) -> {
            int passed = 0;
            for (long milestone : own) if (t >= milestone) passed++;
            return base * Math.pow(gamma, passed);
        };
    }

    /**
     * Exponential decay: η = η₀·γᵗ.
     *
     * @param gamma γ, the decay factor
     * @return the schedule
     */
    static Schedule exponential(double gamma) {
        return (base, t) -> base * Math.pow(gamma, t);
    }

    /**
     * Cosine annealing: η = ηₘᵢₙ + ½(η₀ − ηₘᵢₙ)(1 + cos(πt/T)). Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent
     * with Warm Restarts", ICLR 2017.
     *
     * @param steps T, at least 1
     * @param minRate ηₘᵢₙ, the minimum rate
     * @return the schedule
     */
    static Schedule cosine(long steps, double minRate) {
        if (steps < 1)
            throw new IllegalArgumentException("schedule: cosine over " + steps + " steps: expected at least 1");
        return (base, t) -> minRate + (base - minRate) * (1 + Math.cos(Math.PI * t / steps)) / 2;
    }

    /**
     * Linear warm-up, then constant: η = η₀·(start + (end − start)·min(t, T)/T). Goyal et al., "Accurate, Large Minibatch SGD", 2017.
     *
     * @param start the factor at the first step
     * @param end the factor from step T on
     * @param steps T, at least 1
     * @return the schedule
     */
    static Schedule linearWarmup(double start, double end, long steps) {
        if (steps < 1)
            throw new IllegalArgumentException("schedule: warm-up of " + steps + " steps: expected at least 1");
        return (base, t) -> base * (start + (end - start) * Math.min(t, steps) / steps);
    }

    /**
     * One-cycle policy: rises from max/div to max, then falls to max/div/finalDiv, each along half a cosine. The base rate of the
     * optimizer is ignored. Smith and Topin, "Super-Convergence", 2018.
     *
     * @param max the maximum rate
     * @param steps the total number of steps, at least 2
     * @param warmupFraction the fraction of steps in which the rate rises, 0 to 1
     * @param div the ratio of the maximum to the initial rate
     * @param finalDiv the ratio of the initial to the final rate
     * @return the schedule
     */
    static Schedule oneCycle(double max, long steps, double warmupFraction, double div, double finalDiv) {
        if (steps < 2 || !(warmupFraction >= 0 && warmupFraction <= 1)) {
            throw new IllegalArgumentException("schedule: one cycle of " + steps + " steps, " + warmupFraction
                    + " of them rising: expected at least 2, and a fraction from 0 to 1");
        }
        double first = max / div;
        double last = first / finalDiv;
        double top = warmupFraction * steps - 1;
        return (base, t) -> t <= top
                ? cosineInterpolate(first, max, top == 0 ? 1 : t / top)
                : cosineInterpolate(max, last, Math.min(1, (t - top) / (steps - 1 - top)));
    }

    private static double cosineInterpolate(double from, double to, double part) {
        return to + (from - to) / 2 * (1 + Math.cos(Math.PI * part));
    }

    /**
     * Chains several schedules: the result of each is the base rate of the next.
     *
     * @param schedules the schedules
     * @return the schedule
     */
    static Schedule chained(Schedule... schedules) {
        Schedule[] own = schedules.clone();
        return (base, t) -> {
            double rate = base;
            for (Schedule schedule : own) rate = schedule.rate(rate, t);
            return rate;
        };
    }
}
