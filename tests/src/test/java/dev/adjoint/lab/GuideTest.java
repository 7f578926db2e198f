package dev.adjoint.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.testing.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java block of the guide is compiled and run, and prints the output shown; those of the README are compiled, the first is run. */
class GuideTest {
    private static final Path GUIDE = Path.of("examples/guide");
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```\\n(?:\\n```\\n(.*?)```)?", Pattern.DOTALL);

    @TempDir
    private Path folder;

    static Stream<Arguments> blocks() throws IOException {
        Stream.Builder<Arguments> all = Stream.builder();
        try (Stream<Path> pages = Files.list(GUIDE)) {
            for (Path page : pages.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                Matcher blocks = BLOCK.matcher(Files.readString(page));
                for (int i = 1; blocks.find(); i++) {
                    all.add(Arguments.argumentSet(page.getFileName() + " " + i, blocks.group(1)));
                }
            }
        }
        return all.build();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void guideCodePrintsWhatItsCommentsShow(String code) throws Exception {
        List<String> expectedOutput = Snippet.expectedOutput(code);
        assertEquals(expectedOutput, Snippet.run(folder, "Block", code), code);
    }

    @Test
    void readmeCodeCompilesAndPrintsItsOutput() throws Exception {
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("README.md")));
        assertTrue(blocks.find());
        String printed = String.join("\n", Snippet.run(folder, "First", blocks.group(1))) + "\n";
        assertEquals(blocks.group(2), printed);
        int count = 0;
        StringBuilder before = new StringBuilder();
        while (blocks.find()) {
            String code = blocks.group(1);
            // This block continues the previous one.
            boolean goesOn = code.startsWith("trainer.");
            if (!goesOn) before.setLength(0);
            before.append(code);
            Snippet.compile(folder, "Block" + ++count, before.toString());
        }
        assertTrue(count >= 4, "blocks: " + count);
    }

    @Test
    void everyPageIsInTheSiteAndEveryLinkResolves() throws IOException {
        Path site = folder.resolve("site");
        Site.main(new String[] {".", site.toString()});
        Pattern link = Pattern.compile("(?:href|src)=\"([^\"#:]+)\"");
        try (Stream<Path> pages = Files.list(GUIDE)) {
            for (Path page :
                    pages.filter(file -> file.toString().endsWith(".md")).toList()) {
                String name = page.getFileName().toString().replace(".md", ".html");
                String html = Files.readString(site.resolve(name));
                assertFalse(html.contains("<!--"), name);
                Matcher links = link.matcher(html);
                while (links.find()) {
                    String target = links.group(1);
                    boolean javadoc = target.startsWith("apidocs/");
                    assertTrue(javadoc || Files.exists(site.resolve(target)), name + " leads to " + target);
                }
            }
        }
    }
}
