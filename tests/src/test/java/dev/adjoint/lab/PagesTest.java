package dev.adjoint.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.adjoint.cli.Main;
import dev.adjoint.datasets.IdxFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The lab's experiments that do not depend on timing, and the pages of the lab and of training. */
class PagesTest {
    @TempDir
    private Path folder;

    @Test
    void experimentsWithoutTimingConfirmTheory() {
        StringBuilder text = new StringBuilder();
        List<JsonObject> points = new ArrayList<>();
        Modes modes = Modes.run(
                List.of("differences", "orders"),
                text::append,
                line -> points.add(JsonParser.parseString(line).getAsJsonObject()));
        assertTrue(modes.held(), text.toString());
        assertTrue(text.toString().contains("without an order gives 6, a topological order 4"), text.toString());
        assertTrue(text.toString().contains("float64: the error grows as h^1.0"), text.toString());
        JsonObject first = points.get(0);
        assertEquals("adjoint", first.get("engine").getAsString());
        assertEquals("differences", first.get("lab").getAsString());
        assertTrue(first.has("h") && first.has("error") && first.has("jdk"), first.toString());
        assertThrows(IllegalArgumentException.class, () -> Modes.run(List.of("depths"), t -> {}, t -> {}));
    }

    @Test
    void failedClaimIsReported() {
        ExperimentResult finding = new ExperimentResult("x", "A title", "a claim", "a theory");
        finding.say(true, "one thing");
        finding.say(false, "another");
        assertTrue(finding.text(3).contains("another — deviates from theory"), finding.text(3));
        assertTrue(finding.text(3).endsWith("the claim did not hold throughout\n"), finding.text(3));
        assertEquals(
                1.5, Measure.slope(List.of(new double[] {1, 9}, new double[] {4, 8}, new double[] {16, 64}), 2), 1e-12);
    }

    @Test
    void modesPageShowsSectionsAndPlots() {
        Path page = folder.resolve("modes.html");
        Modes.run(List.of("differences", "orders"), t -> {}, t -> {}).html(page);
        try (Browser browser = Browser.open()) {
            browser.show(page, "");
            assertEquals(2, browser.driver.findElements(By.tagName("section")).size());
            assertEquals(
                    3,
                    browser.driver.findElements(By.cssSelector("figure > svg")).size());
            assertEquals(2, browser.driver.findElements(By.className("held")).size());
            browser.driver.findElement(By.id("theme")).click();
            browser.assertQuiet();
        }
    }

    @Test
    void trainingReportShowsItsSections() {
        Path data = IdxFiles.write(folder.resolve("data"), 300, 60);
        StringWriter err = new StringWriter();
        int exit = Main.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                ("mnist --json --epochs 1 --layers 784,16,10 --data " + data + " --out " + folder.resolve("run"))
                        .split(" "));
        assertEquals(0, exit, err.toString());
        try (Browser browser = Browser.open()) {
            browser.show(folder.resolve("run/report.html"), "");
            assertEquals(
                    11,
                    browser.driver.findElements(By.cssSelector("#confusion tr")).size());
            assertEquals(
                    16,
                    browser.driver.findElements(By.cssSelector("#units canvas")).size());
            assertTrue(
                    browser.driver.findElements(By.cssSelector("#wrong figure")).size() > 0);
            assertEquals(
                    4,
                    browser.driver
                            .findElements(By.cssSelector("#gradients figure"))
                            .size());
            assertEquals(
                    2,
                    browser.driver
                            .findElements(By.cssSelector("#curves figure"))
                            .size());
            browser.assertQuiet();
        }
    }
}
