package dev.adjoint.testing;

import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.cli.Main;
import dev.adjoint.datasets.IdxFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program for Linux: writes to locations that fail: a device that is always full, the null device, a disk of a few kilobytes, a
 * read-only disk, a path below a file. Each must end with an error that gives the reason and with an exit code, and must leave existing
 * files unchanged; a device must remain a device. Mounting disks requires privileges; without them, these parts are skipped.
 */
public final class DiskFaults {
    private static final Path FULL = Path.of("/dev/full");
    private static final Path NULL = Path.of("/dev/null");

    private final Path folder;
    private final Path data;
    private final List<String> done = new ArrayList<>();

    private DiskFaults(Path folder) throws IOException {
        this.folder = folder;
        data = IdxFiles.write(folder.resolve("data"), 400, 50);
    }

    /**
     * Runs the program.
     *
     * @param args none
     * @throws Exception if a check fails
     */
    public static void main(String[] args) throws Exception {
        System.out.println(run(Files.createTempDirectory("disks")));
    }

    /** Returns a report of the checks; throws an error if one fails. */
    public static String run(Path folder) throws Exception {
        DiskFaults runs = new DiskFaults(folder);
        if (Files.exists(FULL)) {
            runs.devices();
            runs.standardOutput();
        }
        runs.belowAFile();
        runs.fullDisk();
        runs.readOnlyDisk();
        return "disks: " + String.join(", ", runs.done);
    }

    private void devices() throws IOException {
        AtomicFile.write(NULL, out -> out.write(1));
        expect(!Files.isRegularFile(NULL), "the null device was replaced");
        Path link = Files.createSymbolicLink(folder.resolve("full.npy"), FULL);
        for (Path full : List.of(FULL, link)) {
            try {
                AtomicFile.write(full, out -> out.write(new byte[1 << 20]));
                throw new AssertionError("a full device took a megabyte");
            } catch (IOException e) {
                expect(e.getMessage().contains("No space left"), e.toString());
            }
            expect(!Files.isRegularFile(FULL), "the full device was replaced");
        }
        done.add("devices stay devices");
    }

    private void standardOutput() throws IOException, InterruptedException {
        for (String command : List.of(
                "explain",
                "mnist --json --epochs 1 --layers 784,4,10 --data " + data + " --out " + folder.resolve("run"))) {
            int exit = exit(FULL.toFile(), command);
            expect(exit != 0, command + " ended with 0 though nothing could be printed");
            expect(errors().contains("standard output cannot be written"), errors());
        }
        done.add("a full standard output is an error");
    }

    private void belowAFile() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        refused("folder", file.resolve("out"));
        expect(Files.readString(file).equals("in the way"), "the file was changed");
        done.add("below a file");
    }

    private void fullDisk() throws IOException, InterruptedException {
        Path disk = mounted("size=96k");
        if (disk == null) return;
        try {
            Path out = Files.createDirectories(disk.resolve("out"));
            Files.writeString(out.resolve("metrics.jsonl"), "old\n");
            refused("No space left", out);
            try (Stream<Path> files = Files.list(out)) {
                expect(
                        files.noneMatch(file -> file.toString().endsWith(AtomicFile.PARTIAL_SUFFIX)),
                        "an unfinished file was left");
            }
        } finally {
            unmount(disk);
        }
        done.add("a full disk");
    }

    private void readOnlyDisk() throws IOException, InterruptedException {
        Path disk = mounted("size=16m");
        if (disk == null) return;
        try {
            Path out = Files.createDirectories(disk.resolve("out"));
            expect(exit(folder.resolve("out.txt").toFile(), train(out)) == 0, errors());
            Map<String, byte[]> before = contents(out);
            call("mount", "-o", "remount,ro", disk.toString());
            refused("ead-only", out);
            Map<String, byte[]> after = contents(out);
            expect(before.keySet().equals(after.keySet()), "files came or went");
        } finally {
            unmount(disk);
        }
        done.add("a disk that can only be read");
    }

    private static Map<String, byte[]> contents(Path out) throws IOException {
        Map<String, byte[]> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(out)) {
            for (Path file : files.filter(Files::isRegularFile).toList())
                all.put(file.toString(), Files.readAllBytes(file));
        }
        return all;
    }

    private void refused(String reason, Path out) throws IOException, InterruptedException {
        int exit = exit(folder.resolve("out.txt").toFile(), train(out));
        List<String> lines =
                errors().lines().filter(line -> line.startsWith("adjoint: ")).toList();
        expect(exit != 0, "ended with 0 though " + out + " cannot be written");
        expect(lines.size() == 1 && lines.get(0).contains(reason), errors());
    }

    private String train(Path out) {
        return "mnist --epochs 2 --layers 784,64,10 --snapshot-every 1 --data " + data + " --out " + out;
    }

    private int exit(File out, String command) throws IOException, InterruptedException {
        Process process = ChildJvm.start(folder, List.of(), Main.class, out, command.split(" "));
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(command + " stood still");
        }
        return process.exitValue();
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("err.txt"));
    }

    /** Mounts an in-memory disk; returns null if this is not permitted. */
    private Path mounted(String options) throws IOException, InterruptedException {
        Path disk = Files.createTempDirectory(folder, "disk");
        return call("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString()) == 0 ? disk : null;
    }

    private static void unmount(Path disk) throws IOException, InterruptedException {
        call("umount", disk.toString());
    }

    private static int call(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // the command does not exist
        }
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) throw new AssertionError(otherwise);
    }
}
