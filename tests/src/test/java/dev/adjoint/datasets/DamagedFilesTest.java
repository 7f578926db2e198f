package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.files.Npy;
import dev.adjoint.datasets.files.SafeTensors;
import dev.adjoint.train.Snapshot;
import dev.adjoint.train.Snapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads about two hundred damaged files of all formats: each must give one clear error that names the file, use little memory, and leave
 * the folder unchanged. Damage that a format cannot detect (a digit of a table changed to another digit) is excluded.
 */
class DamagedFilesTest {
    /** Maximum allocation for reading a file of a few kilobytes, in addition to what its libraries need. */
    private static final long LARGE = 8 << 20;

    @TempDir
    private Path folder;

    private final Random random = new Random(4);
    private final Map<String, Function<Path, Object>> readers = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private int files;

    DamagedFilesTest() {
        readers.put("safetensors", file -> SafeTensors.open(file).tensors());
        readers.put("snapshot", Snapshots::read);
        readers.put("idx", file -> Idx.read(file, 3));
        readers.put("npy", Npy::read);
        readers.put("npz", Npy::readAll);
        readers.put("csv", file -> Csv.classification(file, "kind"));
    }

    private static Tensor weights(long... shape) {
        return Tensor.normal(new Rng(3), 0, 1, shape);
    }

    private byte[] safetensors() throws IOException {
        Path file = folder.resolve("sound");
        SafeTensors.write(file, Map.of("a", weights(4, 5), "b", weights(7)), Map.of("format", "pt"));
        return taken(file);
    }

    private byte[] snapshot() throws IOException {
        Path at = folder.resolve("snapshots");
        Path file = new Snapshots(at, 1).save(5, new Snapshot(Map.of("model.w", weights(6, 6)), Map.of("epoch", "3")));
        byte[] bytes = taken(file);
        Files.delete(at);
        return bytes;
    }

    private byte[] npy() throws IOException {
        Path file = folder.resolve("sound.npy");
        Npy.write(file, weights(3, 4));
        return taken(file);
    }

    private byte[] npz() throws IOException {
        Path file = folder.resolve("sound.npz");
        // In this order, since bits are flipped in the first array, which then fails its checksum.
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("w", weights(30, 4));
        arrays.put("b", weights(9));
        Npy.writeAll(file, arrays);
        return taken(file);
    }

    private static byte[] idx() {
        return IdxFiles.idx(new int[] {3, 5, 4}, new byte[60]);
    }

    private static byte[] csv() {
        return "length,width,kind\n1.5,2,rose\n3,4.25,oak\n-7,1e3,rose\n".getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] taken(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
    }

    @Test
    void everyDamagedFileGivesOneClearError() throws IOException {
        // Warm-up, so that allocations by class and library loading are not counted.
        for (Map.Entry<String, byte[]> sound : sound().entrySet()) {
            Path file = Files.write(folder.resolve("sound." + sound.getKey()), sound.getValue());
            readers.get(sound.getKey()).apply(file);
            Files.delete(file);
        }
        truncated();
        bitsFlipped();
        claims();
        assertEquals(List.of(), wrong);
        assertTrue(files >= 200, "files: " + files);
    }

    private Map<String, byte[]> sound() throws IOException {
        Map<String, byte[]> sound = new LinkedHashMap<>();
        sound.put("safetensors", safetensors());
        sound.put("snapshot", snapshot());
        sound.put("idx", idx());
        sound.put("npy", npy());
        sound.put("npz", npz());
        sound.put("csv", csv());
        return sound;
    }

    private void truncated() throws IOException {
        for (Map.Entry<String, byte[]> sound : sound().entrySet()) {
            byte[] whole = sound.getValue();
            // A CSV table may end after any row; a zip file's central directory, at its end, is not needed.
            boolean open = sound.getKey().equals("csv");
            int end = sound.getKey().equals("npz") ? whole.length / 2 : open ? 18 : whole.length;
            for (int i = 0; i < 20; i++) {
                check(sound.getKey(), "cut", Arrays.copyOf(whole, i == 0 ? 0 : random.nextInt(end)));
            }
            if (open) continue;
            if (!sound.getKey().equals("npz")) check(sound.getKey(), "longer", Arrays.copyOf(whole, whole.length + 3));
        }
    }

    /** Flips bits where the format can detect it: anywhere in a snapshot or an archive, which have checksums; in the header of others. */
    private void bitsFlipped() throws IOException {
        Map<String, byte[]> sound = sound();
        flip("snapshot", sound.get("snapshot"), 300, sound.get("snapshot").length, 12);
        flip("npz", sound.get("npz"), 170, 400, 12);
        flip("idx", sound.get("idx"), 0, 4, 8);
        flip("idx", sound.get("idx"), 8, 16, 8);
        flip("npy", sound.get("npy"), 0, 6, 8);
        flip("safetensors", sound.get("safetensors"), 0, 8, 8);
    }

    private void flip(String kind, byte[] sound, int from, int to, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            byte[] damaged = sound.clone();
            damaged[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
            check(kind, "flipped", damaged);
        }
    }

    /** Checks files with wrong claims in their headers. */
    private void claims() throws IOException {
        for (String json : List.of(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000000],\"data_offsets\":[0,4000000000000]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"I31\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":\"2\",\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
                "{\"a\":[" + "[".repeat(3000) + "]".repeat(3000) + "]}")) {
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            byte[] file = ByteBuffer.allocate(8 + text.length + 8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .put(text)
                    .array();
            check("safetensors", "claim", file);
            check("snapshot", "claim", file);
        }
        for (long length : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 100_000_001, 0, 1}) {
            byte[] file = safetensors();
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            check("safetensors", "header of " + length, file);
        }
        for (int[] shape : new int[][] {
            {Integer.MAX_VALUE, 1, 1}, {65536, 65536, 1}, {-3, 5, 4}, {2_000_000_000, 1, 1}, {0x7fffffff, 0x7fffffff, 2}
        }) {
            check("idx", "shape " + Arrays.toString(shape), IdxFiles.idx(shape, new byte[60]));
            check("idx", "zipped " + Arrays.toString(shape), IdxFiles.gzip(IdxFiles.idx(shape, new byte[60])));
        }
        for (String shape :
                List.of("(4000000000,)", "(65536, 65536, 65536, 65536)", "(-1,)", "(99999999999999999999,)")) {
            byte[] one = npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }");
            check("npy", "shape " + shape, one);
            check("npz", "shape " + shape, zip("w.npy", one));
        }
        for (String type : List.of("<f3", "|O", "<c16", "x", "<i9")) {
            byte[] one = npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2,), }");
            check("npy", "type " + type, one);
            check("npz", "type " + type, zip("w.npy", one));
        }
        check("npz", "no array", zip("w.txt", new byte[9]));
        for (String table : List.of(
                "a,a,kind\n1,2,x\n",
                "length,width\n1,2\n",
                "length,kind\none,x\n",
                "length,kind\n1,x,3\n",
                "length,kind\n1\n",
                "kind\nx\n",
                "length,kind\n",
                "length,kind\n\"1,x\n",
                ",kind\n1,x\n\"",
                "length,kind\n\u0000,x\n")) {
            check("csv", "table", table.getBytes(StandardCharsets.UTF_8));
        }
        check("csv", "not UTF-8", new byte[] {'a', ',', 'k', 'i', 'n', 'd', '\n', (byte) 0xff, ',', 'x', '\n'});
    }

    private static byte[] npy(String header) {
        String padded = header + " ".repeat(128 - 10 - 1 - header.length()) + "\n";
        ByteBuffer file = ByteBuffer.allocate(128 + 8).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
        return file.put(padded.getBytes(StandardCharsets.ISO_8859_1)).array();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    private void check(String kind, String damage, byte[] content) throws IOException {
        files++;
        Path file = Files.write(folder.resolve("damaged." + kind), content);
        String what = files + ": " + kind + ", " + damage + ", " + content.length + " bytes: ";
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();
        try {
            Object read = readers.get(kind).apply(file);
            wrong.add(what + "was read as " + read);
        } catch (DataException e) {
            boolean clear = e.getMessage().contains(file.toString())
                    && e.getMessage().lines().count() == 1
                    && e.getMessage().length() < 400;
            if (!clear) wrong.add(what + e.getMessage());
        } catch (RuntimeException | Error e) {
            wrong.add(what + e);
        }
        long allocated = memory.getCurrentThreadAllocatedBytes() - before;
        if (allocated > LARGE) wrong.add(what + "took " + allocated + " bytes");
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(List.of(file), Files.list(folder).toList());
        Files.delete(file);
    }
}
