package dev.adjoint.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where results go. A file is written beside its place and then renamed, so that there is never half a file. */
record OutputFolder(Path folder) {
    /** What is written to a file. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Makes sure, before any work is done, that the folder is there and can be written to. */
    static OutputFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".writable", null));
            return new OutputFolder(folder);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "output folder " + folder + ": cannot be written (" + e + "); choose another with --out", e);
        }
    }

    void write(String name, String text) {
        write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    void write(String name, Content content) {
        Path target = folder.resolve(name);
        Path beside = folder.resolve(name + ".partial");
        try {
            try (OutputStream out = Files.newOutputStream(beside)) {
                content.writeTo(out);
            }
            Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            discard(beside);
            throw new IllegalArgumentException(
                    target + ": cannot be written (" + e + "); free some space, or choose another folder with --out",
                    e);
        }
    }

    private static void discard(Path unfinished) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            unfinished.toFile().deleteOnExit();
        }
    }
}
