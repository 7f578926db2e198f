package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.adjoint.datasets.Mnist.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a test server that interrupts transfers, sends wrong content and fails. */
class DownloadTest {
    private static final int LENGTH = 300_000;

    @TempDir
    private Path folder;

    private final byte[] content = new byte[LENGTH];
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private String address;

    @BeforeEach
    void serve() throws IOException {
        new Random(1).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        address = "http://localhost:" + server.getAddress().getPort();
        server.createContext("/whole", this::whole);
        server.createContext("/half", exchange -> {
            note(exchange);
            exchange.sendResponseHeaders(200, LENGTH);
            OutputStream out = exchange.getResponseBody();
            out.write(content, 0, LENGTH / 2);
            out.flush();
            exchange.close();
        });
        server.createContext("/silent", exchange -> {
            note(exchange);
            exchange.sendResponseHeaders(200, LENGTH);
            exchange.getResponseBody().write(content, 0, LENGTH / 3);
            exchange.getResponseBody().flush();
        });
        server.createContext("/wrong", exchange -> {
            note(exchange);
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write(new byte[3]);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        System.clearProperty("adjoint.cache");
        System.clearProperty("adjoint.mirror");
    }

    private void note(HttpExchange exchange) {
        requests.add(exchange.getRequestURI().getPath() + " "
                + exchange.getRequestHeaders().getFirst("Range"));
    }

    private void whole(HttpExchange exchange) throws IOException {
        note(exchange);
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.sendResponseHeaders(range == null ? 200 : 206, LENGTH - from);
        exchange.getResponseBody().write(content, from, LENGTH - from);
        exchange.close();
    }

    private Download download(String... paths) throws IOException {
        return download(Duration.ofSeconds(30), paths);
    }

    private Download download(Duration patience, String... paths) throws IOException {
        List<URI> mirrors =
                Arrays.stream(paths).map(path -> URI.create(address + path)).toList();
        return new Download(folder, "file", mirrors, md5(content), patience);
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFileIsFetchedOnce() throws IOException {
        Path file = download("/whole").file();
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(file, download("/whole").file());
        assertEquals(List.of("/whole null"), requests);
        assertEquals(List.of(file), Files.list(folder).toList());
    }

    @Test
    void aDamagedFileIsFetchedAgain() throws IOException {
        Files.write(folder.resolve("file"), new byte[7]);
        assertArrayEquals(content, Files.readAllBytes(download("/whole").file()));
    }

    @Test
    void interruptedDownloadContinuesAtTheNextMirror() throws IOException {
        assertArrayEquals(
                content, Files.readAllBytes(download("/half", "/whole").file()));
        assertEquals(List.of("/half null", "/whole bytes=" + LENGTH / 2 + "-"), requests);
    }

    @Test
    void interruptedDownloadContinuesInTheNextRun() throws IOException {
        assertThrows(DataException.class, download("/half")::file);
        assertTrue(Files.exists(folder.resolve("file.partial")));
        assertArrayEquals(content, Files.readAllBytes(download("/whole").file()));
        assertEquals("/whole bytes=" + LENGTH / 2 + "-", requests.get(1));
    }

    @Test
    void stalledServerIsAbandoned() throws IOException {
        Path file = download(Duration.ofSeconds(2), "/silent", "/whole").file();
        assertArrayEquals(content, Files.readAllBytes(file));
        assertEquals(List.of("/silent null", "/whole bytes=" + LENGTH / 3 + "-"), requests);
    }

    @Test
    void downloadWithAWrongChecksumIsRejected() throws IOException {
        assertArrayEquals(
                content,
                Files.readAllBytes(download("/wrong", "/none", "/whole").file()));
    }

    @Test
    void missingNetworkIsReportedInOneLine() throws IOException {
        String message = assertThrows(DataException.class, download("/none", "/wrong")::file)
                .getMessage();
        assertEquals(1, message.lines().count());
        assertTrue(
                message.startsWith("file: cannot be downloaded (localhost: answers 404; localhost: sent a file"),
                message);
        assertTrue(message.endsWith("or put the file, MD5 " + md5(content) + ", into " + folder), message);
        assertFalse(Files.exists(folder.resolve("file")));
    }

    @Test
    void configuredMirrorIsTriedFirst() {
        System.setProperty("adjoint.cache", folder.toString());
        System.setProperty("adjoint.mirror", "http://class.room/data");
        for (ImageSet set : ImageSet.values()) {
            List<URI> addresses = set.addresses("x.gz");
            assertEquals("class.room", addresses.get(0).getHost());
            assertTrue(addresses.get(0).getPath().matches("/data/[a-z0-9-]+/x.gz"), addresses::toString);
            assertTrue(addresses.size() >= 3, addresses::toString);
            assertEquals(10, set.classes().size());
        }
        assertEquals(folder, CacheFolder.find());
    }

    @Test
    void cacheFolderFollowsThePlatformConvention() {
        assertEquals(Path.of("/h/.cache/adjoint"), CacheFolder.of("Linux", "/h", Map.of()));
        assertEquals(Path.of("/x/adjoint"), CacheFolder.of("Linux", "/h", Map.of("XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/h/.cache/adjoint"), CacheFolder.of("Linux", "/h", Map.of("XDG_CACHE_HOME", "x")));
        assertEquals(Path.of("/h/Library/Caches/adjoint"), CacheFolder.of("Mac OS X", "/h", Map.of()));
        assertEquals(Path.of("/l/adjoint/Cache"), CacheFolder.of("Windows 11", "/h", Map.of("LOCALAPPDATA", "/l")));
        assertEquals(Path.of("/own"), CacheFolder.of("Windows 11", "/h", Map.of("ADJOINT_CACHE", "/own")));
    }

    @Test
    void cifarArchiveIsReadAsColourImages() throws IOException {
        Path file = folder.resolve("cifar.tar.gz");
        byte[] records = new byte[10_000 * 3073];
        for (int i = 0; i < 10_000; i++) {
            records[i * 3073] = (byte) (i % 10);
            Arrays.fill(records, i * 3073 + 1, (i + 1) * 3073, (byte) (i % 251));
            records[i * 3073 + 1 + 2 * 1024] = (byte) 255; // the first blue pixel
        }
        Files.write(file, archive(records));
        ImageDataset data = ImageSet.cifar(file, Split.TEST);
        assertEquals(10_000, data.size());
        assertEquals(List.of(3, 32, 32), List.of(data.channels(), data.height(), data.width()));
        float[] image = data.inputs(4321).toFloats();
        assertEquals(3 * 32 * 32, image.length);
        assertEquals(1, image[2 * 1024]);
        assertEquals(4321 % 251 / 255f, image[2 * 1024 + 1], 1e-7f);
        assertEquals(1, data.label(4321));
        assertThrows(DataException.class, () -> ImageSet.cifar(file, Split.TRAIN));
        records[5 * 3073] = 10;
        Files.write(file, archive(records));
        assertThrows(DataException.class, () -> ImageSet.cifar(file, Split.TEST));
    }

    private static byte[] archive(byte[] records) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            TarArchiveEntry entry = new TarArchiveEntry("cifar-10-batches-bin/test_batch.bin");
            entry.setSize(records.length);
            tar.putArchiveEntry(entry);
            tar.write(records);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void rowsBecomeColumns() {
        byte[] pixels = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
        ImageDataset turned = ImageDataset.of(pixels, new byte[2], 1, 2, 3, 1).transposed();
        assertEquals(List.of(3, 2), List.of(turned.height(), turned.width()));
        float[] second = turned.inputs(1).toFloats();
        float[] expected = {11, 14, 12, 15, 13, 16};
        for (int i = 0; i < 6; i++) assertEquals(expected[i] / 255, second[i], 1e-7f);
    }
}
