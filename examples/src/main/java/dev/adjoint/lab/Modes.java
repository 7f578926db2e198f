package dev.adjoint.lab;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Why reverse mode wins when many inputs meet one output, when it does not, and what it pays: seven experiments, each with its claim,
 * what theory says, what was measured, and whether that held.
 */
public final class Modes {
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private static final Map<String, Supplier<Finding>> EXPERIMENTS = new LinkedHashMap<>();

    static {
        EXPERIMENTS.put("inputs", Sweeps::inputs);
        EXPERIMENTS.put("outputs", Sweeps::outputs);
        EXPERIMENTS.put("depth", Sweeps::depth);
        EXPERIMENTS.put("layers", Costs::layersCost);
        EXPERIMENTS.put("differences", Costs::differences);
        EXPERIMENTS.put("chains", Costs::chains);
        EXPERIMENTS.put("orders", Costs::orders);
    }

    private final List<Finding> findings = new ArrayList<>();

    private Modes() {}

    /**
     * The names of the experiments.
     *
     * @return in their order
     */
    public static List<String> names() {
        return List.copyOf(EXPERIMENTS.keySet());
    }

    /**
     * Runs experiments.
     *
     * @param names which
     * @param text told of each when it has ended
     * @param json told of each point, a JSON object a line
     * @return what was found
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Modes run(List<String> names, Consumer<String> text, Consumer<String> json) {
        for (String name : names) {
            if (!EXPERIMENTS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "no experiment '" + name + "': expected " + String.join(", ", names()));
            }
        }
        Modes modes = new Modes();
        for (String name : names) {
            Finding finding = EXPERIMENTS.get(name).get();
            modes.findings.add(finding);
            text.accept(finding.text(modes.findings.size()));
            for (Map<String, Object> point : finding.points) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("engine", "adjoint");
                line.put("lab", name);
                line.putAll(point);
                line.put("jdk", Runtime.version().feature());
                json.accept(JSON.toJson(line));
            }
        }
        return modes;
    }

    /**
     * Whether everything was as theory says.
     *
     * @return true if every experiment's claim held
     */
    public boolean held() {
        return findings.stream().allMatch(finding -> finding.held);
    }

    /**
     * Writes a page of plots, which needs no network.
     *
     * @param file the page
     */
    public void html(Path file) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        data.put("cores", Runtime.getRuntime().availableProcessors());
        data.put("findings", findings);
        Page.write(file, "modes.html", data);
    }
}
