package dev.adjoint.train;

import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file with scalars: records (length, checksum, data, checksum) of TensorFlow Event protocol-buffer
 * messages, each with a time, a step and a named value.
 */
public final class EventFile implements AutoCloseable {
    /** Added to the rotated CRC, since a CRC over data that contains plain CRCs is problematic. */
    private static final int MASK = 0xa282ead8;

    private static final int ROTATION = 15;

    /** Protocol-buffer field tags: the field number, with the wire type in the low three bits. */
    private static final int EVENT_TIME = 1 << 3 | 1;

    private static final int EVENT_STEP = 2 << 3;
    private static final int EVENT_VERSION = 3 << 3 | 2;
    private static final int EVENT_SUMMARY = 5 << 3 | 2;
    private static final int EVENT_SESSION = 7 << 3 | 2;
    private static final int SESSION_STATUS = 1 << 3;
    private static final int SESSION_START = 1;
    private static final int MAX_ATTEMPTS = 1000;
    private static final int SUMMARY_VALUE = 1 << 3 | 2;
    private static final int VALUE_TAG = 1 << 3 | 2;
    private static final int VALUE_NUMBER = 2 << 3 | 5;

    private final OutputStream out;
    private final Clock clock;

    private EventFile(OutputStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /**
     * Creates a new event file in a directory.
     *
     * @param folder the directory, created if it does not exist
     * @return the file
     * @throws UncheckedIOException if it cannot be written
     */
    public static EventFile create(Path folder) {
        return create(folder, Clock.systemUTC());
    }

    static EventFile create(Path folder, Clock clock) {
        try {
            Files.createDirectories(folder);
            EventFile events = new EventFile(new BufferedOutputStream(newFile(folder, clock.millis())), clock);
            events.record(events.newEvent(0).bytes(EVENT_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    /** Creates a file with an unused name, also if another run starts in the same millisecond. */
    private static OutputStream newFile(Path folder, long millis) throws IOException {
        for (long number = millis; ; number++) {
            Path file = folder.resolve("events.out.tfevents." + number + ".adjoint");
            try {
                return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                if (number - millis > MAX_ATTEMPTS) throw e;
            }
        }
    }

    /**
     * Marks a restart: TensorBoard discards the values that older files in the directory have for this step and later ones.
     *
     * @param step the first step that is repeated
     * @throws UncheckedIOException if it cannot be written
     */
    public void restart(long step) {
        Message start = new Message().varintField(SESSION_STATUS, SESSION_START);
        try {
            record(newEvent(step).bytes(EVENT_SESSION, start.toBytes()));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("events: cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    /**
     * Writes a scalar.
     *
     * @param name its name; TensorBoard groups scalars by the part before a slash
     * @param step the step
     * @param value the value
     * @throws UncheckedIOException if it cannot be written
     */
    public void scalar(String name, long step, double value) {
        Message number = new Message().bytes(VALUE_TAG, name.getBytes(StandardCharsets.UTF_8));
        number.fixed(VALUE_NUMBER, Float.BYTES).putFloat((float) value);
        Message summary = new Message().bytes(SUMMARY_VALUE, number.toBytes());
        try {
            record(newEvent(step).bytes(EVENT_SUMMARY, summary.toBytes()));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("events: cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    private Message newEvent(long step) {
        Message event = new Message();
        event.fixed(EVENT_TIME, Double.BYTES).putDouble(clock.millis() / 1e3);
        return event.varintField(EVENT_STEP, step);
    }

    private void record(Message event) throws IOException {
        byte[] data = event.toBytes();
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(data.length)
                .array();
        out.write(length);
        out.write(checksum(length));
        out.write(data);
        out.write(checksum(data));
    }

    private static byte[] checksum(byte... data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        int masked = Integer.rotateRight((int) crc.getValue(), ROTATION) + MASK;
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("events: cannot be written: " + IoErrorMessage.of(e), e);
        }
    }

    /** A protocol-buffer message under construction. */
    private static final class Message {
        private final ByteArrayOutputStream fields = new ByteArrayOutputStream();
        private ByteBuffer fixed;

        /** Adds a fixed-width field; the caller writes its value to the returned buffer. */
        ByteBuffer fixed(int tag, int bytes) {
            flushFixedField();
            fields.write(tag);
            fixed = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
            return fixed;
        }

        Message varintField(int tag, long value) {
            flushFixedField();
            fields.write(tag);
            varint(value);
            return this;
        }

        Message bytes(int tag, byte... value) {
            flushFixedField();
            fields.write(tag);
            varint(value.length);
            fields.writeBytes(value);
            return this;
        }

        /** Writes a varint: seven bits per byte, lowest first; the eighth bit is set if more bytes follow. */
        private void varint(long value) {
            long rest = value;
            for (; (rest & ~0x7f) != 0; rest >>>= 7) fields.write((int) (rest & 0x7f | 0x80));
            fields.write((int) rest);
        }

        private void flushFixedField() {
            if (fixed != null) fields.writeBytes(fixed.array());
            fixed = null;
        }

        byte[] toBytes() {
            flushFixedField();
            return fields.toByteArray();
        }
    }
}
