package dev.adjoint.train;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.IoReason;
import dev.adjoint.autograd.internal.support.Warnings;
import dev.adjoint.datasets.DataException;
import dev.adjoint.datasets.files.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
    private static final String LOCK = ".lock";
    private static final String FORMAT_FIELD = "format";
    private static final String VERSION_FIELD = "version";
    private static final String CHECKSUM_FIELD = "sha256";

    private final Path folder;
    private final int keep;
    /** Files that this process wrote, or has read and found in order; and those that it found damaged. */
    private final Set<Path> inOrder = new HashSet<>();

    private final Set<Path> damaged = new HashSet<>();

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
        Path file = folder.resolve(String.format(Locale.ROOT, "%s%012d%s", PREFIX, step, SUFFIX));
        Map<String, String> texts = new TreeMap<>(snapshot.texts());
        texts.put(FORMAT_FIELD, FORMAT);
        texts.put(VERSION_FIELD, VERSION);
        texts.put(CHECKSUM_FIELD, checksum(snapshot.tensors(), texts));
        try {
            Files.createDirectories(folder);
            SafeTensors.write(file, snapshot.tensors(), texts);
            inOrder.add(file);
            prune();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoReason.of(e), e);
        }
        return file;
    }

    /**
     * Takes away what is older than the newest ones to be kept. Only those count that can be read: a damaged one must not push a good one
     * out, and stays, to be looked at.
     */
    private void prune() throws IOException {
        int good = 0;
        for (Path file : newestFirst()) {
            if (good < keep) {
                if (isInOrder(file)) good++;
            } else if (isInOrder(file)) {
                Files.deleteIfExists(file);
                inOrder.remove(file);
            }
        }
    }

    private boolean isInOrder(Path file) {
        if (inOrder.contains(file)) return true;
        if (damaged.contains(file)) return false;
        try {
            read(file);
            inOrder.add(file);
            return true;
        } catch (DataException e) {
            Warnings.warn(
                    LOG, "{}; it is left where it is, and does not count among those that are kept", e.getMessage());
            damaged.add(file);
            return false;
        }
    }

    /** A run's hold on its folder. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Keeps other processes from a run in the same folder, whose snapshots would take the place of ours, until it is closed or this
     * process ends.
     */
    Hold hold() {
        Path file = folder.resolve(LOCK);
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = Files.readString(file).strip();
                channel.close();
                throw new IllegalStateException(folder + ": another run (" + owner
                        + ") keeps its snapshots there: wait for its end, or give this run a folder of its own");
            }
            channel.truncate(0);
            String owner = "process " + ProcessHandle.current().pid();
            channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)));
            return () -> release(channel, file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoReason.of(e), e);
        }
    }

    /** Null if another process has it, or another run of this one. */
    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("a run of this process has it", e);
            return null;
        }
    }

    private void release(FileChannel channel, Path file) {
        try {
            Files.deleteIfExists(file);
            channel.close();
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("snapshots stay", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be removed: " + IoReason.of(e), e);
        }
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
                    Warnings.warn(LOG, "{}; the snapshot before it is taken", e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be read: " + IoReason.of(e), e);
        }
        return Optional.empty();
    }

    /**
     * Takes all snapshots away that can be read, when training has come to its end; and their folder, if nothing else is in it.
     *
     * @throws UncheckedIOException if that fails
     */
    public void clear() {
        try {
            for (Path file : newestFirst()) if (isInOrder(file)) Files.delete(file);
            inOrder.clear();
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("other files stay", e);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be cleared: " + IoReason.of(e), e);
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
            return files.filter(file -> step(file).isPresent())
                    .sorted(Comparator.comparingLong((Path file) -> step(file).getAsLong())
                            .reversed())
                    .toList();
        }
    }

    /** The step in a snapshot's name, in whatever digits an earlier version wrote it; none if it is another file. */
    private static OptionalLong step(Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length())));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
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

    /** Numbers as Java writes them, the most significant byte first. */
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
