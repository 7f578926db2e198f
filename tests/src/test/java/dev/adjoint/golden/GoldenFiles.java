package dev.adjoint.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the reference data: JSON arrays of cases, computed in float64 by PyTorch. */
final class GoldenFiles {
    private GoldenFiles() {}

    /** A case and its location, for messages. */
    record Case(String file, int number, JsonObject json) {
        String name() {
            return file + " case " + number;
        }

        String string(String field) {
            return json.get(field).getAsString();
        }

        boolean has(String field) {
            return json.has(field);
        }

        Attrs attrs() {
            return new Attrs(json.has("attrs") ? json.getAsJsonObject("attrs") : new JsonObject());
        }

        List<Tensor> tensors(String field, DType dtype) {
            List<Tensor> tensors = new ArrayList<>();
            for (JsonElement e : json.getAsJsonArray(field))
                tensors.add(GoldenFiles.tensor(e.getAsJsonObject(), dtype));
            return tensors;
        }

        Tensor tensor(String field, DType dtype) {
            return GoldenFiles.tensor(json.getAsJsonObject(field), dtype);
        }

        int[] ints(String field) {
            return new Attrs(json).ints(field);
        }
    }

    /** The keyword arguments of a case. */
    record Attrs(JsonObject json) {
        /** Whether there are no attributes; notes do not count. */
        boolean isEmpty() {
            return json.size() == (json.has("note") ? 1 : 0);
        }

        boolean has(String name) {
            return json.has(name) && !json.get(name).isJsonNull();
        }

        boolean flag(String name) {
            return has(name) && json.get(name).getAsBoolean();
        }

        int integer(String name) {
            return json.get(name).getAsInt();
        }

        double number(String name, double otherwise) {
            return has(name) ? json.get(name).getAsDouble() : otherwise;
        }

        String string(String name, String otherwise) {
            return has(name) ? json.get(name).getAsString() : otherwise;
        }

        /** Reads an integer or a list of integers; null if absent. */
        int[] ints(String name) {
            if (!has(name)) return new int[0];
            JsonElement value = json.get(name);
            if (value.isJsonPrimitive()) return new int[] {value.getAsInt()};
            int[] ints = new int[value.getAsJsonArray().size()];
            for (int i = 0; i < ints.length; i++)
                ints[i] = value.getAsJsonArray().get(i).getAsInt();
            return ints;
        }

        Tensor vector(String name) {
            JsonArray numbers = json.getAsJsonArray(name);
            double[] values = new double[numbers.size()];
            for (int i = 0; i < values.length; i++) values[i] = numbers.get(i).getAsDouble();
            return Tensor.of(values, values.length);
        }

        /** Reads one side of a list of [before, after] pairs. */
        long[] borders(String name, int side) {
            JsonArray pairs = json.getAsJsonArray(name);
            long[] border = new long[pairs.size()];
            for (int i = 0; i < border.length; i++)
                border[i] = pairs.get(i).getAsJsonArray().get(side).getAsLong();
            return border;
        }

        long[] longs(String name) {
            int[] ints = ints(name);
            long[] longs = new long[ints.length];
            for (int i = 0; i < ints.length; i++) longs[i] = ints[i];
            return longs;
        }
    }

    /** The folder in the system property golden.dir, by default the copy in this repository. */
    static Path folder() {
        String property = System.getProperty("golden.dir");
        if (property != null && !property.isBlank()) return Path.of(property);
        try {
            return Path.of(GoldenFiles.class.getResource("/golden").toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Case> read(Path folder) {
        List<Case> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                try (Reader reader = Files.newBufferedReader(file)) {
                    JsonArray array = JsonParser.parseReader(reader).getAsJsonArray();
                    for (int i = 0; i < array.size(); i++) {
                        cases.add(new Case(
                                file.getFileName().toString(), i, array.get(i).getAsJsonObject()));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cases;
    }

    /** Reads floating-point arrays and masks in the given precision, integers as int64. */
    private static Tensor tensor(JsonObject json, DType dtype) {
        JsonArray data = json.getAsJsonArray("data");
        JsonArray sizes = json.getAsJsonArray("shape");
        long[] shape = new long[sizes.size()];
        for (int i = 0; i < shape.length; i++) shape[i] = sizes.get(i).getAsLong();
        double[] values = new double[data.size()];
        for (int i = 0; i < values.length; i++) {
            boolean isFlag = data.get(i).getAsJsonPrimitive().isBoolean();
            values[i] =
                    isFlag ? (data.get(i).getAsBoolean() ? 1 : 0) : data.get(i).getAsDouble();
        }
        boolean integer = json.get("dtype").getAsString().equals("int64");
        return Tensor.of(values, shape).to(integer ? DType.INT64 : dtype);
    }
}
