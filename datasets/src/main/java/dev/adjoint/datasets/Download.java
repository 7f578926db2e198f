package dev.adjoint.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is fetched once and then kept. What an interrupted fetch has brought is kept too, and the next one goes on from
 * there, at whichever mirror answers; the file gets its name only when its checksum is right.
 *
 * @param folder where it is kept
 * @param name its name there
 * @param mirrors where it can be had, the best first
 * @param md5 its publishers' checksum
 */
record Download(Path folder, String name, List<URI> mirrors, String md5) {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int PIECE = 1 << 16;

    /** The file, fetched if it is not there yet. */
    Path file() {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
            if (md5.equals(checksum(file))) return file;
            LOG.warn("{}: its MD5 is not {}; it is fetched again", file, md5);
        }
        List<String> failures = new ArrayList<>();
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        for (URI mirror : mirrors) {
            try {
                fetch(client, mirror, file);
                return file;
            } catch (IOException e) {
                LOG.debug("{}", mirror, e);
                failures.add(mirror.getHost() + ": " + reason(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DataException(name + ": interrupted while it was fetched; start again to go on", e);
            }
        }
        throw new DataException(name + ": cannot be fetched (" + String.join("; ", failures)
                + "); try again where there is a network, or put the file, MD5 " + md5 + ", into " + folder);
    }

    /** Adds what is missing to what is there, from one mirror. */
    private void fetch(HttpClient client, URI mirror, Path file) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path partial = folder.resolve(name + WholeFile.UNFINISHED);
        long there = Files.exists(partial) ? Files.size(partial) : 0;
        HttpRequest.Builder request = HttpRequest.newBuilder(mirror).timeout(ANSWER);
        if (there > 0) request.header("Range", "bytes=" + there + "-");
        LOG.info("{}: {}", there > 0 ? "going on after " + there + " bytes" : "fetching", mirror);
        HttpResponse<InputStream> response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            switch (response.statusCode()) {
                case OK -> append(body, partial, StandardOpenOption.TRUNCATE_EXISTING);
                case PARTIAL -> append(body, partial, StandardOpenOption.APPEND);
                // All of it is there, or too much, which the checksum tells.
                case RANGE_NOT_SATISFIABLE -> LOG.debug("nothing more to fetch");
                default -> throw new IOException("answers " + response.statusCode());
            }
        }
        String actual = checksum(partial);
        if (!actual.equals(md5)) {
            Files.delete(partial);
            throw new IOException("sent a file with MD5 " + actual + ", expected " + md5);
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void append(InputStream body, Path partial, StandardOpenOption how) throws IOException {
        try (OutputStream out = Files.newOutputStream(partial, StandardOpenOption.CREATE, how)) {
            body.transferTo(out);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) return "no connection";
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String checksum(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) digest.update(piece, 0, n);
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e + "); check its permissions", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
