package dev.adjoint.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Generates the documentation site from the guide's pages; {@code mvn -Pdocs package -DskipTests} runs it and adds the Javadoc. */
public final class Site {
    /** The pages in order, with their titles in the menu. */
    private static final Map<String, String> PAGES = new LinkedHashMap<>();

    static {
        PAGES.put("index", "Adjoint");
        PAGES.put("engine", "The engine");
        PAGES.put("layers", "Layers");
        PAGES.put("training", "Training");
        PAGES.put("checking", "Checking gradients");
        PAGES.put("performance", "Performance");
        PAGES.put("landmines", "Landmines");
        PAGES.put("lab", "The lab");
        PAGES.put("course", "In a course");
    }

    private static final String GUIDE = "examples/guide";

    private Site() {}

    /**
     * Writes the pages.
     *
     * @param args the project folder and the site folder
     * @throws IOException if a page cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        Path project = Path.of(args[0]);
        Path site = Files.createDirectories(Path.of(args[1]));
        for (Map.Entry<String, String> page : PAGES.entrySet()) {
            Path source = page.getKey().equals("performance")
                    ? project.resolve("autograd/PERFORMANCE.md")
                    : project.resolve(GUIDE).resolve(page.getKey() + ".md");
            Files.writeString(
                    site.resolve(page.getKey() + ".html"),
                    page(page.getKey(), Files.readString(source)),
                    StandardCharsets.UTF_8);
        }
        try (Stream<Path> files = Files.list(project.resolve(GUIDE))) {
            for (Path picture :
                    files.filter(file -> file.toString().endsWith(".png")).toList()) {
                Files.copy(picture, site.resolve(picture.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String page(String name, String markdown) {
        List<Extension> tables = List.of(TablesExtension.create());
        String body = HtmlRenderer.builder()
                .extensions(tables)
                .build()
                .render(Parser.builder().extensions(tables).build().parse(markdown));
        StringBuilder menu = new StringBuilder();
        PAGES.forEach((key, title) -> menu.append("<a href=\"")
                .append(key)
                .append(".html\"")
                .append(key.equals(name) ? " aria-current=\"page\"" : "")
                .append(">")
                .append(title)
                .append("</a>\n"));
        menu.append("<a href=\"apidocs/index.html\">Javadoc</a>\n");
        return Page.resource("guide.html")
                .replace("/*STYLE*/", Page.resource("page.css"))
                .replace("<!--TITLE-->", PAGES.get(name))
                .replace("<!--MENU-->", menu)
                .replace("<!--BODY-->", body.replaceAll("href=\"(\\w+)\\.md\"", "href=\"$1.html\""));
    }
}
