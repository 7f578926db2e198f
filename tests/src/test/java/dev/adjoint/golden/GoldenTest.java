package dev.adjoint.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Gradients;
import dev.adjoint.autograd.Jvp;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.Transforms;
import dev.adjoint.golden.GoldenFiles.Attrs;
import dev.adjoint.golden.GoldenFiles.Case;
import dev.adjoint.nn.Losses;
import dev.adjoint.optim.Adadelta;
import dev.adjoint.optim.Adagrad;
import dev.adjoint.optim.Adam;
import dev.adjoint.optim.AdamW;
import dev.adjoint.optim.Adamax;
import dev.adjoint.optim.NAdam;
import dev.adjoint.optim.Optimizer;
import dev.adjoint.optim.RMSprop;
import dev.adjoint.optim.SGD;
import dev.adjoint.optim.Schedule;
import dev.adjoint.optim.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Compares every op, second derivative and optimizer with reference data from PyTorch. Reads all JSON files of the folder in the system
 * property golden.dir, by default the copy in this module.
 */
class GoldenTest {
    private static final double TOLERANCE_64 = 1e-10;
    private static final double TOLERANCE_32 = 1e-4;

    private final List<String> faults = new ArrayList<>();
    private final Set<String> ops = new TreeSet<>();
    private int checked;
    private int tangents;

    @Test
    void agreesWithPyTorch() {
        List<Case> cases = GoldenFiles.read(GoldenFiles.folder());
        for (Case c : cases) {
            try {
                check(c);
            } catch (RuntimeException e) {
                faults.add(c.name() + ": " + e);
            }
        }
        System.out.println("golden: " + checked + " cases, " + ops.size() + " ops, " + tangents + " tangents");
        assertTrue(faults.isEmpty(), () -> faults.size() + " faults:\n" + String.join("\n", faults));
        assertFalse(cases.isEmpty(), "no cases in " + GoldenFiles.folder());
    }

    @Test
    void notBuiltYetListsNoExistingOp() {
        Set<String> both = new TreeSet<>(GoldenOps.NOT_BUILT_YET);
        both.removeIf(name -> GoldenOps.find(name).isEmpty());
        assertEquals(Set.of(), both);
    }

    @Test
    void everyOptimizerHasARow() {
        List<Tensor> w = List.of(Tensor.ones(1).requiresGrad(true));
        List<String> missing = new ClassFileImporter()
                .importPackagesOf(Optimizer.class).stream()
                        .filter(type -> type.isAssignableTo(Optimizer.class)
                                && type.getModifiers().contains(JavaModifier.PUBLIC)
                                && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .map(type -> type.getSimpleName().toLowerCase(Locale.ROOT))
                        .filter(name -> {
                            try {
                                return optimizer(name, w, new Attrs(new JsonObject())) == null;
                            } catch (IllegalArgumentException e) {
                                return true;
                            }
                        })
                        .toList();
        assertEquals(List.of(), missing, "optimizers that are not compared with PyTorch");
    }

    private void check(Case c) {
        if (c.has("scheduler")) checkSchedule(c);
        else if (c.has("optimizer")) checkOptimizer(c);
        else if (c.has("hvp")) checkSecondOrder(c);
        else checkOp(c);
    }

    /** Counts a case that can be checked; an unknown op is a failure. */
    private boolean expectKnown(Case c, String name, boolean built) {
        if (built) {
            checked++;
            ops.add(name);
        } else if (!GoldenOps.NOT_BUILT_YET.contains(name)) {
            faults.add(c.name() + ": unknown op '" + name + "': build it, or enter it in GoldenOps.NOT_BUILT_YET");
        }
        return built;
    }

    private void checkOp(Case c) {
        String op = c.string("op");
        if (!expectKnown(c, op, GoldenOps.find(op).isPresent())) return;
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32)) {
            List<Tensor> x = c.tensors("inputs", dtype);
            int[] wrt = c.ints("wrt");
            for (int i : wrt) x.get(i).requiresGrad(true);
            Tensor y = GoldenOps.find(op).orElseThrow().apply(x, c.attrs());
            compare(c, dtype, "output", y, c.tensors("outputs", dtype).get(0));
            y.backward(c.tensors("cotangents", dtype).get(0));
            List<Tensor> grads = c.tensors("grads", dtype);
            for (int i = 0; i < wrt.length; i++) {
                compare(c, dtype, "gradient " + i, x.get(wrt[i]).grad(), grads.get(i));
            }
            if (c.has("tangents")) checkTangents(c, dtype, wrt);
        }
    }

    /** Checks the derivatives in forward mode. */
    private void checkTangents(Case c, DType dtype, int... wrt) {
        List<Tensor> x = c.tensors("inputs", dtype);
        List<Tensor> by = new ArrayList<>();
        for (int i : wrt) by.add(x.get(i));
        Jvp forward = Transforms.jvp(
                duals -> {
                    for (int i = 0; i < wrt.length; i++) x.set(wrt[i], duals.get(i));
                    return GoldenOps.find(c.string("op")).orElseThrow().apply(x, c.attrs());
                },
                by,
                c.tensors("tangents", dtype));
        compare(
                c,
                dtype,
                "output of forward mode",
                forward.value(),
                c.tensors("outputs", dtype).get(0));
        compare(
                c,
                dtype,
                "output tangent",
                forward.tangent(),
                c.tensors("output_tangents", dtype).get(0));
        tangents++;
    }

    /** Checks the Hessian times a vector v, which is the gradient of ⟨gradient, v⟩. */
    private void checkSecondOrder(Case c) {
        String op = c.string("op");
        if (!expectKnown(c, "second order: " + op, GoldenOps.SECOND_ORDER.containsKey(op))) return;
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32)) {
            Tensor[] x = c.tensors("inputs", dtype).toArray(new Tensor[0]);
            for (Tensor t : x) t.requiresGrad(true);
            Tensor y = GoldenOps.SECOND_ORDER
                    .get(op)
                    .apply(Arrays.asList(x), c.attrs())
                    .sum();
            compare(
                    c,
                    dtype,
                    "value",
                    y,
                    Tensor.full(dtype, c.json().get("value").getAsDouble()));
            Tensor[] grads = Gradients.grad(y, null, true, x);
            List<Tensor> vectors = c.tensors("vectors", dtype);
            Tensor along = Tensor.zeros(dtype);
            for (int i = 0; i < x.length; i++) {
                compare(
                        c,
                        dtype,
                        "gradient " + i,
                        grads[i],
                        c.tensors("grads", dtype).get(i));
                along = along.add(grads[i].mul(vectors.get(i)).sum());
            }
            Tensor[] hvp = Gradients.grad(along, x);
            List<Tensor> forwardOverReverse = Transforms.hvp(
                    t -> GoldenOps.SECOND_ORDER.get(op).apply(t, c.attrs()).sum(), c.tensors("inputs", dtype), vectors);
            for (int i = 0; i < x.length; i++) {
                Tensor expected = c.tensors("hvp", dtype).get(i);
                compare(c, dtype, "hvp, reverse over reverse, " + i, hvp[i], expected);
                compare(c, dtype, "hvp, forward over reverse, " + i, forwardOverReverse.get(i), expected);
            }
        }
    }

    private void checkOptimizer(Case c) {
        String name = "optimizer." + c.string("optimizer") + (c.attrs().flag("amsgrad") ? "(amsgrad)" : "");
        if (!expectKnown(c, name, true)) return;
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32)) {
            Tensor x = c.tensor("x", dtype);
            Tensor target = c.tensor("target", dtype);
            List<Tensor> w = c.tensors("init", dtype);
            for (Tensor t : w) t.requiresGrad(true);
            Optimizer optimizer = optimizer(c.string("optimizer"), w, c.attrs());
            double[] losses = new double[c.json().getAsJsonArray("losses").size()];
            double[] expected = new double[losses.length];
            for (int i = 0; i < losses.length; i++) {
                optimizer.zeroGrad();
                Tensor hidden = x.matmul(w.get(0)).add(w.get(1)).tanh();
                Tensor loss = Losses.crossEntropy(hidden.matmul(w.get(2)).add(w.get(3)), target);
                loss.backward();
                optimizer.step();
                losses[i] = loss.item();
                expected[i] = c.json().getAsJsonArray("losses").get(i).getAsDouble();
            }
            compare(c, dtype, "losses", Tensor.of(losses, losses.length), Tensor.of(expected, expected.length));
            List<Tensor> last = c.tensors("final", dtype);
            for (int i = 0; i < w.size(); i++) compare(c, dtype, "parameter " + i, w.get(i), last.get(i));
        }
    }

    private static Optimizer optimizer(String name, List<Tensor> w, Attrs a) {
        double lr = a.number("lr", 1e-3);
        boolean betas = a.has("betas");
        double beta1 = betas ? a.json().getAsJsonArray("betas").get(0).getAsDouble() : 0.9;
        double beta2 = betas ? a.json().getAsJsonArray("betas").get(1).getAsDouble() : 0.999;
        double decay = a.number("weight_decay", name.equals("adamw") ? 1e-2 : 0);
        double eps = a.number("eps", name.equals("adagrad") ? 1e-10 : name.equals("adadelta") ? 1e-6 : 1e-8);
        double momentum = a.number("momentum", 0);
        return switch (name) {
            case "sgd" -> new SGD(w, lr, momentum, a.number("dampening", 0), a.flag("nesterov"), decay);
            case "adam" -> new Adam(w, lr, beta1, beta2, eps, decay, a.flag("amsgrad"));
            case "adamw" -> new AdamW(w, lr, beta1, beta2, eps, decay);
            case "rmsprop" -> new RMSprop(w, lr, a.number("alpha", 0.99), eps, decay, momentum, a.flag("centered"));
            case "adagrad" -> new Adagrad(w, lr, a.number("lr_decay", 0), decay, eps);
            case "adadelta" -> new Adadelta(w, lr, a.number("rho", 0.9), eps, decay);
            case "adamax" -> new Adamax(w, lr).betas(beta1, beta2).epsilon(eps).weightDecay(decay);
            case "nadam" -> new NAdam(w, lr, beta1, beta2, eps, decay, a.number("momentum_decay", 4e-3));
            default -> throw new IllegalArgumentException("unknown optimizer " + name);
        };
    }

    private void checkSchedule(Case c) {
        Attrs a = c.attrs();
        Schedule schedule = switch (c.string("scheduler")) {
            case "step" -> Schedule.step(a.integer("step_size"), a.number("gamma", 0.1));
            case "multistep" -> Schedule.multiStep(a.number("gamma", 0.1), a.longs("milestones"));
            case "exponential" -> Schedule.exponential(a.number("gamma", 0));
            case "cosine" -> Schedule.cosine(a.integer("t_max"), a.number("eta_min", 0));
            case "linear_warmup" ->
                Schedule.linearWarmup(
                        a.number("start_factor", 1 / 3.0), a.number("end_factor", 1), a.integer("total_iters"));
            case "one_cycle" ->
                Schedule.oneCycle(
                        a.number("max_lr", 0),
                        a.integer("total_steps"),
                        a.number("pct_start", 0.3),
                        a.number("div_factor", 25),
                        a.number("final_div_factor", 1e4));
            default -> null;
        };
        if (!expectKnown(c, "scheduler." + c.string("scheduler"), schedule != null)) return;
        SGD optimizer = new SGD(
                List.of(Tensor.of(1.0).requiresGrad(true)),
                c.json().get("base_lr").getAsDouble());
        Scheduler scheduler = new Scheduler(optimizer, schedule);
        double[] expected = new double[c.json().getAsJsonArray("lrs").size()];
        double[] actual = new double[expected.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = c.json().getAsJsonArray("lrs").get(i).getAsDouble();
            actual[i] = optimizer.learningRate();
            scheduler.step();
        }
        compare(c, DType.FLOAT64, "rates", Tensor.of(actual, actual.length), Tensor.of(expected, expected.length));
    }

    /** Compares each element by relative error in float64; in float32, relative to the largest element or 1. */
    private void compare(Case c, DType dtype, String what, Tensor actual, Tensor expected) {
        String where = c.name() + " " + (c.has("op") ? c.string("op") : "") + " "
                + c.attrs().json() + " " + dtype + " " + what;
        if (actual == null || !Arrays.equals(actual.shape(), expected.shape())) {
            faults.add(where + ": shape " + (actual == null ? "none" : Arrays.toString(actual.shape())) + ", expected "
                    + Arrays.toString(expected.shape()));
            return;
        }
        double[] a = actual.toDoubles();
        double[] e = expected.toDoubles();
        double largest = Arrays.stream(e).map(Math::abs).max().orElse(0);
        for (int i = 0; i < a.length; i++) {
            boolean exact = dtype == DType.FLOAT64;
            // A gradient that is a difference of large terms is only as accurate as those terms, hence the fraction of
            // the largest element.
            double scale = exact ? Math.max(Math.abs(e[i]), 1e-3 * largest) : Math.max(1, largest);
            double error = Math.abs(a[i] - e[i]);
            if (!(error <= (exact ? TOLERANCE_64 : TOLERANCE_32) * Math.max(scale, Double.MIN_NORMAL))
                    && a[i] != e[i]) {
                faults.add(where + "[" + i + "]: " + a[i] + ", expected " + e[i] + ", off by " + error);
                return;
            }
        }
    }
}
