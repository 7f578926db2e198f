package dev.adjoint.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium for testing pages; tests that need it are skipped if it is not installed. */
final class Browser implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("\"url\":\"([^\"]*)\"");

    final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    static Browser open() {
        File browser = find("chromium", "chromium-browser", "google-chrome");
        File control = find("chromedriver");
        Assumptions.assumeTrue(
                browser != null && control != null,
                "no browser here: install chromium and chromium-driver to have the pages driven");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service =
                new ChromeDriverService.Builder().usingDriverExecutable(control).build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().window().setSize(new Dimension(1300, 1000));
        return new Browser(driver);
    }

    private static File find(String... names) {
        for (String name : names) {
            for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
                File file = new File(folder, name);
                if (file.canExecute()) return file;
            }
        }
        return null;
    }

    void show(Path page, String place) {
        driver.get("about:blank");
        driver.get(page.toUri() + place);
    }

    @SuppressWarnings("unchecked")
    <T> T run(String script, Object... arguments) {
        return (T) driver.executeScript(script, arguments);
    }

    /** Sets the user's preferred colour scheme. */
    void prefer(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Asserts that nothing was logged and nothing was loaded from the network. */
    void assertQuiet() {
        List<LogEntry> said = driver.manage().logs().get(LogType.BROWSER).getAll();
        assertEquals(List.of(), said);
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            if (!entry.getMessage().contains("Network.requestWillBeSent\"")) continue;
            Matcher url = URL.matcher(entry.getMessage());
            while (url.find()) {
                boolean local = Arrays.asList("file", "data", "about", "blob")
                        .contains(url.group(1).split(":")[0]);
                assertEquals(true, local, url.group(1));
            }
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
