package dev.adjoint.train;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
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
 * A directory with the most recent snapshots of training: safetensors files with a version and a checksum of their contents. Files are
 * written atomically, so that a program that is killed during a write leaves no damaged snapshot.
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
    /** Files that this process wrote or verified, and files that it found damaged. */
    private final Set<Path> valid = new HashSet<>();

    private final Set<Path> damaged = new HashSet<>();

    /**
     * Makes a store for snapshots; the directory is created with the first snapshot.
     *
     * @param folder the directory
     * @param keep the number of snapshots to keep, at least 1
     * @throws IllegalArgumentException if {@code keep} is below 1
     */
    public Snapshots(Path folder, int keep) {
        if (keep < 1) throw new IllegalArgumentException("snapshots: keep " + keep + ": expected at least 1");
        this.folder = folder;
        this.keep = keep;
    }

    /**
     * Writes a snapshot and deletes the oldest ones beyond the number to keep.
     *
     * @param step the training step; a later snapshot has a greater one
     * @param snapshot the snapshot
     * @return the file
     * @throws UncheckedIOException if it cannot be written; earlier snapshots are unchanged then
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
            valid.add(file);
            prune();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
        return file;
    }

    /**
     * Deletes readable snapshots that are older than those to keep. Damaged files do not count, so that they do not displace readable
     * snapshots, and are not deleted, so that they can be examined.
     */
    private void prune() throws IOException {
        int good = 0;
        for (Path file : newestFirst()) {
            if (good < keep) {
                if (isValid(file)) good++;
            } else if (isValid(file)) {
                Files.deleteIfExists(file);
                valid.remove(file);
            }
        }
    }

    private boolean isValid(Path file) {
        if (valid.contains(file)) return true;
        if (damaged.contains(file)) return false;
        try {
            read(file);
            valid.add(file);
            return true;
        } catch (DataException e) {
            Warnings.warn(LOG, "{}; it is not deleted and does not count among the snapshots to keep", e.getMessage());
            damaged.add(file);
            return false;
        }
    }

    /** A run's lock on its directory. */
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Locks the directory against other runs, which would overwrite our snapshots, until the lock is closed or this process ends.
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
                        + ") keeps its snapshots there: wait until it ends, or use another folder for this run");
            }
            channel.truncate(0);
            String owner = "process " + ProcessHandle.current().pid();
            channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)));
            return () -> release(channel, file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    /** Tries to take the lock; null if another process, or another run in this process, holds it. */
    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.debug("another run in this process holds the lock", e);
            return null;
        }
    }

    private void release(FileChannel channel, Path file) {
        try {
            Files.deleteIfExists(file);
            channel.close();
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("the folder has snapshots and is kept", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be removed: " + IoErrorMessage.of(e), e);
        }
    }

    /**
     * Reads the newest valid snapshot. Snapshots that cannot be read are skipped with a warning.
     *
     * @return the snapshot; empty if there is none
     * @throws UncheckedIOException if the directory cannot be read
     */
    public Optional<Snapshot> latest() {
        try {
            for (Path file : newestFirst()) {
                try {
                    return Optional.of(read(file));
                } catch (DataException e) {
                    Warnings.warn(LOG, "{}; the previous snapshot is used instead", e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be read: " + IoErrorMessage.of(e), e);
        }
        return Optional.empty();
    }

    /**
     * Deletes all readable snapshots, and the directory if it is then empty. Call it when training is complete.
     *
     * @throws UncheckedIOException if a file cannot be deleted
     */
    public void clear() {
        try {
            for (Path file : newestFirst()) if (isValid(file)) Files.delete(file);
            valid.clear();
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("the folder has other files and is kept", e);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be cleared: " + IoErrorMessage.of(e), e);
        }
    }

    /**
     * Reads a snapshot.
     *
     * @param file the file
     * @return the snapshot
     * @throws DataException if the file is damaged, not a snapshot, or of another version
     */
    public static Snapshot read(Path file) {
        SafeTensors saved = SafeTensors.open(file);
        Map<String, String> texts = new HashMap<>(saved.metadata());
        String checksum = texts.remove(CHECKSUM_FIELD);
        if (!FORMAT.equals(texts.get(FORMAT_FIELD)) || checksum == null) {
            throw new DataException(file + ": is a safetensors file but not a training snapshot; choose another file");
        }
        if (!VERSION.equals(texts.get(VERSION_FIELD))) {
            throw new DataException(file + ": a snapshot of version " + texts.get(VERSION_FIELD) + ", expected "
                    + VERSION + "; use the version of Adjoint that wrote it");
        }
        Map<String, Tensor> tensors = saved.tensors();
        if (!checksum.equals(checksum(tensors, texts))) {
            throw new DataException(file + ": its checksum does not match; the file is damaged");
        }
        texts.remove(FORMAT_FIELD);
        texts.remove(VERSION_FIELD);
        return new Snapshot(tensors, texts);
    }

    /** The path of the directory. */
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

    /** The step in the name of a snapshot, with any number of digits; empty for other files. */
    private static OptionalLong step(Path file) {
        String name = file.getFileName().toString();
        if (!name.startsWith(PREFIX) || !name.endsWith(SUFFIX)) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length())));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** SHA-256 of all names, dtypes, shapes, values and texts, sorted by name. */
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

    /** The elements as big-endian bytes. */
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
