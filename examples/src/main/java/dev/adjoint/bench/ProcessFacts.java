package dev.adjoint.bench;

import dev.adjoint.autograd.internal.support.NativeLibraries;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/** The running time and memory of this process. */
public final class ProcessFacts {
    private static final int KILOBYTE = 1024;

    private ProcessFacts() {}

    /**
     * Returns the time since the JVM started.
     *
     * @return seconds
     */
    public static double secondsSinceStart() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }

    /**
     * Returns the peak resident memory of this process, or the current one if the system does not report the peak.
     *
     * @return kilobytes
     */
    public static long peakResidentKilobytes() {
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

    /**
     * Returns the current resident memory of this process.
     *
     * @return kilobytes
     */
    public static long residentKilobytes() {
        NativeLibraries.startOpenBlas(); // which starts JavaCPP
        return Pointer.physicalBytes() / KILOBYTE;
    }
}
