package dev.adjoint.datasets;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The cache directory for downloaded files, by the convention of each platform. */
final class CacheFolder {
    private static final String APPLICATION = "adjoint";

    private CacheFolder() {}

    /**
     * The cache directory: the system property {@code adjoint.cache} or the environment variable {@code ADJOINT_CACHE}, or else
     * {@code ~/Library/Caches/adjoint} on macOS, {@code %LOCALAPPDATA%\adjoint\Cache} on Windows, and elsewhere, by the XDG Base
     * Directory Specification, {@code $XDG_CACHE_HOME/adjoint} or {@code ~/.cache/adjoint}.
     */
    static Path find() {
        String override = System.getProperty("adjoint.cache");
        if (override == null)
            return of(System.getProperty("os.name"), System.getProperty("user.home"), System.getenv());
        try {
            if (!override.isBlank()) return Path.of(override);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "system property adjoint.cache=" + override + ": not a valid folder name (" + e.getReason() + ")",
                    e);
        }
        throw new IllegalArgumentException("system property adjoint.cache is empty: expected the name of a folder");
    }

    static Path of(String system, String home, Map<String, String> environment) {
        String override = environment.get("ADJOINT_CACHE");
        if (override != null && !override.isEmpty()) return Path.of(override);
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) return Path.of(home, "Library", "Caches", APPLICATION);
        if (name.startsWith("windows")) {
            String local = environment.get("LOCALAPPDATA");
            Path base = local == null ? Path.of(home, "AppData", "Local") : Path.of(local);
            return base.resolve(APPLICATION).resolve("Cache");
        }
        String xdg = environment.get("XDG_CACHE_HOME");
        // The specification requires relative paths to be ignored.
        boolean valid = xdg != null && Path.of(xdg).isAbsolute();
        return (valid ? Path.of(xdg) : Path.of(home, ".cache")).resolve(APPLICATION);
    }
}
