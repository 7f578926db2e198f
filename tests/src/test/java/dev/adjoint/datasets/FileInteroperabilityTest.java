package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.datasets.files.Npy;
import dev.adjoint.datasets.files.SafeTensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by other programs are read, or rejected with the actual reason; our files can be read by other programs. */
class FileInteroperabilityTest {
    @TempDir
    Path folder;

    private Path file(String name, byte... bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path text(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String refusal(Runnable read) {
        return assertThrows(DataException.class, read::run).getMessage();
    }

    // ---- CSV ----

    @Test
    void byteOrderMarkIsNotPartOfTheFirstColumnName() throws IOException {
        Csv csv = Csv.classification(text("a.csv", "\uFEFFkind,x\na,1\nb,2\n"), "kind");
        assertEquals(2, csv.classes().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind,x\na,1\nb,2\n\n",
                "kind,x\n\na,1\nb,2",
                "kind,x\r\na,1\r\n\r\nb,2\r\n\r\n",
                "kind,x\na,1\n  \nb,2\n"
            })
    void blankLinesAreSkipped(String table) throws IOException {
        Csv csv = Csv.classification(text("a.csv", table), "kind");
        assertArrayEquals(new double[] {1, 2}, csv.data().inputs(0, 1).toDoubles());
    }

    @Test
    void messagesGiveTheLineNumberInTheFile() throws IOException {
        Path quoted = text("a.csv", "kind,x\n\"two\nlines\",1\nb,2\nc,bad\n");
        assertTrue(refusal(() -> Csv.classification(quoted, "kind")).contains("line 5,"));
        Path blank = text("b.csv", "kind,x\n\na,1\n\nb,bad\n");
        assertTrue(refusal(() -> Csv.classification(blank, "kind")).contains("line 5,"));
        Path target = text("c.csv", "y,x\n1,1\n\nbad,2\n");
        assertTrue(refusal(() -> Csv.regression(target, "y")).contains("line 4,"));
        Path few = text("d.csv", "kind,x\na,1\n\nb\n");
        assertTrue(refusal(() -> Csv.classification(few, "kind")).contains("line 4 has 1 fields"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1f",
                "2d",
                "1D",
                "0x1p3",
                "1e39",
                "-1e400",
                "1\0",
                "NaN",
                "nan",
                "inf",
                "Infinity",
                "-Inf",
                "1_000",
                "1,5",
                "½",
                "٣",
                "",
                "1.2.3",
                "--1",
                "e5",
                "."
            })
    void invalidDecimalNumbersAreRefused(String number) throws IOException {
        Path table = text("a.csv", "kind,x\na,\"" + number + "\"\n");
        String message = refusal(() -> Csv.classification(table, "kind"));
        assertTrue(message.contains("line 2, column 'x'"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1.5", "+2", ".5", "5.", "1e5", "1E-5", "-3.4e38", "0", "-0"})
    void decimalNumbersAreRead(String number) throws IOException {
        Csv csv = Csv.classification(text("a.csv", "kind,x\na," + number + "\n"), "kind");
        assertEquals(Float.parseFloat(number), csv.data().inputs(0).get(0, 0));
    }

    @Test
    void csvErrorsNameTheActualReason() throws IOException {
        assertTrue(refusal(() -> Csv.classification(folder.resolve("none.csv"), "y"))
                .contains("no such file"));
        assertTrue(refusal(() -> Csv.classification(folder, "y")).contains("folder"));
        Path latin = file("latin.csv", "kind,x\né,1\n".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(refusal(() -> Csv.classification(latin, "kind")).contains("UTF-8"));
        Path semicolons = text("s.csv", "kind;x\na;1\n");
        assertTrue(refusal(() -> Csv.classification(semicolons, "kind")).contains("semicolons"));
    }

    // ---- npy and npz ----

    private static byte[] npy(String header, byte... data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {
            (byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), (byte) (header.length() >> 8)
        });
        out.write(header.getBytes(StandardCharsets.ISO_8859_1));
        out.write(data);
        return out.toByteArray();
    }

    private static byte[] shorts(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) bytes.putShort((short) value);
        return bytes.array();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }",
                "{'shape': (2,), 'fortran_order': False, 'descr': '<u2'}",
                "{\"descr\": \"<u2\", \"fortran_order\": False, \"shape\": (2,)}",
                "{'descr':'<u2','shape':(2L,),'fortran_order':False,}\n",
                "{ 'fortran_order' : False , 'descr' : '<u2' , 'shape' : ( 2 , ) } "
            })
    void headersAreReadInAnyOrderAndQuotes(String header) throws IOException {
        Path file = file("a.npy", npy(header, shorts(1, 65535)));
        assertArrayEquals(new long[] {1, 65535}, Npy.read(file).toLongs());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<f99999999999', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<u2', 'fortran_order': False, 'shape': (1 2,), }",
                "{'descr': '<u2', 'fortran_order': False, 'shape': (-2,), }",
                "{'descr': '<u2', 'fortran_order': Maybe, 'shape': (2,), }",
                "{'descr': '<u2', 'descr': '<u2', 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<u2', 'shape': (2,), }",
                "{'descr': [('a', '<u2')], 'fortran_order': False, 'shape': (2,), }",
                "{'descr': '<u2', 'fortran_order': False, 'shape': (99999999999999999999,), }",
                "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), 'more': (1,)}"
            })
    void otherHeadersAreRefused(String header) throws IOException {
        Path file = file("a.npy", npy(header, shorts(1, 2)));
        refusal(() -> Npy.read(file));
    }

    @Test
    void allIntegersAndHalvesAreRead() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(5).putLong(Long.MAX_VALUE);
        Path u8 = file("u8.npy", npy("{'descr': '<u8', 'fortran_order': False, 'shape': (2,), }", bytes.array()));
        assertArrayEquals(new long[] {5, Long.MAX_VALUE}, Npy.read(u8).toLongs());
        bytes.putLong(8, -1);
        Path large = file("l.npy", npy("{'descr': '<u8', 'fortran_order': False, 'shape': (2,), }", bytes.array()));
        assertTrue(refusal(() -> Npy.read(large)).contains("18446744073709551615"));
        ByteBuffer four = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(-1);
        Path u4 = file("u4.npy", npy("{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }", four.array()));
        assertArrayEquals(new long[] {4_294_967_295L}, Npy.read(u4).toLongs());
        Path f2 = file(
                "f2.npy",
                npy("{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }", shorts(0x3c00, 0xc000, 0x7c00)));
        assertArrayEquals(
                new double[] {1, -2, Double.POSITIVE_INFINITY}, Npy.read(f2).toDoubles());
    }

    @Test
    void otherFilesInAnNpzAreIgnored() throws IOException {
        Path npz = folder.resolve("a.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(npz))) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
            zip.write("hello".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("x.npy"));
            zip.write(npy("{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", shorts(1, 2)));
        }
        assertEquals(java.util.Set.of("x"), Npy.readAll(npz).keySet());
    }

    /** As NumPy writes to a non-seekable stream: uncompressed, with the sizes after the data. */
    @Test
    void npzWrittenToAStreamIsRead() throws IOException {
        byte[] data = npy("{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", shorts(3, 4));
        assertArrayEquals(
                new long[] {3, 4},
                Npy.readAll(file("s.npz", storedZip("x.npy", data))).get("x").toLongs());
    }

    private static byte[] storedZip(String name, byte... data) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(data);
        byte[] title = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer zip = ByteBuffer.allocate(30 + title.length + data.length + 16 + 46 + title.length + 22)
                .order(ByteOrder.LITTLE_ENDIAN);
        zip.putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) 8)
                .putShort((short) 0)
                .putInt(0)
                .putInt(0)
                .putInt(0);
        zip.putInt(0)
                .putShort((short) title.length)
                .putShort((short) 0)
                .put(title)
                .put(data);
        zip.putInt(0x08074b50).putInt((int) crc.getValue()).putInt(data.length).putInt(data.length);
        int directory = zip.position();
        zip.putInt(0x02014b50)
                .putShort((short) 20)
                .putShort((short) 20)
                .putShort((short) 8)
                .putShort((short) 0)
                .putInt(0);
        zip.putInt((int) crc.getValue()).putInt(data.length).putInt(data.length).putShort((short) title.length);
        zip.putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt(0)
                .put(title);
        int size = zip.position() - directory;
        zip.putInt(0x06054b50)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 1)
                .putShort((short) 1);
        zip.putInt(size).putInt(directory).putShort((short) 0);
        return zip.array();
    }

    @Test
    void smallFileThatExpandsTooMuchIsRefused() throws IOException {
        Path npz = folder.resolve("bomb.npz");
        byte[] zeros = new byte[1 << 20];
        long size = 1100L << 20;
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(npz))) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putNextEntry(new ZipEntry("x.npy"));
            zip.write(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (" + size + ",), }"));
            for (int i = 0; i < size >> 20; i++) zip.write(zeros);
        }
        String message = refusal(() -> Npy.readAll(npz));
        assertTrue(message.contains("adjoint.maxFileBytes"), message);
    }

    // ---- safetensors ----

    private Path safetensors(String name, String header, int bytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        return file(name, file.putLong(json.length).put(json).array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "C64", "SOMETHING"})
    void tensorsNextToOneOfAnUnknownTypeAreRead(String type) throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"" + type
                + "\",\"shape\":[2],\"data_offsets\":[4,8],\"note\":{\"x\":[1]}}}";
        SafeTensors file = SafeTensors.open(safetensors("a.safetensors", header, 8));
        assertEquals(0, file.tensor("a").item());
        assertTrue(refusal(() -> file.tensor("b")).contains(type));
    }

    @Test
    void unsignedIntegersAreRead() throws IOException {
        String header =
                "{\"a\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U32\",\"shape\":[1],"
                        + "\"data_offsets\":[2,6]},\"c\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[6,14]}}";
        Path path = safetensors("u.safetensors", header, 14);
        byte[] bytes = Files.readAllBytes(path);
        for (int i = bytes.length - 14; i < bytes.length; i++) bytes[i] = (byte) (i == bytes.length - 1 ? 0x7f : 0xff);
        SafeTensors file = SafeTensors.open(file("v.safetensors", bytes));
        assertEquals(65535, file.tensor("a").item());
        assertArrayEquals(new long[] {4_294_967_295L}, file.tensor("b").toLongs());
        assertArrayEquals(new long[] {Long.MAX_VALUE}, file.tensor("c").toLongs());
    }

    @Test
    void emptyMetadataIsAccepted() throws IOException {
        for (String metadata : new String[] {"null", "{}", "{\"a\":null}"}) {
            String header = "{\"__metadata__\":" + metadata
                    + ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
            assertTrue(SafeTensors.open(safetensors("m.safetensors", header, 4))
                    .metadata()
                    .isEmpty());
        }
    }

    @Test
    void unreadableContentIsNotWritten() throws IOException {
        Path file = folder.resolve("w.safetensors");
        Tensor one = Tensor.ones(1);
        Map<String, String> nothing = new LinkedHashMap<>();
        nothing.put("a", null);
        for (Runnable write : new Runnable[] {
            () -> write(file, Map.of("__metadata__", one), Map.of()),
            () -> write(file, Map.of("a\ud800", one), Map.of()),
            () -> write(file, Map.of("a", one), Map.of("t", "\udc00")),
            () -> write(file, Map.of("a", one), Map.of("\ud800", "t")),
            () -> write(file, Map.of("a", one), nothing)
        }) {
            assertThrows(IllegalArgumentException.class, write::run);
            assertFalse(Files.exists(file));
        }
        write(file, Map.of("ä 😀", one), Map.of("t", "😀"));
        assertEquals(1, SafeTensors.open(file).tensor("ä 😀").item());
    }

    private static void write(Path file, Map<String, Tensor> tensors, Map<String, String> texts) {
        try {
            SafeTensors.write(file, tensors, texts);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void messagesStayShortForAnyContent() throws IOException {
        String name = "n".repeat(1_000_000);
        String header = "{\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}";
        Path path = safetensors("long.safetensors", header, 4);
        assertTrue(refusal(() -> SafeTensors.open(path)).length() < 2000);
        Map<String, Tensor> many = new LinkedHashMap<>();
        Tensor one = Tensor.ones(1);
        for (int i = 0; i < 5000; i++) many.put("tensor." + i, one);
        Path file = folder.resolve("many.safetensors");
        write(file, many, Map.of());
        assertTrue(refusal(() -> SafeTensors.open(file).tensor("none")).length() < 2000);
    }

    // ---- images ----

    private static final int[] LEVELS = {0, 64, 128, 192, 255, 10, 30, 100};

    private Path png(int depth, boolean alpha) throws IOException {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        DataOutputStream row = new DataOutputStream(rows);
        row.writeByte(0);
        for (int level : LEVELS) {
            row.writeByte(level);
            if (depth == 16) row.writeByte(level);
            if (alpha) row.writeByte(255);
            if (alpha && depth == 16) row.writeByte(255);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(rows.toByteArray());
        }
        return file("grey" + depth + alpha + ".png", png(LEVELS.length, 1, depth, alpha ? 4 : 0, packed.toByteArray()));
    }

    private static byte[] png(int width, int height, int depth, int color, byte... data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteBuffer head = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) depth)
                .put((byte) color);
        chunk(out, "IHDR", head.array());
        chunk(out, "IDAT", data);
        chunk(out, "IEND");
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte... data) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(type.getBytes(StandardCharsets.US_ASCII));
        body.write(data);
        CRC32 crc = new CRC32();
        crc.update(body.toByteArray());
        DataOutputStream to = new DataOutputStream(out);
        to.writeInt(data.length);
        to.write(body.toByteArray());
        to.writeInt((int) crc.getValue());
    }

    @Test
    void greyImagesKeepTheirPixelValues() throws IOException {
        for (int depth : new int[] {8, 16}) {
            for (boolean alpha : new boolean[] {false, true}) {
                Picture picture = Picture.read(png(depth, alpha));
                for (int i = 0; i < LEVELS.length; i++) {
                    assertEquals(LEVELS[i] / 255.0, picture.grey()[i], 1e-6, depth + " bits, alpha " + alpha);
                    assertEquals(1, picture.alpha()[i]);
                }
            }
        }
        BufferedImage rgb = new BufferedImage(LEVELS.length, 1, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < LEVELS.length; i++) rgb.setRGB(i, 0, LEVELS[i] * 0x010101);
        Path file = folder.resolve("rgb.png");
        ImageIO.write(rgb, "png", file.toFile());
        for (int i = 0; i < LEVELS.length; i++)
            assertEquals(LEVELS[i] / 255.0, Picture.read(file).grey()[i], 1e-6);
    }

    @Test
    void smallFileThatClaimsToBeAHugeImageIsRefused() throws IOException {
        Path huge = file("huge.png", png(26_000, 26_000, 8, 0, new byte[] {1, 2, 3}));
        String message = refusal(() -> Picture.read(huge));
        assertTrue(message.contains("adjoint.maxPixels"), message);
        Path broken = file("broken.png", png(8, 8, 8, 0, new byte[] {1, 2, 3}));
        assertTrue(refusal(() -> Picture.read(broken)).contains("broken.png"));
    }

    // ---- writing ----

    @Test
    void writingPreservesLinksAndPermissions() throws IOException {
        Path target = Files.writeString(folder.resolve("target.txt"), "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(folder.resolve("link.txt"), Path.of("target.txt"));
        AtomicFile.write(link, out -> out.write("new".getBytes(StandardCharsets.UTF_8)));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(target));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling.txt"), Path.of("made.txt"));
        AtomicFile.write(dangling, out -> out.write(1));
        assertTrue(Files.isRegularFile(folder.resolve("made.txt")));
    }

    @Test
    void theLongestNameCanBeWritten() throws IOException {
        Path file = folder.resolve("n".repeat(254));
        AtomicFile.write(file, out -> out.write(1));
        assertEquals(1, Files.size(file));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void unrelatedPartialFileIsNotTouched() throws IOException {
        Path own = Files.writeString(folder.resolve("x.npy.partial"), "mine");
        Npy.write(folder.resolve("x.npy"), Tensor.ones(1));
        assertEquals("mine", Files.readString(own));
    }

    /** A pipe stands for everything that is not a regular file: renaming a temporary file over it would replace it. */
    @Test
    void pipesAreWrittenDirectly() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) return;
        byte[][] read = {null};
        Thread reader = new Thread(() -> {
            try {
                read[0] = Files.readAllBytes(pipe);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        reader.start();
        AtomicFile.write(pipe, out -> out.write("through".getBytes(StandardCharsets.UTF_8)));
        reader.join(10_000);
        assertEquals("through", new String(read[0], StandardCharsets.UTF_8));
        assertFalse(Files.isRegularFile(pipe));
        assertTrue(Files.exists(pipe));
    }
}
