package dev.adjoint.train;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;

/** Converts results to JSON; NaN and infinities, which JSON cannot represent, become {@code null}. */
public final class Json {
    private static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .registerTypeAdapter(Double.class, new Finite())
            .registerTypeAdapter(double.class, new Finite())
            .create();

    private Json() {}

    /**
     * Converts a value to a single line of JSON.
     *
     * @param value a map, a list, a record or any other value that Gson supports
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
