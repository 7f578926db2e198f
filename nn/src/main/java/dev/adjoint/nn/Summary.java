package dev.adjoint.nn;

import dev.adjoint.autograd.NoGrad;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.OpCount;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Runs a model once and tabulates output shape, parameter count and multiply-adds of each leaf module. */
final class Summary {
    private static final String ROW = "%-34s %-22s %14s %16s%n";

    private final StringBuilder rows = new StringBuilder();
    private final Deque<Long> countsBefore = new ArrayDeque<>();
    private final List<Module.Handle> handles = new ArrayList<>();

    private Summary() {}

    static String of(Module model, Tensor input) {
        Summary summary = new Summary();
        try (Module.Handle mode = model.inEvaluation();
                NoGrad off = NoGrad.open();
                OpCount count = OpCount.open()) {
            summary.registerHooks("", model, count);
            model.apply(input);
            return summary.table(model, count);
        } finally {
            summary.handles.forEach(Module.Handle::close);
        }
    }

    private void registerHooks(String path, Module module, OpCount count) {
        module.children()
                .forEach((name, child) -> registerHooks(path.isEmpty() ? name : path + "." + name, child, count));
        if (!module.children().isEmpty()) return;
        handles.add(module.forwardPreHook((m, x) -> {
            countsBefore.push(count.multiplyAdds());
            return null;
        }));
        handles.add(module.forwardHook((m, x, y) -> {
            String name = m.getClass().getSimpleName() + (path.isEmpty() ? "" : " (" + path + ")");
            add(name, Arrays.toString(y.shape()), m.parameterCount(), count.multiplyAdds() - countsBefore.pop());
            return null;
        }));
    }

    private void add(String layer, String shape, long parameters, long multiplyAdds) {
        rows.append(String.format(
                Locale.ROOT,
                ROW,
                layer,
                shape,
                String.format(Locale.ROOT, "%,d", parameters),
                String.format(Locale.ROOT, "%,d", multiplyAdds)));
    }

    private String table(Module model, OpCount count) {
        String head = String.format(Locale.ROOT, ROW, "layer", "output", "parameters", "multiply-adds");
        add("total", "", model.parameterCount(), count.multiplyAdds());
        return head + rows;
    }
}
