package dev.adjoint.autograd.internal.io;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes files atomically: to a temporary file in the same folder, which is forced to disk and then renamed. A reader meanwhile, or
 * after the program was killed, finds the old content.
 */
public final class AtomicFile {
    /** The suffix of the names of files that are being written. */
    public static final String PARTIAL_SUFFIX = ".partial";

    private static final int BUFFER = 1 << 16;
    private static final int MAX_LINKS = 40;
    /** Distinguishes files that this process writes at the same time. */
    private static final AtomicLong NUMBER = new AtomicLong();

    private AtomicFile() {}

    /** The content of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the content.
         *
         * @param out the stream to write to
         * @throws IOException if writing fails
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, replacing an existing one. A symbolic link is followed: the file that it points to is written. The permissions
     * of an existing file are kept. A target that is not a regular file, such as a device or a pipe, is written to directly.
     *
     * @param file the file, in a folder that exists
     * @param content what to write
     * @throws IOException if it cannot be written; an existing file is kept then
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = target(file);
        if (Files.isDirectory(target)) throw new FileSystemException(file.toString(), null, "Is a directory");
        boolean isOld = Files.exists(target);
        if (isOld && !Files.isRegularFile(target)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target, WRITE), BUFFER)) {
                content.writeTo(out);
            }
            return;
        }
        if (isOld && !Files.isWritable(target)) throw new AccessDeniedException(file.toString());
        Path temporaryFile = temporaryFile(target);
        try {
            try (FileChannel channel = FileChannel.open(temporaryFile, CREATE_NEW, WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            if (isOld) copyPermissions(target, temporaryFile);
            rename(temporaryFile, target);
        } finally {
            Files.deleteIfExists(temporaryFile);
        }
    }

    /** The target of a chain of symbolic links, whether it exists or not. */
    private static Path target(Path file) throws IOException {
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) throw new FileSystemException(file.toString(), null, "too many symbolic links");
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    /** The name of a temporary file, unique to this process. It is short, since the file's name may already have the maximum length. */
    private static Path temporaryFile(Path file) {
        String name = "." + Integer.toHexString(file.getFileName().hashCode()) + "-"
                + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + PARTIAL_SUFFIX;
        return file.resolveSibling(name);
    }

    private static void copyPermissions(Path from, Path to) throws IOException {
        if (!from.getFileSystem().supportedFileAttributeViews().contains("posix")) return;
        Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
