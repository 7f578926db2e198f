package dev.adjoint.cli;

import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder for results. Files are written to a temporary name and then renamed, so that no incomplete file is left behind. */
record OutputFolder(Path folder) {
    /** Creates the folder if needed and checks that it is writable, before any work is done. */
    static OutputFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            // Not Files.createTempFile: the random generator for its name is slow to start.
            Path probe = folder.resolve(".writable-" + ProcessHandle.current().pid());
            Files.delete(Files.write(probe, new byte[0]));
            return new OutputFolder(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "output folder " + folder + ": cannot be written: " + IoErrorMessage.of(e)
                            + " (use --out for another folder)",
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
                    target + ": cannot be written: " + IoErrorMessage.of(e) + " (use --out for another folder)", e);
        }
    }
}
