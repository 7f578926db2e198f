package dev.adjoint.lab;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes self-contained HTML pages from a template and data; they need no network. */
public final class Page {
    /** Gson escapes characters that could end a script element; NaN and Infinity, which are not valid JSON, are valid JavaScript. */
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private static final String DATA = "/*DATA*/null";
    private static final String STYLE = "/*STYLE*/";
    private static final String CHARTS = "/*CHARTS*/";

    private Page() {}

    /**
     * Writes a page atomically, through a temporary file.
     *
     * @param file the file to write; its folder is created if necessary
     * @param template the template, a resource in the package of this class
     * @param data the data that the template's script shows
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, String template, Object data) {
        String page = resource(template)
                .replace(STYLE, resource("page.css"))
                .replace(CHARTS, resource("charts.js"))
                .replace(DATA, JSON.toJson(data));
        try {
            if (file.toAbsolutePath().getParent() != null)
                Files.createDirectories(file.toAbsolutePath().getParent());
            AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
