package dev.adjoint.train;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Scope;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.Batch;
import dev.adjoint.datasets.DataLoader;
import dev.adjoint.nn.Loss;
import dev.adjoint.nn.Module;
import dev.adjoint.optim.GradientClipping;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The training loop. What it does without settings is this, and each line of it can be replaced by one's own:
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
    private static final String LOSS = "loss";
    private static final String VALIDATION = "val_";

    private final Module model;
    private final Loss loss;
    private final Optimizer optimizer;
    private final List<Callback> callbacks = new ArrayList<>();
    private final List<Metric> metrics = new ArrayList<>();
    private Scheduler eachEpoch;
    private Scheduler eachStep;
    private DataLoader validation;
    private double maxNorm = Double.POSITIVE_INFINITY;
    private int accumulate = 1;
    private long steps;
    private boolean stopped;

    /**
     * Makes a trainer.
     *
     * @param model the model
     * @param loss what is to become small
     * @param optimizer what makes it small
     */
    public Trainer(Module model, Loss loss, Optimizer optimizer) {
        this.model = model;
        this.loss = loss;
        this.optimizer = optimizer;
    }

    // ---- settings ----

    /**
     * Has a schedule go on after each epoch.
     *
     * @param scheduler the schedule
     * @return this trainer
     */
    public Trainer scheduleEachEpoch(Scheduler scheduler) {
        eachEpoch = scheduler;
        return this;
    }

    /**
     * Has a schedule go on after each step.
     *
     * @param scheduler the schedule
     * @return this trainer
     */
    public Trainer scheduleEachStep(Scheduler scheduler) {
        eachStep = scheduler;
        return this;
    }

    /**
     * Holds the norm of all gradients together below a bound, see {@link GradientClipping#byNorm}.
     *
     * @param bound the greatest norm
     * @return this trainer
     * @throws IllegalArgumentException if it is not positive
     */
    public Trainer clipNorm(double bound) {
        if (!(bound > 0)) throw new IllegalArgumentException("clipNorm: " + bound + ": expected more than 0");
        maxNorm = bound;
        return this;
    }

    /**
     * Adds the gradients of several batches up before a step, as if they were one batch of their mean loss.
     *
     * @param batches how many; what is left of them at an epoch's end makes a step as well
     * @return this trainer
     * @throws IllegalArgumentException if it is below 1
     */
    public Trainer accumulate(int batches) {
        if (batches < 1) throw new IllegalArgumentException("accumulate: " + batches + " batches: expected at least 1");
        accumulate = batches;
        return this;
    }

    /**
     * Tests the model after each epoch.
     *
     * @param data what it does not learn from
     * @return this trainer
     */
    public Trainer validate(DataLoader data) {
        validation = data;
        return this;
    }

    /**
     * Has a metric computed, of what is learned from and of what is validated with.
     *
     * @param metric the metric
     * @return this trainer
     */
    public Trainer measure(Metric metric) {
        metrics.add(metric);
        return this;
    }

    /**
     * Has a callback hear of what happens.
     *
     * @param callback the callback
     * @return this trainer
     */
    public Trainer with(Callback callback) {
        callbacks.add(callback);
        return this;
    }

    // ---- training ----

    /**
     * Goes through the data a number of times.
     *
     * @param data what to learn from
     * @param epochs how often
     * @return what each epoch brought
     * @throws IllegalStateException if the loss is no number any more
     */
    public List<Callback.Epoch> fit(DataLoader data, int epochs) {
        stopped = false;
        List<Callback.Epoch> history = new ArrayList<>();
        for (int number = 1; number <= epochs && !stopped; number++) {
            long start = System.nanoTime();
            Map<String, Double> values = epoch(data, number);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (validation != null) evaluate(validation).forEach((name, v) -> values.put(VALIDATION + name, v));
            if (eachEpoch != null) eachEpoch.step();
            Callback.Epoch epoch = new Callback.Epoch(number, values, seconds);
            history.add(epoch);
            for (Callback callback : callbacks) callback.epochEnded(this, epoch);
        }
        for (Callback callback : callbacks) callback.fitEnded(this);
        return history;
    }

    private Map<String, Double> epoch(DataLoader data, int number) {
        model.train();
        metrics.forEach(Metric::reset);
        double total = 0;
        long seen = 0;
        int done = 0;
        for (Batch batch : data) {
            double value;
            int group = Math.min(accumulate, data.batches() - done / accumulate * accumulate);
            done++;
            try (Scope step = Scope.open()) {
                Tensor prediction = model.apply(batch.inputs());
                Tensor error = loss.forward(prediction, batch.targets());
                value = error.item();
                if (!Double.isFinite(value)) {
                    throw new IllegalStateException("the loss is " + value + " in step " + (steps + 1) + " (epoch "
                            + number + ", batch " + done + "): training diverged; lower the learning rate, clip the"
                            + " gradients, or look for the cause in an Anomaly.open()");
                }
                (group == 1 ? error : error.div(group)).backward();
                for (Metric metric : metrics) metric.add(prediction.detach(), batch.targets());
                if (done % accumulate == 0 || done == data.batches()) update();
            }
            steps++;
            seen += batch.size();
            total += value * batch.size();
            Callback.Step step = new Callback.Step(number, steps, done, data.batches(), seen, value, total / seen);
            for (Callback callback : callbacks) callback.stepEnded(this, step);
            if (stopped) break;
        }
        return values(total / seen);
    }

    private void update() {
        if (maxNorm != Double.POSITIVE_INFINITY) GradientClipping.byNorm(model.parameters(), maxNorm);
        optimizer.step();
        optimizer.zeroGrad();
        if (eachStep != null) eachStep.step();
    }

    /**
     * Tests the model, in evaluation mode and without recording; the mode it was in comes back.
     *
     * @param data what to test it with
     * @return its mean loss and metrics
     */
    public Map<String, Double> evaluate(DataLoader data) {
        boolean wasTraining = model.isTraining();
        model.eval();
        metrics.forEach(Metric::reset);
        double total = 0;
        long seen = 0;
        try (NoGrad off = NoGrad.open()) {
            for (Batch batch : data) {
                try (Scope step = Scope.open()) {
                    Tensor prediction = model.apply(batch.inputs());
                    total += loss.forward(prediction, batch.targets()).item() * batch.size();
                    for (Metric metric : metrics) metric.add(prediction, batch.targets());
                }
                seen += batch.size();
            }
        } finally {
            if (wasTraining) model.train();
        }
        return values(total / seen);
    }

    private Map<String, Double> values(double meanLoss) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(LOSS, meanLoss);
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return values;
    }

    /** Has training end after the step, or the epoch, that is under way. */
    public void stop() {
        stopped = true;
    }

    /**
     * What is trained.
     *
     * @return the model
     */
    public Module model() {
        return model;
    }

    /**
     * What trains it.
     *
     * @return the optimizer
     */
    public Optimizer optimizer() {
        return optimizer;
    }
}
