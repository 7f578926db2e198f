package dev.adjoint.cli;

import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where results go. A file is written beside its place and then renamed, so that there is never half a file. */
record OutputFolder(Path folder) {
    /** Makes sure, before any work is done, that the folder is there and can be written to. */
    static OutputFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            // Not a temporary file: the generator of its random name takes a while to start.
            Path probe = folder.resolve(".writable-" + ProcessHandle.current().pid());
            Files.delete(Files.write(probe, new byte[0]));
            return new OutputFolder(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "output folder " + folder + ": cannot be written: " + IoErrorMessage.of(e)
                            + " (--out names another folder)",
                    e);
        }
    }

    void write(String name, String text) {
        write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    void write(String name, AtomicFile.Content content) {
        Path target = folder.resolve(name);
        try {
            AtomicFile.write(target, content);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    target + ": cannot be written: " + IoErrorMessage.of(e) + " (--out names another folder)", e);
        }
    }
}
