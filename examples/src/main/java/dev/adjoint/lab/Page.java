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

/** Pages that stand alone: a template of ours with data put into it, no network needed. */
public final class Page {
    /** Gson escapes what could end a script in HTML; NaN and Infinity, which are no JSON, are JavaScript. */
    private static final Gson JSON =
            new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private static final String DATA = "/*DATA*/null";
    private static final String STYLE = "/*STYLE*/";
    private static final String CHARTS = "/*CHARTS*/";

    private Page() {}

    /**
     * Writes a page, beside its place first.
     *
     * @param file the page; its folder is made if it is not there
     * @param template a resource beside this class
     * @param data what the template's script shows
     * @throws UncheckedIOException if it cannot be written
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
