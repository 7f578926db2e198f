package dev.adjoint.examples;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named float32 tensors in a file of the safetensors format: the length of the header (8 bytes, little-endian), the header (JSON:
 * for each tensor its type, shape and place), then the numbers. PyTorch and others read it.
 *
 * @param tensors the tensors by name
 * @param metadata texts about them
 */
record SafeTensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
    private static final int MAX_HEADER = 1 << 20;
    private static final String METADATA = "__metadata__";

    void write(OutputStream out) throws IOException {
        JsonObject header = new JsonObject();
        JsonObject texts = new JsonObject();
        metadata.forEach(texts::addProperty);
        header.add(METADATA, texts);
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            long end = offset + entry.getValue().length() * Float.BYTES;
            header.add(entry.getKey(), describe(entry.getValue(), offset, end));
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        out.write(littleEndian(Long.BYTES).putLong(json.length).array());
        out.write(json);
        for (Tensor tensor : tensors.values()) {
            float[] values = tensor.toFloats();
            ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
            bytes.asFloatBuffer().put(values);
            out.write(bytes.array());
        }
    }

    private static JsonObject describe(Tensor tensor, long begin, long end) {
        JsonArray shape = new JsonArray();
        for (long size : tensor.shape()) shape.add(size);
        JsonArray place = new JsonArray();
        place.add(begin);
        place.add(end);
        JsonObject entry = new JsonObject();
        entry.addProperty("dtype", "F32");
        entry.add("shape", shape);
        entry.add("data_offsets", place);
        return entry;
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws RuntimeException of some kind if it is damaged
     */
    static SafeTensors read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < Long.BYTES) throw new IllegalArgumentException("shorter than a header");
        long length = all.getLong();
        if (length < 2 || length > Math.min(MAX_HEADER, bytes.length - Long.BYTES)) {
            throw new IllegalArgumentException("header of " + length + " bytes");
        }
        int start = Long.BYTES + (int) length;
        String json = new String(bytes, Long.BYTES, (int) length, StandardCharsets.UTF_8);
        return parse(JsonParser.parseString(json).getAsJsonObject(), all.slice(start, bytes.length - start));
    }

    private static SafeTensors parse(JsonObject header, ByteBuffer data) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : header.entrySet()) {
            JsonObject value = entry.getValue().getAsJsonObject();
            if (entry.getKey().equals(METADATA)) {
                value.entrySet()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().getAsString()));
            } else {
                tensors.put(entry.getKey(), tensor(entry.getKey(), value, data));
            }
        }
        return new SafeTensors(tensors, metadata);
    }

    private static Tensor tensor(String name, JsonObject entry, ByteBuffer data) {
        JsonArray sizes = entry.getAsJsonArray("shape");
        long[] shape = new long[sizes.size()];
        long length = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = sizes.get(i).getAsLong();
            length = Math.multiplyExact(length, shape[i]);
        }
        int begin = entry.getAsJsonArray("data_offsets").get(0).getAsInt();
        int end = entry.getAsJsonArray("data_offsets").get(1).getAsInt();
        if (!entry.get("dtype").getAsString().equals("F32") || length < 0 || end - begin != length * Float.BYTES) {
            throw new IllegalArgumentException("entry " + name + ": " + entry);
        }
        float[] values = new float[(int) length];
        data.slice(begin, end - begin)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return Tensor.of(values, shape);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
