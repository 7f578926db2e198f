package dev.adjoint.datasets;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.autograd.internal.support.Warnings;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is downloaded once and then cached. An interrupted download is resumed from where it stopped, at the first mirror that
 * answers. The file gets its final name only after its checksum has been verified.
 *
 * @param folder the cache directory
 * @param name the file name
 * @param mirrors the addresses of the file, the preferred one first
 * @param md5 the MD5 checksum published with the file
 * @param timeout how long a mirror may send no data before the next one is tried
 */
record Download(Path folder, String name, List<URI> mirrors, String md5, Duration timeout) {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int BUFFER_SIZE = 1 << 16;

    Download(Path folder, String name, List<URI> mirrors, String md5) {
        this(folder, name, mirrors, md5, PATIENCE);
    }

    /** The cached file; downloads it if it is not in the cache. */
    Path file() {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
            if (md5.equals(checksum(file))) return file;
            Warnings.warn(LOG, "{}: its MD5 is not {}; downloading it again", file, md5);
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
                throw new DataException(name + ": download interrupted; run again to resume it", e);
            }
        }
        throw new DataException(name + ": cannot be downloaded (" + String.join("; ", failures)
                + "); try again where there is a network, or put the file, MD5 " + md5 + ", into " + folder);
    }

    /** Downloads the missing rest of the file from one mirror. */
    private void fetch(HttpClient client, URI mirror, Path file) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path partial = folder.resolve(name + AtomicFile.PARTIAL_SUFFIX);
        long existingBytes = size(partial);
        HttpRequest.Builder request = HttpRequest.newBuilder(mirror);
        if (existingBytes > 0) request.header("Range", "bytes=" + existingBytes + "-");
        LOG.info("{}: {}", existingBytes > 0 ? "resuming after " + existingBytes + " bytes" : "downloading", mirror);
        int status = await(client.sendAsync(request.build(), answer -> keep(answer, partial)), partial)
                .statusCode();
        // Range not satisfiable: the partial file is complete or too long; the checksum decides.
        if (status != OK && status != PARTIAL && status != RANGE_NOT_SATISFIABLE) {
            throw new IOException("answers " + status);
        }
        String actual = checksum(partial);
        if (!actual.equals(md5)) {
            Files.delete(partial);
            throw new IOException("sent a file with MD5 " + actual + ", expected " + md5);
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes data to the file as it arrives: an input stream would lose buffered data when the connection breaks. */
    private static BodySubscriber<?> keep(HttpResponse.ResponseInfo answer, Path partial) {
        return switch (answer.statusCode()) {
            case OK -> BodySubscribers.ofFile(partial, CREATE, WRITE, TRUNCATE_EXISTING);
            case PARTIAL -> BodySubscribers.ofFile(partial, WRITE, APPEND);
            default -> BodySubscribers.discarding();
        };
    }

    /** Waits for the complete response, however long it takes, as long as data keeps arriving. */
    private <T> T await(CompletableFuture<T> answer, Path partial) throws IOException, InterruptedException {
        try {
            while (true) {
                long before = size(partial);
                try {
                    return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (size(partial) == before) throw new IOException("silent for " + timeout.toSeconds() + " s", e);
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) return "no connection";
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String checksum(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] piece = new byte[BUFFER_SIZE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) digest.update(piece, 0, n);
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + IoErrorMessage.of(e), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
