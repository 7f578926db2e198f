package dev.adjoint.datasets.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.autograd.internal.io.TensorBytes;
import dev.adjoint.datasets.BinaryInput;
import dev.adjoint.datasets.DataException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads and writes named tensors in the safetensors format, which PyTorch and others also use: the length of the header (8 bytes,
 * little-endian), the header (JSON: the dtype, shape and byte range of each tensor), then the data.
 *
 * <p>Opening a file reads only its header; the data of a tensor is read, through a memory map, when it is requested. F64, F32 and I64
 * are read unchanged, F16 and BF16 as float32, other integers and BOOL as int64. Requesting a tensor of another dtype (F8, complex)
 * throws; the other tensors of the file can still be read.
 *
 * <pre>{@code
 * SafeTensors.write(Path.of("model.safetensors"), model.stateDict(), Map.of());
 * model.loadStateDict(SafeTensors.open(Path.of("model.safetensors")).tensors());
 * }</pre>
 */
public final class SafeTensors {
    /** The limit of the format, in bytes. */
    private static final long MAX_HEADER = 100_000_000;

    private static final String METADATA = "__metadata__";
    /** The maximum number of names in a message. */
    private static final int MAX_NAMES = 8;

    private static final String DAMAGED_HINT = "; the file is damaged, or no safetensors file: get it again";
    private final Path file;
    private final long dataStart;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafeTensors(Path file, long dataStart, Map<String, Entry> entries, Map<String, String> metadata) {
        this.file = file;
        this.dataStart = dataStart;
        this.entries = entries;
        this.metadata = metadata;
    }

    /** The dtype, shape and byte range of a tensor. */
    private record Entry(String type, long[] shape, long begin, long end) {
        /** The dtype; null if it is not supported. */
        StoredType kind() {
            for (StoredType kind : StoredType.values()) if (kind.name().equals(type)) return kind;
            return null;
        }
    }

    /** The supported dtypes of the format. */
    private enum StoredType {
        F64(8, DType.FLOAT64),
        F32(4, DType.FLOAT32),
        F16(2, DType.FLOAT32),
        BF16(2, DType.FLOAT32),
        I64(8, DType.INT64),
        I32(4, DType.INT64),
        I16(2, DType.INT64),
        I8(1, DType.INT64),
        U64(8, DType.INT64),
        U32(4, DType.INT64),
        U16(2, DType.INT64),
        U8(1, DType.INT64),
        BOOL(1, DType.INT64);

        private final int bytes;
        private final DType dtype;

        StoredType(int bytes, DType dtype) {
            this.bytes = bytes;
            this.dtype = dtype;
        }

        static StoredType of(DType dtype) {
            return switch (dtype) {
                case FLOAT64 -> F64;
                case FLOAT32 -> F32;
                case INT64 -> I64;
            };
        }
    }

    // ---- writing ----

    /**
     * Writes a file atomically.
     *
     * @param file the file, in a directory that exists
     * @param tensors the tensors by name
     * @param metadata additional texts by name
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if a tensor is null, or a name or text is null, reserved or not valid Unicode
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        check(tensors, metadata);
        AtomicFile.write(file, out -> write(out, tensors, metadata));
    }

    /**
     * Writes the contents of a file to a stream.
     *
     * @param out the stream
     * @param tensors the tensors by name
     * @param metadata additional texts by name
     * @throws IOException if writing fails
     */
    public static void write(OutputStream out, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        check(tensors, metadata);
        JsonObject header = new JsonObject();
        if (!metadata.isEmpty()) {
            JsonObject texts = new JsonObject();
            metadata.forEach(texts::addProperty);
            header.add(METADATA, texts);
        }
        // Larger dtypes first, so that each tensor is aligned to the size of its elements.
        List<Map.Entry<String, Tensor>> order = new ArrayList<>(tensors.entrySet());
        order.sort(Comparator.comparing(entry -> -entry.getValue().dtype().bytes()));
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : order) {
            Tensor tensor = entry.getValue();
            long end = offset + tensor.length() * tensor.dtype().bytes();
            header.add(entry.getKey(), describe(tensor, offset, end));
            offset = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Arrays.copyOf(json, (json.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
        Arrays.fill(bytes, json.length, bytes.length, (byte) ' ');
        out.write(littleEndian(Long.BYTES).putLong(bytes.length).array());
        out.write(bytes);
        for (Map.Entry<String, Tensor> entry : order) TensorBytes.writeLittleEndian(entry.getValue(), out);
    }

    private static void check(Map<String, Tensor> tensors, Map<String, String> metadata) {
        if (tensors.containsKey(METADATA)) {
            throw new IllegalArgumentException("safetensors: a tensor is called '" + METADATA
                    + "', which the format reserves for metadata; give it another name");
        }
        tensors.forEach((name, tensor) -> {
            checkText("the name of a tensor", name);
            if (tensor == null) throw new IllegalArgumentException("safetensors: tensor '" + name + "' is null");
        });
        metadata.forEach((name, text) -> {
            checkText("the name of a text", name);
            checkText("the text '" + name + "'", text);
        });
    }

    /** Checks that a text has no lone surrogates, which would be written as question marks. */
    private static void checkText(String what, String text) {
        if (text == null) throw new IllegalArgumentException("safetensors: " + what + " is null: expected a text");
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) return;
        throw new IllegalArgumentException("safetensors: " + what + " '" + IoErrorMessage.excerpt(text)
                + "' has a lone surrogate, which cannot be encoded as UTF-8; remove it");
    }

    private static JsonObject describe(Tensor tensor, long begin, long end) {
        JsonArray shape = new JsonArray();
        for (long size : tensor.shape()) shape.add(size);
        JsonArray place = new JsonArray();
        place.add(begin);
        place.add(end);
        JsonObject entry = new JsonObject();
        entry.addProperty("dtype", StoredType.of(tensor.dtype()).name());
        entry.add("shape", shape);
        entry.add("data_offsets", place);
        return entry;
    }

    // ---- reading ----

    /**
     * Opens a file, and reads and checks only its header.
     *
     * @param file the file
     * @return the opened file, from which tensors can be read by name
     * @throws DataException if the file cannot be read or is damaged
     */
    public static SafeTensors open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Long.BYTES) throw damaged(file, "has " + size + " bytes, too few for a header");
            long length = littleEndian(read(channel, 0, Long.BYTES)).getLong();
            if (length < 2 || length > Math.min(MAX_HEADER, size - Long.BYTES)) {
                throw damaged(
                        file,
                        "claims a header of " + Long.toUnsignedString(length) + " bytes, but the file has " + size
                                + " in all");
            }
            String json = new String(read(channel, Long.BYTES, (int) length), StandardCharsets.UTF_8);
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            parse(file, json, entries, metadata);
            checkOffsets(file, entries, size - Long.BYTES - length);
            return new SafeTensors(file, Long.BYTES + length, entries, metadata);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + IoErrorMessage.of(e), e);
        }
    }

    private static void parse(Path file, String json, Map<String, Entry> entries, Map<String, String> metadata) {
        try (JsonReader in = new JsonReader(new StringReader(json))) {
            in.beginObject();
            while (in.hasNext()) {
                String name = in.nextName();
                boolean isNew = !entries.containsKey(name);
                if (name.equals(METADATA)) isNew = metadata.isEmpty() && readTexts(in, metadata);
                else entries.put(name, entry(in));
                if (!isNew) throw damaged(file, "its header has '" + name + "' twice");
            }
            in.endObject();
            if (in.peek() != JsonToken.END_DOCUMENT) throw damaged(file, "its header has trailing data");
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            throw new DataException(
                    file + ": its header is malformed (" + IoErrorMessage.excerpt(e.getMessage()) + ")" + DAMAGED_HINT,
                    e);
        }
    }

    /** Reads the metadata; always returns true. */
    private static boolean readTexts(JsonReader in, Map<String, String> texts) throws IOException {
        if (in.peek() == JsonToken.NULL) {
            in.nextNull();
            return true;
        }
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            if (in.peek() == JsonToken.NULL) in.nextNull();
            else texts.put(name, in.nextString());
        }
        in.endObject();
        return true;
    }

    private static Entry entry(JsonReader in) throws IOException {
        String type = null;
        long[] shape = null;
        long[] place = null;
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            switch (name) {
                case "dtype" -> type = in.nextString();
                case "shape" -> shape = longs(in);
                case "data_offsets" -> place = longs(in);
                default -> in.skipValue(); // same as the official library
            }
        }
        in.endObject();
        if (type == null || shape == null || place == null || place.length != 2) {
            throw new IllegalArgumentException("a tensor without dtype, shape and two data_offsets");
        }
        return new Entry(type, shape, place[0], place[1]);
    }

    private static long[] longs(JsonReader in) throws IOException {
        List<Long> values = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) values.add(in.nextLong());
        in.endArray();
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** Checks that the tensors fill the data without gaps or overlaps, and that each byte range fits its shape. */
    private static void checkOffsets(Path file, Map<String, Entry> entries, long size) {
        List<Map.Entry<String, Entry>> order = new ArrayList<>(entries.entrySet());
        order.sort(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin)
                .thenComparingLong(e -> e.getValue().end));
        long at = 0;
        for (Map.Entry<String, Entry> named : order) {
            Entry entry = named.getValue();
            String what = "tensor '" + named.getKey() + "' of " + Arrays.toString(entry.shape) + " " + entry.type
                    + " at " + entry.begin + " to " + entry.end;
            if (entry.begin != at || entry.end < entry.begin || entry.end > size) {
                throw damaged(file, what + ": expected it to begin at " + at + " and to end within " + size);
            }
            if (entry.kind() != null && entry.end - entry.begin != bytes(entry)) {
                throw damaged(file, what + ": its shape needs another number of bytes");
            }
            at = entry.end;
        }
        if (at != size) throw damaged(file, "has " + size + " bytes of data, its tensors " + at);
    }

    /** The size of a tensor in bytes; −1 if its shape is invalid or the size overflows. */
    private static long bytes(Entry entry) {
        long bytes = entry.kind().bytes;
        for (long size : entry.shape) {
            if (size < 0 || Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) return -1;
            bytes *= size;
        }
        return bytes;
    }

    private static DataException damaged(Path file, String what) {
        return new DataException(file + ": " + what + DAMAGED_HINT);
    }

    /**
     * The metadata of the file.
     *
     * @return the texts by name
     */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * The shapes of the tensors.
     *
     * @return the shapes by name, in the order of the header
     */
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        entries.forEach((name, entry) -> shapes.put(name, entry.shape.clone()));
        return shapes;
    }

    /**
     * Reads all tensors.
     *
     * @return the tensors by name
     * @throws DataException if a dtype is not supported, a value does not fit into int64, or the file can no longer be read
     */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        entries.keySet().forEach(name -> tensors.put(name, tensor(name)));
        return tensors;
    }

    /**
     * Reads one tensor.
     *
     * @param name its name
     * @return the tensor
     * @throws DataException if there is no such tensor, its dtype is not supported, a value does not fit into int64, or the file can no
     *     longer be read
     */
    public Tensor tensor(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            String names = entries.keySet().stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
            String more = entries.size() > MAX_NAMES ? " and " + (entries.size() - MAX_NAMES) + " more" : "";
            throw new DataException(file + ": holds no '" + name + "', only " + names + more);
        }
        StoredType kind = entry.kind();
        if (kind == null) {
            throw new DataException(file + ": tensor '" + name + "' is of type " + IoErrorMessage.excerpt(entry.type)
                    + ", which is not supported: expected one of " + Arrays.toString(StoredType.values())
                    + "; convert it with the program that wrote it");
        }
        long count = (entry.end - entry.begin) / kind.bytes;
        if (count * kind.dtype.bytes() > Integer.MAX_VALUE - BinaryInput.PIECE) {
            throw new DataException(file + ": tensor '" + name + "' has " + count
                    + " elements, more than fit into one tensor; split it with the program that wrote it");
        }
        int length = (int) count;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < dataStart + entry.end) throw damaged(file, "was truncated after it was opened");
            ByteBuffer data = channel.map(
                            FileChannel.MapMode.READ_ONLY, dataStart + entry.begin, entry.end - entry.begin)
                    .order(ByteOrder.LITTLE_ENDIAN);
            return switch (kind.dtype) {
                case FLOAT64 -> {
                    double[] values = new double[length];
                    data.asDoubleBuffer().get(values);
                    yield Tensor.of(values, entry.shape.clone());
                }
                case FLOAT32 -> {
                    float[] values = new float[length];
                    for (int i = 0; i < length; i++) values[i] = real(kind, data);
                    yield Tensor.of(values, entry.shape.clone());
                }
                case INT64 -> {
                    long[] values = new long[length];
                    for (int i = 0; i < length; i++) values[i] = whole(name, kind, data);
                    yield Tensor.of(values, entry.shape.clone());
                }
            };
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + IoErrorMessage.of(e), e);
        }
    }

    private static float real(StoredType kind, ByteBuffer data) {
        return switch (kind) {
            case F16 -> BinaryInput.halfToFloat(data.getShort());
            case BF16 -> Float.intBitsToFloat(data.getShort() << 16);
            default -> data.getFloat();
        };
    }

    private long whole(String name, StoredType kind, ByteBuffer data) {
        return switch (kind) {
            case I32 -> data.getInt();
            case I16 -> data.getShort();
            case I8 -> data.get();
            case U8 -> data.get() & 0xff;
            case U16 -> data.getShort() & 0xffff;
            case U32 -> data.getInt() & 0xffff_ffffL;
            case U64 -> {
                long value = data.getLong();
                if (value < 0) {
                    throw new DataException(file + ": tensor '" + name + "' holds " + Long.toUnsignedString(value)
                            + ", which does not fit into int64; convert it with the program that wrote it");
                }
                yield value;
            }
            case BOOL -> data.get() == 0 ? 0 : 1;
            default -> data.getLong();
        };
    }

    private static byte[] read(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) throw new IOException("the file was truncated");
        }
        return bytes.array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return littleEndian(new byte[bytes]);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
