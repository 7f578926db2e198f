package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that training depends on at one moment.
 *
 * @param tensors parameters, buffers, moments and the like by name
 * @param texts numbers and settings by name
 */
public record Snapshot(Map<String, Tensor> tensors, Map<String, String> texts) {
    /** The state of what has none. */
    public static final Snapshot EMPTY = new Snapshot(Map.of(), Map.of());

    /**
     * Puts another snapshot into this one, under longer names.
     *
     * @param prefix what the names begin with here
     * @param part the other
     * @return both
     */
    public Snapshot with(String prefix, Snapshot part) {
        Map<String, Tensor> allTensors = new LinkedHashMap<>(tensors);
        Map<String, String> allTexts = new TreeMap<>(texts);
        part.tensors.forEach((name, tensor) -> allTensors.put(prefix + name, tensor));
        part.texts.forEach((name, text) -> allTexts.put(prefix + name, text));
        return new Snapshot(allTensors, allTexts);
    }

    /**
     * Undoes {@link #with}.
     *
     * @param prefix what the names begin with here
     * @return what has such names, without the prefix
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
     * A text.
     *
     * @param name its name
     * @return the text
     * @throws DataException if there is none
     */
    public String text(String name) {
        String text = texts.get(name);
        if (text == null) throw lacks(name, "nothing", "a value");
        return text;
    }

    /**
     * A whole number.
     *
     * @param name its name
     * @return the number
     * @throws DataException if there is none, or it is no number
     */
    public long number(String name) {
        try {
            return Long.parseLong(texts.get(name));
        } catch (NumberFormatException e) {
            throw lacks(name, texts.get(name), "a whole number");
        }
    }

    /**
     * Any number.
     *
     * @param name its name
     * @return the number
     * @throws DataException if there is none, or it is no number
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
