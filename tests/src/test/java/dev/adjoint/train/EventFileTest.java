package dev.adjoint.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares event files with the bytes that TensorBoard expects, derived by hand from the format specifications. */
class EventFileTest {
    @TempDir
    private Path folder;

    @Test
    void writtenBytesFollowTheEventFileFormat() throws IOException {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(2), ZoneOffset.UTC);
        try (EventFile events = EventFile.create(folder, clock)) {
            events.scalar("a/b", 300, 0.5);
        }
        Path file = Files.list(folder).findFirst().orElseThrow();
        assertEquals("events.out.tfevents.2000.adjoint", file.getFileName().toString());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        // Time 2.0, step 0, version; then time 2.0, step 300, a summary of one value with name and number.
        assertArrayEquals(
                HexFormat.of().parseHex("09" + "0000000000000040" + "1000" + "1a0d" + "627261696e2e4576656e743a32"),
                record(bytes));
        assertArrayEquals(
                HexFormat.of()
                        .parseHex("09" + "0000000000000040" + "10ac02" + "2a0c" + "0a0a" + "0a03612f62" + "150000003f"),
                record(bytes));
        assertEquals(0, bytes.remaining());
    }

    /** A resumed run records its first step; otherwise TensorBoard would show repeated steps twice. */
    @Test
    void resumedRunStartsASession() throws IOException {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(2), ZoneOffset.UTC);
        try (EventFile events = EventFile.create(folder, clock);
                EventFile second = EventFile.create(folder, clock)) {
            events.restart(300);
            second.scalar("a", 1, 1); // started in the same millisecond: gets a separate file
        }
        assertEquals(2, Files.list(folder).count());
        Path file = folder.resolve("events.out.tfevents.2000.adjoint");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        record(bytes);
        // Time 2.0, step 300, session status: start.
        assertArrayEquals(
                HexFormat.of().parseHex("09" + "0000000000000040" + "10ac02" + "3a02" + "0801"), record(bytes));
    }

    /** Reads a record; its checksums are computed here bit by bit with the CRC-32C polynomial. */
    private static byte[] record(ByteBuffer bytes) {
        byte[] length = new byte[8];
        bytes.get(length);
        assertEquals(masked(length), bytes.getInt());
        byte[] data = new byte
                [(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
        bytes.get(data);
        assertEquals(masked(data), bytes.getInt());
        return data;
    }

    private static int masked(byte... data) {
        int crc = -1;
        for (byte b : data) {
            crc ^= b & 0xff;
            for (int i = 0; i < 8; i++) crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
        }
        crc = ~crc;
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }
}
