package dev.adjoint.examples;

import dev.adjoint.autograd.internal.support.NativeLibraries;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/** What the operating system knows of this process. */
final class ProcessFacts {
    private static final int KILOBYTE = 1024;

    private ProcessFacts() {}

    static double secondsSinceStart() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }

    /** The most memory this process has held so far; where only the present amount can be had, that. */
    static long peakResidentKilobytes() {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            try {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", ""));
                }
            } catch (IOException e) {
                return residentKilobytes();
            }
        }
        return residentKilobytes();
    }

    /** The memory that this process holds now. */
    static long residentKilobytes() {
        NativeLibraries.startOpenBlas(); // which starts JavaCPP
        return Pointer.physicalBytes() / KILOBYTE;
    }
}
