package dev.adjoint.train;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.DataException;
import dev.adjoint.datasets.SafeTensors;
import dev.adjoint.datasets.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of training in a folder, the last few of them: safetensors files with a version and a checksum over all that is in them.
 * Each is written beside its place and renamed, so that a program that is killed, in the middle of a write too, leaves none that
 * cannot be read.
 */
public final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    private static final String FORMAT = "adjoint-snapshot";
    private static final String VERSION = "1";
    private static final String PREFIX = "snapshot-";
    private static final String SUFFIX = ".safetensors";
    private static final String FORMAT_FIELD = "format";
    private static final String VERSION_FIELD = "version";
    private static final String CHECKSUM_FIELD = "sha256";

    private final Path folder;
    private final int keep;

    /**
     * Snapshots in a folder, which is made with the first of them.
     *
     * @param folder the folder
     * @param keep how many snapshots stay in it
     * @throws IllegalArgumentException if none is to stay
     */
    public Snapshots(Path folder, int keep) {
        if (keep < 1) throw new IllegalArgumentException("snapshots: keep " + keep + ": expected at least 1");
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Writes a snapshot and takes away those that are too many.
     *
     * @param step how far training has come; a later snapshot has a greater one
     * @param snapshot what to write
     * @return the file
     * @throws UncheckedIOException if it cannot be written; the earlier ones are still there then
     */
    public Path save(long step, Snapshot snapshot) {
        Path file = folder.resolve(String.format("%s%012d%s", PREFIX, step, SUFFIX));
        Map<String, String> texts = new TreeMap<>(snapshot.texts());
        texts.put(FORMAT_FIELD, FORMAT);
        texts.put(VERSION_FIELD, VERSION);
        texts.put(CHECKSUM_FIELD, checksum(snapshot.tensors(), texts));
        try {
            Files.createDirectories(folder);
            SafeTensors.write(file, snapshot.tensors(), texts);
            List<Path> all = newestFirst();
            for (Path old : all.subList(Math.min(keep, all.size()), all.size())) Files.deleteIfExists(old);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written (" + e + "); free some space", e);
        }
        return file;
    }

    /**
     * Reads the newest snapshot that is in order; one that is not is passed over with a warning.
     *
     * @return the snapshot; nothing if there is none
     * @throws DataException if the newest was written by a later version of this program
     */
    public Optional<Snapshot> latest() {
        try {
            for (Path file : newestFirst()) {
                try {
                    return Optional.of(read(file));
                } catch (DataException e) {
                    LOG.warn("{}; the snapshot before it is taken", e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be read (" + e + ")", e);
        }
        return Optional.empty();
    }

    /**
     * Takes all snapshots away, when training has come to its end; and their folder, if nothing else is in it.
     *
     * @throws UncheckedIOException if that fails
     */
    public void clear() {
        try {
            for (Path file : newestFirst()) Files.delete(file);
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("other files stay", e);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be cleared (" + e + ")", e);
        }
    }

    /**
     * Reads a snapshot.
     *
     * @param file the file
     * @return what was written
     * @throws DataException if it is damaged, no snapshot, or of another version
     */
    public static Snapshot read(Path file) {
        SafeTensors saved = SafeTensors.open(file);
        Map<String, String> texts = new HashMap<>(saved.metadata());
        String checksum = texts.remove(CHECKSUM_FIELD);
        if (!FORMAT.equals(texts.get(FORMAT_FIELD)) || checksum == null) {
            throw new DataException(file + ": no snapshot of training, though a safetensors file; name another file");
        }
        if (!VERSION.equals(texts.get(VERSION_FIELD))) {
            throw new DataException(file + ": a snapshot of version " + texts.get(VERSION_FIELD) + ", expected "
                    + VERSION + "; go on with the version of Adjoint that wrote it");
        }
        Map<String, Tensor> tensors = saved.tensors();
        if (!checksum.equals(checksum(tensors, texts))) {
            throw new DataException(file + ": its checksum does not match; the file is damaged");
        }
        texts.remove(FORMAT_FIELD);
        texts.remove(VERSION_FIELD);
        return new Snapshot(tensors, texts);
    }

    /** The folder's name. */
    @Override
    public String toString() {
        return folder.toString();
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(PREFIX) && name.endsWith(SUFFIX) && !name.endsWith(WholeFile.UNFINISHED);
                    })
                    .sorted(Comparator.comparing(Path::getFileName).reversed())
                    .toList();
        }
    }

    /** SHA-256 over all names, shapes, numbers and texts, in the order of the names. */
    private static String checksum(Map<String, Tensor> tensors, Map<String, String> texts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(texts).forEach((name, text) -> {
                update(digest, name);
                update(digest, text);
            });
            new TreeMap<>(tensors).forEach((name, tensor) -> {
                update(digest, name + " " + tensor.dtype());
                for (long size : tensor.shape()) update(digest, size);
                digest.update(bytes(tensor));
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static ByteBuffer bytes(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(
                Math.toIntExact(tensor.length() * tensor.dtype().bytes()));
        switch (tensor.dtype()) {
            case FLOAT32 -> bytes.asFloatBuffer().put(tensor.toFloats());
            case FLOAT64 -> bytes.asDoubleBuffer().put(tensor.toDoubles());
            case INT64 -> bytes.asLongBuffer().put(tensor.toLongs());
        }
        return bytes;
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        update(digest, bytes.length);
        digest.update(bytes);
    }

    private static void update(MessageDigest digest, long number) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
    }
}
