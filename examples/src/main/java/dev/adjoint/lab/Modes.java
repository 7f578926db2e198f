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
 * Seven experiments on forward and reverse mode: when each of them wins and what they cost. Each experiment reports its claim, the theory,
 * the measurements, and whether the claim held.
 */
public final class Modes {
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private static final Map<String, Supplier<ExperimentResult>> EXPERIMENTS = new LinkedHashMap<>();

    static {
        EXPERIMENTS.put("inputs", Sweeps::inputs);
        EXPERIMENTS.put("outputs", Sweeps::outputs);
        EXPERIMENTS.put("depth", Sweeps::depth);
        EXPERIMENTS.put("layers", Costs::layersCost);
        EXPERIMENTS.put("differences", Costs::differences);
        EXPERIMENTS.put("chains", Costs::chains);
        EXPERIMENTS.put("orders", Costs::orders);
    }

    private final List<ExperimentResult> findings = new ArrayList<>();

    private Modes() {}

    /**
     * Returns the names of the experiments.
     *
     * @return the names, in the order of execution
     */
    public static List<String> names() {
        return List.copyOf(EXPERIMENTS.keySet());
    }

    /**
     * Runs experiments.
     *
     * @param names the names of the experiments
     * @param text receives the text of each experiment when it has finished
     * @param json receives each data point as one line of JSON
     * @return the findings
     * @throws IllegalArgumentException if there is no experiment of that name
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
            ExperimentResult finding = EXPERIMENTS.get(name).get();
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
     * Returns whether every claim held.
     *
     * @return true if the claims of all experiments held
     */
    public boolean held() {
        return findings.stream().allMatch(finding -> finding.held);
    }

    /**
     * Writes a page with plots; it needs no network.
     *
     * @param file the file to write
     */
    public void html(Path file) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        data.put("cores", Runtime.getRuntime().availableProcessors());
        data.put("findings", findings);
        Page.write(file, "modes.html", data);
    }
}
