package dev.adjoint.optim;

/**
 * How the step size changes over time: the rate before step t = 0, 1, 2, … (of the schedule: an epoch, or an update), given the rate
 * that the optimizer was made with. Schedules are functions; {@link Scheduler} applies one to an optimizer.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The rate at a step.
     *
     * @param base η₀, the optimizer's own rate
     * @param t the step, from 0
     * @return η
     */
    double rate(double base, long t);

    /**
     * Falls at regular intervals: η = η₀·γ^⌊t/size⌋.
     *
     * @param size steps between two falls, at least 1
     * @param gamma γ
     * @return the schedule
     */
    static Schedule step(long size, double gamma) {
        if (size < 1) throw new IllegalArgumentException("schedule: step size " + size + ": expected at least 1");
        return (base, t) -> base * Math.pow(gamma, t / size);
    }

    /**
     * Falls at given steps: η = η₀·γᵏ after k milestones.
     *
     * @param gamma γ
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
     * Falls all the time: η = η₀·γᵗ.
     *
     * @param gamma γ
     * @return the schedule
     */
    static Schedule exponential(double gamma) {
        return (base, t) -> base * Math.pow(gamma, t);
    }

    /**
     * Falls along half a cosine: η = ηₘᵢₙ + ½(η₀ − ηₘᵢₙ)(1 + cos(πt/T)). Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent
     * with Warm Restarts", ICLR 2017.
     *
     * @param steps T, at least 1
     * @param least ηₘᵢₙ
     * @return the schedule
     */
    static Schedule cosine(long steps, double least) {
        if (steps < 1)
            throw new IllegalArgumentException("schedule: cosine over " + steps + " steps: expected at least 1");
        return (base, t) -> least + (base - least) * (1 + Math.cos(Math.PI * t / steps)) / 2;
    }

    /**
     * Rises in a line, then stays: η = η₀·(start + (end − start)·min(t, T)/T). Goyal et al., "Accurate, Large Minibatch SGD", 2017.
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
     * Rises from max/div to max and falls to max/div/finalDiv, each along half a cosine, whatever the optimizer's own rate. Smith and
     * Topin, "Super-Convergence", 2018.
     *
     * @param max the highest rate
     * @param steps all steps together, at least 2
     * @param rising the part of them in which the rate rises, 0 to 1
     * @param div what max is divided by at the start
     * @param finalDiv what the first rate is divided by at the end
     * @return the schedule
     */
    static Schedule oneCycle(double max, long steps, double rising, double div, double finalDiv) {
        if (steps < 2 || !(rising >= 0 && rising <= 1)) {
            throw new IllegalArgumentException("schedule: one cycle of " + steps + " steps, " + rising
                    + " of them rising: expected at least 2, and a part from 0 to 1");
        }
        double first = max / div;
        double last = first / finalDiv;
        double top = rising * steps - 1;
        return (base, t) -> t <= top
                ? between(first, max, top == 0 ? 1 : t / top)
                : between(max, last, Math.min(1, (t - top) / (steps - 1 - top)));
    }

    private static double between(double from, double to, double part) {
        return to + (from - to) / 2 * (1 + Math.cos(Math.PI * part));
    }

    /**
     * Several schedules at once: their factors are multiplied.
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
