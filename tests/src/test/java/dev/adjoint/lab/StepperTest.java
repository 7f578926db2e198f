package dev.adjoint.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.inspect.Graph;
import dev.adjoint.nn.Conv2d;
import dev.adjoint.nn.Flatten;
import dev.adjoint.nn.Linear;
import dev.adjoint.nn.Losses;
import dev.adjoint.nn.MaxPool2d;
import dev.adjoint.nn.Module;
import dev.adjoint.nn.ReLU;
import dev.adjoint.nn.Sequential;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The interactive page, in a real browser. */
class StepperTest {
    private static Browser browser;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        browser = Browser.open();
    }

    @AfterAll
    static void close() {
        if (browser != null) browser.close();
    }

    private Path seed() {
        Path page = folder.resolve("seed.html");
        Explain.expression("x1*x2 + sin(x1)", Map.of("x1", 2.0, "x2", 3.0)).html(page);
        return page;
    }

    private static Path net(Path page, Module model, long... shape) {
        Tensor x = Tensor.normal(new Rng(1), 0, 1, shape);
        Tensor y = Tensor.of(1, 0);
        Explain.of(model, () -> Losses.crossEntropy(model.apply(x), y), Map.of("x", x, "classes", y))
                .html(page);
        return page;
    }

    private Path mlp() {
        Rng rng = new Rng(0);
        return net(
                folder.resolve("mlp.html"),
                new Sequential(new Linear(12, 8, true, rng), new ReLU(), new Linear(8, 3, true, rng)),
                2,
                12);
    }

    private Path cnn() {
        Rng rng = new Rng(0);
        Module model = new Sequential(
                new Sequential(new Conv2d(1, 3, 3, 1, 1, 1, 1, true, rng), new ReLU(), new MaxPool2d(2)),
                new Flatten(),
                new Linear(3 * 16, 3, true, rng));
        return net(folder.resolve("cnn.html"), model, 2, 1, 8, 8);
    }

    private static String text(String id) {
        return browser.driver.findElement(By.id(id)).getText();
    }

    private static void click(String id) {
        browser.driver.findElement(By.id(id)).click();
    }

    private static void press(CharSequence key) {
        browser.driver.switchTo().activeElement().sendKeys(key);
    }

    private static List<WebElement> units() {
        return browser.driver.findElements(By.cssSelector(".unit"));
    }

    /** The current step and the number of steps, such as 2/6. */
    private static String place() {
        return text("now").replaceAll("Step (\\d+) of (\\d+).*", "$1/$2");
    }

    private static String box(String name) {
        return units().stream()
                .map(WebElement::getText)
                .filter(text -> text.startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void stepsForwardAndBackThroughTheExample() {
        browser.show(seed(), "");
        String[] shown = new String[7];
        for (int step = 0; step <= 6; step++) {
            assertEquals(step + "/6", place());
            shown[step] = text("stage") + text("trace");
            if (step < 6) click("next");
        }
        assertTrue(shown[0].contains("= 2") && !shown[0].contains("0.909297"), shown[0]);
        assertTrue(shown[1].contains("w1 = sin(x1) = 0.909297"), shown[1]);
        assertTrue(shown[3].contains("w3 = w2 + w1 = 6.909297") && !shown[3].contains("2.583853"), shown[3]);
        assertTrue(shown[4].contains("w̄3 = 1") && shown[4].contains("w̄2 += w̄3 = 1"), shown[4]);
        assertTrue(shown[5].contains("x̄1 += w̄2·x2 = 3") && shown[5].contains("∂ incomplete"), shown[5]);
        assertTrue(shown[6].contains("x̄1 += w̄1·cos(x1) = −0.416147"), shown[6]);
        assertTrue(box("x1").contains("∂ 2.583853"), box("x1"));
        assertTrue(box("x2").contains("∂ 2"), box("x2"));
        for (int step = 6; step >= 0; step--) {
            assertEquals(shown[step], text("stage") + text("trace"), "at step " + step + " on the way back");
            if (step > 0) click("back");
        }
        browser.assertQuiet();
    }

    @Test
    void keysAndSliderMoveThroughTheSteps() {
        browser.show(seed(), "#4");
        assertEquals("4/6", place());
        press(Keys.ARROW_RIGHT);
        assertEquals("5/6", place());
        press(Keys.ARROW_LEFT);
        press(Keys.ARROW_LEFT);
        assertEquals("3/6", place());
        press(Keys.END);
        assertEquals("6/6", place());
        press(Keys.ARROW_RIGHT);
        assertEquals("6/6", place());
        press(Keys.HOME);
        assertEquals("0/6", place());
        browser.run("const s = document.getElementById('slider'); s.value = 2; s.dispatchEvent(new Event('input'));");
        assertEquals("2/6", place());
        press(" ");
        assertEquals("pause", text("play"));
        press(" ");
        assertEquals("play", text("play"));
        // A vertex can be selected with the keyboard and shows its details.
        browser.run("document.querySelectorAll('.unit')[3].focus()");
        press(Keys.ENTER);
        assertTrue(text("detail").contains("w2 = x1·x2") && text("detail").contains("switcher"), text("detail"));
        browser.assertQuiet();
    }

    @Test
    void layersCollapseAndExpand() {
        browser.show(mlp(), "#end");
        int folded = units().size();
        assertTrue(box("▸ 0 Linear").contains("3 vertices"), box("▸ 0 Linear"));
        browser.driver.findElement(By.cssSelector(".unit.folded")).click();
        assertEquals(folded + 2, units().size());
        assertTrue(text("now").contains("Every gradient is known"), text("now"));
        press("-");
        assertEquals(folded, units().size());
        press("+");
        assertEquals(folded + 4, units().size());
        click("fold");
        assertEquals(folded, units().size());
        for (int i = 0; i < 20; i++) press(Keys.ARROW_LEFT);
        assertTrue(place().startsWith("0/"), place());
        browser.show(cnn(), "");
        assertTrue(box("▸ 0 Sequential").contains("vertices"));
        browser.driver.findElement(By.cssSelector(".unit.folded")).click();
        assertTrue(box("▸ 0 Conv2d").contains("vertices"), "a layer within a layer");
        browser.assertQuiet();
    }

    @Test
    void boxesDoNotOverlapAndTextIsNotClipped() {
        for (Path page : List.of(seed(), mlp(), cnn())) {
            for (boolean open : new boolean[] {false, true}) {
                browser.show(page, "#end");
                if (open) click("unfold");
                List<List<Object>> faults = browser.run("const faults = [];"
                        + "const boxes = [...document.querySelectorAll('.unit > rect:first-of-type')].map(r => r.getBoundingClientRect());"
                        + "boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, k) => {"
                        + "  if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) faults.push([i, i + 1 + k]); }));"
                        + "document.querySelectorAll('.unit').forEach((u, i) => { const r = u.querySelector('rect').getBoundingClientRect();"
                        + "  u.querySelectorAll('text').forEach(t => { const b = t.getBoundingClientRect();"
                        + "    if (b.width && (b.right > r.right + 1 || b.left < r.left - 1 || b.bottom > r.bottom + 1)) faults.push([i, t.textContent]); }); });"
                        + "return faults;");
                assertEquals(List.of(), faults, page + (open ? ", unfolded" : ""));
            }
        }
    }

    @Test
    void contrastIsSufficientInLightAndDarkMode() {
        String paper = "return getComputedStyle(document.body).backgroundColor";
        browser.prefer("light");
        browser.show(seed(), "");
        String light = browser.run(paper);
        click("theme");
        String dark = browser.run(paper);
        assertNotEquals(light, dark);
        browser.prefer("dark");
        browser.show(seed(), "");
        assertEquals(dark, browser.run(paper));
        for (String scheme : List.of("light", "dark")) {
            browser.prefer(scheme);
            browser.show(seed(), "#end");
            // The WCAG contrast ratio between text and background.
            for (String selector : List.of(
                    "body", "#lead", "#trace .v", "#trace .g", ".unit .value", ".unit .gradient", ".unit .role")) {
                double contrast = browser.<Number>run(CONTRAST, selector).doubleValue();
                assertTrue(contrast >= 4.5, scheme + " " + selector + ": " + contrast);
            }
        }
        browser.prefer("light");
        browser.assertQuiet();
    }

    private static final String CONTRAST =
            "const e = document.querySelector(arguments[0]), svg = e.namespaceURI.endsWith('svg');"
                    + "const rgb = c => c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255).map(x => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);"
                    + "const lum = c => { const [r, g, b] = rgb(c); return .2126 * r + .7152 * g + .0722 * b; };"
                    + "let back = svg ? getComputedStyle(e.parentNode.querySelector('rect')).fill : null, p = e;"
                    + "while (!back) { const b = getComputedStyle(p).backgroundColor; if (!b.startsWith('rgba(0, 0, 0, 0')) back = b; p = p.parentElement; }"
                    + "const s = getComputedStyle(e), a = lum(svg ? s.fill : s.color), b = lum(back);"
                    + "return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);";

    @Test
    void graphWithTenThousandVerticesIsShown() {
        Path page = folder.resolve("long.html");
        Tensor x = Tensor.of(0.5).requiresGrad(true);
        Graph graph = Graph.trace(() -> {
            Tensor y = x;
            for (int i = 0; i < 5000; i++) y = y.sin().add(x);
            return y;
        });
        Explain.of(graph, Map.of("x", x)).html(page);
        long start = System.nanoTime();
        browser.show(page, "#end");
        assertTrue(text("now").contains("Every gradient is known"), text("now"));
        assertTrue(units().size() < 80, "units: " + units().size());
        browser.driver.findElement(By.cssSelector(".unit.folded")).click();
        browser.driver.findElements(By.cssSelector(".unit.folded")).get(1).click();
        press(Keys.HOME);
        press(Keys.ARROW_RIGHT);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds < 20, "seconds: " + seconds);
        browser.assertQuiet();
    }
}
