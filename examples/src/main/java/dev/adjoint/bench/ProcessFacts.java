package dev.adjoint.bench;

import dev.adjoint.autograd.internal.support.NativeLibraries;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/** Time and memory of this process, as the operating system counts them. */
public final class ProcessFacts {
    private static final int KILOBYTE = 1024;

    private ProcessFacts() {}

    /**
     * The time since the process started.
     *
     * @return seconds
     */
    public static double secondsSinceStart() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }

    /**
     * The peak resident memory of this process; where the system does not report it, the present one.
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
     * The resident memory of this process now.
     *
     * @return kilobytes
     */
    public static long residentKilobytes() {
        NativeLibraries.startOpenBlas(); // which starts JavaCPP
        return Pointer.physicalBytes() / KILOBYTE;
    }
}
