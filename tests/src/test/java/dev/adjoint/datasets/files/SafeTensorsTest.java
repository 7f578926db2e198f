package dev.adjoint.datasets.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.datasets.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Safetensors files: written files are read back and follow the format; damaged files are rejected. */
class SafeTensorsTest {
    @TempDir
    private Path folder;

    private Path file(String json, int bytes) throws IOException {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(Long.BYTES + header.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(header.length).put(header);
        for (int i = 0; i < bytes; i++) all.put((byte) (i + 1));
        return Files.write(folder.resolve("given.safetensors"), all.array());
    }

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("small", Tensor.of(1.5f, -0f, Float.NaN));
        tensors.put("counts", Tensor.of(Long.MIN_VALUE, 7L).reshape(2, 1));
        tensors.put("scalar", Tensor.of(Math.PI));
        tensors.put("nothing", Tensor.zeros(DType.FLOAT64, 2, 0));
        tensors.put("large", Tensor.normal(new Rng(1), 0, 1, 300, 100));
        return tensors;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("all.safetensors");
        SafeTensors.write(file, tensors(), Map.of("made", "for ä test"));
        SafeTensors read = SafeTensors.open(file);
        assertEquals(Map.of("made", "for ä test"), read.metadata());
        assertEquals(tensors().keySet(), read.shapes().keySet());
        tensors().forEach((name, tensor) -> {
            Tensor back = read.tensor(name);
            assertEquals(tensor.dtype(), back.dtype(), name);
            assertArrayEquals(tensor.shape(), back.shape(), name);
            assertArrayEquals(tensor.toDoubles(), back.toDoubles(), name);
        });
        assertArrayEquals(new long[] {Long.MIN_VALUE, 7}, read.tensor("counts").toLongs());
        assertTrue(assertThrows(DataException.class, () -> read.tensor("other"))
                .getMessage()
                .contains("holds no 'other'"));
        assertEquals(List.of(file), Files.list(folder).toList());
    }

    @Test
    void writtenBytesFollowTheFormat() throws IOException {
        Path file = folder.resolve("one.safetensors");
        SafeTensors.write(file, Map.of("w", Tensor.of(1f, 2f)), Map.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        assertEquals(0, length % 8);
        String json = new String(bytes.array(), 8, length, StandardCharsets.UTF_8).strip();
        assertEquals("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", json);
        assertEquals(2f, bytes.getFloat(8 + length + 4));
    }

    @Test
    void theOtherTypesAreRead() throws IOException {
        String json = "{\"f16\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},"
                + "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[8,10]},"
                + "\"i16\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[10,12]},"
                + "\"i8\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[12,13]},"
                + "\"u8\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[13,14]},"
                + "\"bool\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[14,16]},"
                + "\"i32\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[16,20]}}";
        Path file = file(json, 20);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(bytes.length - 20);
        // 1, −2, the smallest positive value, infinity; 1.5; the rest.
        data.putShort((short) 0x3c00)
                .putShort((short) 0xc000)
                .putShort((short) 1)
                .putShort((short) 0x7c00);
        data.putShort((short) 0x3fc0).putShort((short) -5).put((byte) -1).put((byte) 200);
        data.put((byte) 0).put((byte) 1).putInt(-70_000);
        Files.write(file, bytes);
        SafeTensors read = SafeTensors.open(file);
        float[] halves = {1, -2, (float) Math.pow(2, -24), Float.POSITIVE_INFINITY};
        assertArrayEquals(halves, read.tensor("f16").toFloats());
        assertEquals(1.5, read.tensor("bf16").toFloats()[0]);
        assertEquals(-5, read.tensor("i16").toLongs()[0]);
        assertEquals(-1, read.tensor("i8").toLongs()[0]);
        assertEquals(200, read.tensor("u8").toLongs()[0]);
        assertArrayEquals(new long[] {0, 1}, read.tensor("bool").toLongs());
        assertEquals(-70_000, read.tensor("i32").item());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}}",
                "{\"w\":7}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,8],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387906],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"__metadata__\":{\"a\":[]},\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            })
    void headersThatAreNotInOrderAreRefused(String json) throws IOException {
        Path file = file(json, 8);
        String message =
                assertThrows(DataException.class, () -> SafeTensors.open(file)).getMessage();
        assertTrue(message.startsWith(file.toString()) && message.endsWith("get it again"), message);
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        Path file = folder.resolve("all.safetensors");
        SafeTensors.write(file, tensors(), Map.of());
        byte[] whole = Files.readAllBytes(file);
        Path cut = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 150)) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThrows(DataException.class, () -> SafeTensors.open(cut), "cut at " + length);
        }
        Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
        assertThrows(DataException.class, () -> SafeTensors.open(cut));
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1L);
        Files.write(cut, whole);
        assertThrows(DataException.class, () -> SafeTensors.open(cut));
        assertThrows(DataException.class, () -> SafeTensors.open(folder.resolve("none")));
    }

    @Test
    void failedWriteKeepsTheExistingFile() throws IOException {
        Path file = Files.writeString(folder.resolve("kept"), "old");
        assertThrows(
                IOException.class,
                () -> AtomicFile.write(file, out -> {
                    out.write(1);
                    throw new IOException("full");
                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), Files.list(folder).toList());
    }
}
