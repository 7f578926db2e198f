package dev.adjoint.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result of one experiment of {@link Modes}: claim, theory, measurements, and whether the claim held. */
final class ExperimentResult {
    /** A named series of (x, y) points. */
    record Series(String name, List<double[]> points) {}

    /** A plot of several series against the same variable, optionally with a mark at one of its values. */
    record Plot(
            String title,
            String x,
            String y,
            boolean logX,
            boolean logY,
            List<Series> series,
            Double mark,
            String markName) {}

    final String id;
    final String title;
    final String claim;
    final String theory;
    final List<String> measured = new ArrayList<>();
    final List<Plot> plots = new ArrayList<>();
    final List<Map<String, Object>> points = new ArrayList<>();
    boolean held = true;

    ExperimentResult(String id, String title, String claim, String theory) {
        this.id = id;
        this.title = title;
        this.claim = claim;
        this.theory = theory;
    }

    /** Records a measurement as text, and whether it agrees with the claim. */
    void say(boolean holds, String format, Object... values) {
        measured.add(String.format(Locale.ROOT, format, values) + (holds ? "" : " — deviates from theory"));
        held &= holds;
    }

    /** Records a data point, given as alternating names and values. */
    void point(Object... fields) {
        Map<String, Object> point = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) point.put((String) fields[i], fields[i + 1]);
        points.add(point);
    }

    /** The values of field y against field x for the points whose selector field has the given name; points without y are skipped. */
    Series series(String name, String selector, String x, String y) {
        List<double[]> values = new ArrayList<>();
        for (Map<String, Object> point : points) {
            boolean chosen = name.equals(point.get(selector)) && point.containsKey(y);
            if (chosen) {
                values.add(new double[] {((Number) point.get(x)).doubleValue(), ((Number) point.get(y)).doubleValue()});
            }
        }
        return new Series(name, values);
    }

    void plot(String title, String x, String y, boolean logX, boolean logY, List<Series> series) {
        plots.add(new Plot(title, x, y, logX, logY, series, null, null));
    }

    void plot(String title, String x, String y, List<Series> series, Double mark, String markName) {
        plots.add(new Plot(title, x, y, true, true, series, mark, markName));
    }

    /** Formats the finding as text. */
    String text(int number) {
        StringBuilder text = new StringBuilder();
        text.append(number).append(". ").append(title).append('\n');
        text.append("   claim:    ").append(claim).append('\n');
        text.append("   theory:   ").append(theory).append('\n');
        for (String line : measured) text.append("   measured: ").append(line).append('\n');
        return text.append("   ")
                .append(held ? "the claim held" : "the claim did not hold throughout")
                .append('\n')
                .toString();
    }
}
