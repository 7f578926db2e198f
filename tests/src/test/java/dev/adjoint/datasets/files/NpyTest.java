package dev.adjoint.datasets.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy files: written files are read back and have NumPy's layout; damaged files are rejected. */
class NpyTest {
    @TempDir
    private Path folder;

    private Path file(String header, byte... numbers) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + header.length() + numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.ISO_8859_1)).put(numbers);
        return Files.write(folder.resolve("given.npy"), bytes.array());
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("matrix", Tensor.normal(new Rng(1), 0, 1, 3, 4));
        all.put("vector", Tensor.of(1L, -2L, 3L));
        all.put("scalar", Tensor.of(Math.E));
        all.put("nothing", Tensor.zeros(DType.FLOAT64, 0, 2));
        Path npz = folder.resolve("all.npz");
        Npy.writeAll(npz, all);
        Map<String, Tensor> read = Npy.readAll(npz);
        assertEquals(all.keySet(), read.keySet());
        for (Map.Entry<String, Tensor> entry : all.entrySet()) {
            Path npy = folder.resolve("one.npy");
            Npy.write(npy, entry.getValue());
            for (Tensor back : new Tensor[] {read.get(entry.getKey()), Npy.read(npy)}) {
                assertEquals(entry.getValue().dtype(), back.dtype());
                assertArrayEquals(entry.getValue().shape(), back.shape());
                assertArrayEquals(entry.getValue().toDoubles(), back.toDoubles());
            }
        }
    }

    @Test
    void writtenBytesHaveNumpysLayout() throws IOException {
        Path npy = folder.resolve("one.npy");
        Npy.write(npy, Tensor.of(1f, 2f, 3f));
        byte[] bytes = Files.readAllBytes(npy);
        assertEquals(128 + 12, bytes.length);
        String header = new String(bytes, 10, 118, StandardCharsets.ISO_8859_1);
        assertTrue(header.startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"), header);
        assertTrue(header.endsWith(" \n"));
        assertEquals(118, bytes[8]);
    }

    @Test
    void otherOrdersAndTypesAreRead() throws IOException {
        byte[] six = {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6};
        Path file = file("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", six);
        Tensor byColumns = Npy.read(file);
        assertArrayEquals(new long[] {2, 3}, byColumns.shape());
        assertArrayEquals(new long[] {1, 3, 5, 2, 4, 6}, byColumns.toLongs());
        assertArrayEquals(
                new long[] {1, 0, 200},
                Npy.read(file("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", (byte) 1, (byte) 0, (byte)
                                200))
                        .toLongs());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
                "{'descr': '<f3', 'fortran_order': False, 'shape': (4,), }",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,), }",
                "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), }"
            })
    void headersThatAreNotInOrderAreRefused(String header) throws IOException {
        Path file = file(header, new byte[8]);
        String message = assertThrows(DataException.class, () -> Npy.read(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
    }

    @Test
    void truncatedOrChangedFilesAreRefused() throws IOException {
        Path npy = folder.resolve("one.npy");
        Npy.write(npy, Tensor.of(1f, 2f, 3f));
        Path npz = folder.resolve("all.npz");
        Npy.writeAll(npz, Map.of("w", Tensor.normal(new Rng(1), 0, 1, 20)));
        byte[] one = Files.readAllBytes(npy);
        byte[] all = Files.readAllBytes(npz);
        Path cut = folder.resolve("cut");
        for (int length = 0; length < one.length; length++) {
            Files.write(cut, Arrays.copyOf(one, length));
            assertThrows(DataException.class, () -> Npy.read(cut), "cut at " + length);
        }
        // After its entries a zip file has a central directory, which is not needed to read it.
        for (int length = 0; length < all.length / 2; length++) {
            Files.write(cut, Arrays.copyOf(all, length));
            assertThrows(DataException.class, () -> Npy.readAll(cut), "cut at " + length);
        }
        Files.write(cut, Arrays.copyOf(one, one.length + 1));
        assertThrows(DataException.class, () -> Npy.read(cut));
        assertThrows(DataException.class, () -> Npy.read(folder.resolve("none")));
    }
}
