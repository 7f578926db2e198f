package dev.adjoint.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one of our programs in a separate JVM with the settings of this one, including the choice of kernels. */
public final class ChildJvm {
    private static final String OUT = "out.txt";
    private static final String ERR = "err.txt";

    private ChildJvm() {}

    /** Runs a program to completion, expects exit code 0, and returns its standard output. */
    public static String run(Path folder, List<String> flags, Class<?> program, String... args)
            throws IOException, InterruptedException {
        return ended(folder, start(folder, flags, program, args));
    }

    private static String ended(Path folder, Process process) throws IOException, InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) process.destroyForcibly().waitFor();
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve(ERR)));
        return Files.readString(folder.resolve(OUT));
    }

    /** Same as above, with a given class path. */
    public static String run(Path folder, List<String> flags, String classPath, Class<?> program, String... args)
            throws IOException, InterruptedException {
        return ended(
                folder,
                start(folder, flags, classPath, program, folder.resolve(OUT).toFile(), args));
    }

    /** Starts a program and redirects its output to files in the folder. */
    public static Process start(Path folder, List<String> flags, Class<?> program, String... args) throws IOException {
        return start(folder, flags, program, folder.resolve(OUT).toFile(), args);
    }

    /** Same as above, with standard output redirected to a given file or device. */
    public static Process start(Path folder, List<String> flags, Class<?> program, File out, String... args)
            throws IOException {
        return start(folder, flags, System.getProperty("java.class.path"), program, out, args);
    }

    private static Process start(
            Path folder, List<String> flags, String classPath, Class<?> program, File out, String... args)
            throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-javaagent"))
                .forEach(java.command()::add);
        java.command().addAll(flags);
        java.command().addAll(List.of("-cp", classPath, program.getName()));
        java.command().addAll(List.of(args));
        return java.redirectOutput(out)
                .redirectError(folder.resolve(ERR).toFile())
                .start();
    }
}
