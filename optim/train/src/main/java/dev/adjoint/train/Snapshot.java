package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The complete state of training at one step.
 *
 * @param tensors parameters, buffers, moments and other tensors by name
 * @param texts numbers and settings by name
 */
public record Snapshot(Map<String, Tensor> tensors, Map<String, String> texts) {
    /** An empty state. */
    public static final Snapshot EMPTY = new Snapshot(Map.of(), Map.of());

    /**
     * Adds the entries of another snapshot with prefixed names.
     *
     * @param prefix the prefix
     * @param part the other snapshot
     * @return a snapshot with all entries of both
     */
    public Snapshot with(String prefix, Snapshot part) {
        Map<String, Tensor> allTensors = new LinkedHashMap<>(tensors);
        Map<String, String> allTexts = new TreeMap<>(texts);
        part.tensors.forEach((name, tensor) -> allTensors.put(prefix + name, tensor));
        part.texts.forEach((name, text) -> allTexts.put(prefix + name, text));
        return new Snapshot(allTensors, allTexts);
    }

    /**
     * The entries whose names begin with a prefix; the inverse of {@link #with}.
     *
     * @param prefix the prefix
     * @return these entries, with the prefix removed from their names
     */
    public Snapshot part(String prefix) {
        Map<String, Tensor> someTensors = new LinkedHashMap<>();
        Map<String, String> someTexts = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) someTensors.put(name.substring(prefix.length()), tensor);
        });
        texts.forEach((name, text) -> {
            if (name.startsWith(prefix)) someTexts.put(name.substring(prefix.length()), text);
        });
        return new Snapshot(someTensors, someTexts);
    }

    /**
     * Gets a text.
     *
     * @param name its name
     * @return the text
     * @throws DataException if it is missing
     */
    public String text(String name) {
        String text = texts.get(name);
        if (text == null) throw lacks(name, "nothing", "a value");
        return text;
    }

    /**
     * Gets a text as an integer.
     *
     * @param name its name
     * @return the integer
     * @throws DataException if it is missing or not an integer
     */
    public long number(String name) {
        try {
            return Long.parseLong(texts.get(name));
        } catch (NumberFormatException e) {
            throw lacks(name, texts.get(name), "a whole number");
        }
    }

    /**
     * Gets a text as a floating-point number.
     *
     * @param name its name
     * @return the number
     * @throws DataException if it is missing or not a number
     */
    public double decimal(String name) {
        try {
            return Double.parseDouble(String.valueOf(texts.get(name)));
        } catch (NumberFormatException e) {
            throw lacks(name, texts.get(name), "a number");
        }
    }

    private static DataException lacks(String name, String actual, String expected) {
        return new DataException("the snapshot has " + actual + " for '" + name + "': expected " + expected
                + "; it is of another program, or of another version of this one");
    }
}
