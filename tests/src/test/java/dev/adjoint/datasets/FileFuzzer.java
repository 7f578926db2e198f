package dev.adjoint.datasets;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.files.Npy;
import dev.adjoint.datasets.files.SafeTensors;
import dev.adjoint.train.Snapshot;
import dev.adjoint.train.Snapshots;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/**
 * A fuzzing program: mutates valid files of all formats at random (bits, bytes, parts removed, repeated or swapped, huge numbers) and reads
 * them. Each must be read, or rejected with a {@link DataException} whose short one-line message names the file; nothing else may be
 * thrown, and no read may take long.
 */
public final class FileFuzzer {
    private static final long LONGEST_NANOS = 5_000_000_000L;
    private static final int LONGEST_MESSAGE = 1500;

    private final Path folder;
    private final Random random;
    private final Map<String, Function<Path, Object>> readers = new LinkedHashMap<>();
    private final Map<String, byte[]> sound = new LinkedHashMap<>();

    private FileFuzzer(Path folder, long seed) throws IOException {
        this.folder = folder;
        this.random = new Random(seed);
        Tensor w = Tensor.normal(new Rng(3), 0, 1, 4, 5);
        add(
                "safetensors",
                file -> SafeTensors.open(file).tensors(),
                file -> SafeTensors.write(file, Map.of("a", w), Map.of("t", "x")));
        add("snapshot.safetensors", Snapshots::read, file -> {
            Snapshots at = new Snapshots(folder.resolve("snapshots"), 1);
            Files.move(at.save(5, new Snapshot(Map.of("w", w), Map.of("epoch", "3"))), file);
        });
        add("npy", Npy::read, file -> Npy.write(file, w));
        add("npz", Npy::readAll, file -> Npy.writeAll(file, Map.of("w", w, "b", Tensor.of(1, 2))));
        add(
                "idx",
                file -> Idx.read(file, 3),
                file -> Files.write(file, IdxFiles.idx(new int[] {3, 5, 4}, new byte[60])));
        String table = "\uFEFFlength,width,kind\n1.5,2,rose\n\"3\",4.25,\"o\nak\"\n\n-7,1e3,rose\n";
        add("csv", file -> Csv.classification(file, "kind"), file -> Files.writeString(file, table));
        add("regression.csv", file -> Csv.regression(file, "y"), file -> Files.writeString(file, "y,x\n1,2\n3,4\n"));
        BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 63; i++) image.setRGB(i % 9, i / 9, 0x010101 * (4 * i));
        for (String kind : List.of("png", "bmp", "gif", "jpg")) {
            add(kind, Picture::read, file -> ImageIO.write(image, kind, file.toFile()));
        }
    }

    /** Writes a valid file. */
    private interface Writer {
        void write(Path file) throws IOException;
    }

    private void add(String kind, Function<Path, Object> reader, Writer writer) throws IOException {
        Path file = folder.resolve("sound." + kind);
        writer.write(file);
        readers.put(kind, reader);
        sound.put(kind, Files.readAllBytes(file));
        reader.apply(file);
    }

    /**
     * Runs the program.
     *
     * @param args the number of files of each kind (2000) and the seed (0)
     * @throws Exception if a reader misbehaved
     */
    public static void main(String[] args) throws Exception {
        int each = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 0;
        System.out.println(run(Files.createTempDirectory("mutations"), each, seed));
    }

    /** Returns the numbers of files read and rejected for each kind; throws an error that describes any misbehaviour. */
    public static String run(Path folder, int each, long seed) throws IOException {
        FileFuzzer runs = new FileFuzzer(folder, seed);
        List<String> report = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (String kind : runs.readers.keySet()) {
            int read = 0;
            for (int i = 0; i < each; i++) if (runs.one(kind, i, wrong)) read++;
            report.add(kind + " " + read + " read, " + (each - read) + " refused");
        }
        if (!wrong.isEmpty())
            throw new AssertionError(wrong.size() + " wrong:\n"
                    + String.join("\n", wrong.subList(0, Math.min(20, wrong.size()))));
        return "mutations, " + each + " of each kind: " + String.join("; ", report);
    }

    /** Mutates and reads one file; returns whether it was read. */
    private boolean one(String kind, int number, List<String> wrong) throws IOException {
        byte[] bytes = sound.get(kind);
        for (int times = 1 + random.nextInt(3); times > 0; times--) bytes = mutated(bytes);
        if (kind.equals("png") && random.nextInt(3) > 0) correctChecksums(bytes);
        Path file = Files.write(folder.resolve("mutated." + kind), bytes);
        long start = System.nanoTime();
        String fault = null;
        boolean isRead = false;
        try {
            readers.get(kind).apply(file);
            isRead = true;
        } catch (DataException e) {
            String message = e.getMessage();
            if (!message.contains("mutated.")) fault = "does not name the file: " + message;
            if (message.length() > LONGEST_MESSAGE) fault = "a message of " + message.length() + " characters";
        } catch (RuntimeException | Error e) {
            fault = "threw " + e;
        }
        if (System.nanoTime() - start > LONGEST_NANOS) fault = "took longer than 5 s";
        if (fault != null) {
            Path kept = Files.copy(file, folder.resolve("wrong-" + wrong.size() + "." + kind));
            wrong.add(kind + " " + number + " (" + kept + "): " + fault);
        }
        return isRead;
    }

    private byte[] mutated(byte... bytes) {
        if (bytes.length == 0) return new byte[] {(byte) random.nextInt()};
        byte[] result = bytes.clone();
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(16, bytes.length));
        switch (random.nextInt(8)) {
            case 0 -> result[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> result[at] = (byte) random.nextInt();
            case 2 -> result = Arrays.copyOf(bytes, at);
            case 3 -> result = spliced(bytes, at, Math.min(bytes.length, at + length), new byte[0]);
            case 4 -> {
                byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length));
                result = spliced(bytes, at, at, piece);
            }
            case 5 -> {
                byte[] more = new byte[length];
                random.nextBytes(more);
                result = spliced(bytes, at, at, more);
            }
            case 6 -> {
                String[] texts = {"99999999999999999999", "-1", "1e400", "NaN", "null", "{", "\"", ",", "\n", "0x", "\0"
                };
                byte[] text = texts[random.nextInt(texts.length)].getBytes(StandardCharsets.UTF_8);
                result = spliced(bytes, at, Math.min(bytes.length, at + random.nextInt(4)), text);
            }
            default -> {
                byte value = random.nextBoolean() ? (byte) 0xff : 0;
                Arrays.fill(result, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), value);
            }
        }
        return result;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte... middle) {
        byte[] result = new byte[from + middle.length + bytes.length - to];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
        return result;
    }

    /** Corrects the checksums, so that the reader parses the mutated content. */
    private static void correctChecksums(byte... png) {
        ByteBuffer bytes = ByteBuffer.wrap(png);
        int at = 8;
        while (at >= 8 && at + 12 <= png.length) {
            long length = bytes.getInt(at) & 0xffff_ffffL;
            if (at + 12 + length > png.length) return;
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, (int) length + 4);
            bytes.putInt(at + 8 + (int) length, (int) crc.getValue());
            at += 12 + (int) length;
        }
    }
}
