package dev.adjoint.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;

/** Results as JSON for other programs: a number that is NaN or infinite, for which JSON has no form, is {@code null}. */
public final class Json {
    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .registerTypeAdapter(Double.class, new Finite())
            .registerTypeAdapter(double.class, new Finite())
            .create();

    private Json() {}

    /**
     * A value in one line.
     *
     * @param value a map, a list, a record or what else Gson knows
     * @return its JSON
     */
    public static String of(Object value) {
        return GSON.toJson(value);
    }

    private static final class Finite extends TypeAdapter<Double> {
        @Override
        public void write(JsonWriter out, Double value) throws IOException {
            if (value == null || !Double.isFinite(value)) out.nullValue();
            else out.value(value);
        }

        @Override
        public Double read(JsonReader in) throws IOException {
            return in.nextDouble();
        }
    }
}
