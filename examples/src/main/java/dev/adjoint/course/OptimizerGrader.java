package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.AdamW;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.SGD;
import java.util.List;

/** Compares several steps with those of our optimizers, since the first step of many wrong optimizers is correct. */
final class OptimizerGrader {
    private static final int STEPS = 5;
    private static final double RATE = 0.1;
    private static final double MOMENTUM = 0.9;

    private OptimizerGrader() {}

    private static Tensor weights() {
        return Checks.normal(20, 6);
    }

    private static Tensor gradient(int step) {
        return Checks.normal(20L + step, 6);
    }

    /** Returns the weights after some steps of our optimizer with the same gradients. */
    private static Tensor weightsAfter(int steps, Tensor w, Optimizer optimizer) {
        for (int t = 1; t <= steps; t++) {
            w.zeroGrad();
            w.mul(gradient(t)).sum().backward();
            optimizer.step();
        }
        return w.detach();
    }

    static String sgd(Optimizers answer) {
        Tensor w = weights();
        Tensor v = Tensor.zerosLike(w);
        for (int t = 1; t <= STEPS; t++) {
            Tensor[] next = answer.sgd(w, gradient(t), v, RATE, MOMENTUM);
            Tensor ours = weights().requiresGrad(true);
            String hint = Checks.value(weightsAfter(t, ours, new SGD(List.of(ours), RATE, MOMENTUM)), next[0]);
            if (hint != null)
                return "after step " + t + ", w: " + hint + laterStepHint(t, "is the velocity passed on?");
            w = next[0];
            v = next[1];
        }
        return null;
    }

    static String adam(Optimizers answer, double decay) {
        Tensor w = weights();
        Tensor m = Tensor.zerosLike(w);
        Tensor v = Tensor.zerosLike(w);
        for (int t = 1; t <= STEPS; t++) {
            Tensor[] next = decay == 0
                    ? answer.adam(w, gradient(t), m, v, t, RATE)
                    : answer.adamW(w, gradient(t), m, v, t, RATE, decay);
            Tensor ours = weights().requiresGrad(true);
            Optimizer optimizer = decay == 0
                    ? new Adam(List.of(ours), RATE)
                    : new AdamW(List.of(ours), RATE, 0.9, 0.999, 1e-8, decay);
            String hint = Checks.value(weightsAfter(t, ours, optimizer), next[0]);
            if (hint != null) return "after step " + t + ", w: " + hint + mistakeHint(t, w, next[0], decay);
            w = next[0];
            m = next[1];
            v = next[2];
        }
        return null;
    }

    private static String laterStepHint(int step, String question) {
        return step == 1 ? "" : " (the previous steps were correct: " + question + ")";
    }

    /** Guesses the mistake from the first step, which for Adam has size lr for every weight, whatever the gradient's magnitude. */
    private static String mistakeHint(int step, Tensor before, Tensor weightsAfter, double decay) {
        if (step > 1) {
            return laterStepHint(
                    step,
                    decay == 0
                            ? "are m and v passed on, and is the bias corrected with the power t?"
                            : "the decay applies to the weights and is not added to the gradient");
        }
        double moved =
                before.mul(1 - RATE * decay).sub(weightsAfter).abs().mean().item() / RATE;
        if (Math.abs(moved - 0.1 / Math.sqrt(0.001)) < 0.05) return "; is the bias of m and v corrected?";
        return decay == 0
                ? "; the first step has size lr for every weight, up or down"
                : "; the decay is applied first, to the weights themselves";
    }

    static String cosine(Optimizers answer) {
        for (long t : new long[] {0, 25, 50, 100}) {
            double expected = 0.2 * (1 + Math.cos(Math.PI * t / 100)) / 2;
            double actual = answer.cosine(0.2, t, 100);
            if (Math.abs(actual - expected) > 1e-12) {
                boolean whole = actual == 0.2 || actual == 0;
                return "at t = " + t + " of 100: " + actual + ", expected " + expected
                        + (whole && t % 100 != 0 ? "; t/total of two integers is an integer in Java" : "");
            }
        }
        return null;
    }
}
