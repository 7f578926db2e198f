package dev.adjoint.datasets.files;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.AtomicFile;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import dev.adjoint.autograd.internal.io.TensorBytes;
import dev.adjoint.datasets.BinaryInput;
import dev.adjoint.datasets.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Reads and writes NumPy files: {@code .npy} holds one array, {@code .npz} several by name, as written by {@code numpy.save} and
 * {@code numpy.savez}. float32, float64 and int64 are read unchanged, float16 as float32, other integers and booleans as int64, in
 * either byte order, in C (row-major) or Fortran (column-major) order.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** Version 1: the header length is a 16-bit integer. */
    private static final int SHORT_HEADER = 1;

    private static final int LONG_HEADER = 2;
    private static final int MAX_HEADER = 1 << 16;
    /** The data begins at a multiple of this many bytes. */
    private static final int ALIGNMENT = 64;
    /** The suffix of array names in an npz file. */
    private static final String SUFFIX = ".npy";

    private static final Set<String> KINDS =
            Set.of("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1");

    /** A key of the header with its value: a quoted string, a boolean or a tuple. The order of the keys is not fixed. */
    private static final Pattern FIELD =
            Pattern.compile("\\s*(['\"])(\\w+)\\1\\s*:\\s*(?:(['\"])([^'\"]*)\\3|(True|False)|\\(([^)]*)\\))\\s*(,|$)");

    private static final Pattern TYPE = Pattern.compile("([<>|=]?)([a-z])(\\d{1,3})");

    private Npy() {}

    // ---- reading ----

    /**
     * Reads a {@code .npy} file.
     *
     * @param file the file
     * @return the array
     * @throws DataException if the file cannot be read, is damaged, or does not hold a numeric array
     */
    public static Tensor read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Tensor tensor = read(file.toString(), in, Long.MAX_VALUE);
            if (in.read() >= 0) throw damaged(file.toString(), "is longer than its header says");
            return tensor;
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + IoErrorMessage.of(e), e);
        }
    }

    /**
     * Reads a {@code .npz} file.
     *
     * @param file the file
     * @return the arrays by name
     * @throws DataException if the file cannot be read, is damaged, or holds something other than numeric arrays
     */
    public static Map<String, Tensor> readAll(Path file) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        long remainingBytes = BinaryInput.limit();
        // ZipFile reads the central directory, which also has the sizes of streamed entries. Other files in the archive
        // are ignored.
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (!entry.getName().endsWith(SUFFIX)) continue;
                String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
                String where = file + " (" + entry.getName() + ")";
                if (entry.getSize() > remainingBytes) throw BinaryInput.tooLarge(where, entry.getSize());
                // The JDK's ZipFile does not compare checksums.
                try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
                    Tensor tensor = read(where, in, remainingBytes);
                    if (in.read() >= 0) throw damaged(where, "is longer than its header says");
                    if (in.getChecksum().getValue() != entry.getCrc())
                        throw damaged(where, "does not match its checksum");
                    remainingBytes -= tensor.length() * tensor.dtype().bytes();
                    if (all.put(name, tensor) != null)
                        throw damaged(file.toString(), "has two arrays named '" + name + "'");
                }
            }
        } catch (ZipException | IllegalArgumentException e) {
            throw new DataException(
                    file + ": cannot be read (" + IoErrorMessage.excerpt(e.getMessage())
                            + "); it is damaged, or no npz file: get it again",
                    e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + IoErrorMessage.of(e), e);
        }
        if (all.isEmpty()) throw damaged(file.toString(), "holds no array");
        return all;
    }

    private static Tensor read(String name, InputStream in, long remainingBytes) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw damaged(name, "does not begin as an npy file does");
        }
        int version = start[MAGIC.length];
        if (version < SHORT_HEADER || version > LONG_HEADER + 1) throw damaged(name, "is of version " + version);
        byte[] size = in.readNBytes(version == SHORT_HEADER ? Short.BYTES : Integer.BYTES);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        length.put(size).rewind();
        int headerLength = length.getInt();
        if (headerLength < 2 || headerLength > MAX_HEADER) {
            throw damaged(name, "claims a header of " + Integer.toUnsignedString(headerLength) + " bytes");
        }
        String header = new String(in.readNBytes(headerLength), StandardCharsets.UTF_8);
        return tensor(name, in, Header.of(name, header), remainingBytes);
    }

    /** The parsed header, a Python dictionary with three keys. */
    private record Header(ByteOrder order, String kind, int bytes, boolean isFortranOrder, long[] shape) {
        static Header of(String name, String text) {
            String body = text.strip();
            boolean isDictionary = body.startsWith("{") && body.endsWith("}");
            if (!isDictionary) throw unreadable(name, text);
            Map<String, String> fields = new HashMap<>();
            Matcher field = FIELD.matcher(body).region(1, body.length() - 1);
            int at = 1;
            while (at < body.length() - 1 && field.lookingAt()) {
                String value = field.group(4) != null
                        ? field.group(4)
                        : field.group(5) != null ? field.group(5) : field.group(6);
                if (fields.put(field.group(2), value) != null) throw unreadable(name, text);
                at = field.end();
                field.region(at, body.length() - 1);
            }
            boolean isRead = body.substring(at, body.length() - 1).isBlank();
            if (!isRead || !fields.keySet().equals(Set.of("descr", "fortran_order", "shape")))
                throw unreadable(name, text);
            Matcher type = TYPE.matcher(fields.get("descr"));
            if (!type.matches()) throw unreadable(name, text);
            ByteOrder order = type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return new Header(
                    order,
                    type.group(2) + type.group(3),
                    Integer.parseInt(type.group(3)),
                    fields.get("fortran_order").equals("True"),
                    Npy.shape(name, fields.get("shape")));
        }

        private static DataException unreadable(String name, String text) {
            return new DataException(name + ": its header is " + IoErrorMessage.excerpt(text)
                    + ": expected one array of numbers; save float32, float64 or integers with numpy.save");
        }
    }

    private static Tensor tensor(String name, InputStream in, Header header, long remainingBytes) throws IOException {
        if (!KINDS.contains(header.kind)) {
            throw new DataException(name + ": holds numbers of type " + header.kind
                    + ": expected f2, f4, f8, i1 to i8, u1 to u8 or b1; convert them with astype in NumPy");
        }
        long[] shape = header.shape;
        long length = 1;
        for (long axis : shape) {
            if (axis < 0 || axis != 0 && length > Integer.MAX_VALUE / axis) throw tooLarge(name, shape);
            length *= axis;
        }
        if (length * header.bytes > Integer.MAX_VALUE - BinaryInput.PIECE) throw tooLarge(name, shape);
        if (length * header.bytes > remainingBytes) throw BinaryInput.tooLarge(name, length * header.bytes);
        ByteBuffer data = ByteBuffer.wrap(BinaryInput.read(name, in, (int) length * header.bytes))
                .order(header.order);
        boolean fortranOrder = header.isFortranOrder && shape.length > 1;
        long[] asStored = fortranOrder ? reversed(shape) : shape;
        Tensor stored = values(name, header.kind, data, (int) length, asStored);
        return fortranOrder ? stored.permute(reversedAxes(shape.length)) : stored;
    }

    private static Tensor values(String name, String kind, ByteBuffer data, int length, long... shape) {
        switch (kind) {
            case "f4" -> {
                float[] values = new float[length];
                data.asFloatBuffer().get(values);
                return Tensor.of(values, shape);
            }
            case "f8" -> {
                double[] values = new double[length];
                data.asDoubleBuffer().get(values);
                return Tensor.of(values, shape);
            }
            case "f2" -> {
                float[] values = new float[length];
                for (int i = 0; i < length; i++) values[i] = BinaryInput.halfToFloat(data.getShort());
                return Tensor.of(values, shape);
            }
            default -> {
                long[] values = new long[length];
                for (int i = 0; i < length; i++) values[i] = whole(name, kind, data);
                return Tensor.of(values, shape);
            }
        }
    }

    private static long whole(String name, String kind, ByteBuffer data) {
        return switch (kind) {
            case "i8" -> data.getLong();
            case "i4" -> data.getInt();
            case "i2" -> data.getShort();
            case "i1" -> data.get();
            case "u2" -> data.getShort() & 0xffff;
            case "u4" -> data.getInt() & 0xffff_ffffL;
            case "u8" -> {
                long value = data.getLong();
                if (value < 0) {
                    throw new DataException(name + ": holds " + Long.toUnsignedString(value)
                            + ", which does not fit into int64; convert it with astype in NumPy");
                }
                yield value;
            }
            default -> data.get() & 0xff;
        };
    }

    /** Parses a shape. Python 2 wrote an L after each size. */
    private static long[] shape(String name, String text) {
        String[] sizes = text.isBlank()
                ? new String[0]
                : text.strip().replaceFirst(",$", "").split(",");
        long[] shape = new long[sizes.length];
        for (int i = 0; i < shape.length; i++) {
            String size = sizes[i].strip().replaceFirst("L$", "");
            if (!size.matches("\\d{1,18}"))
                throw damaged(name, "claims the shape (" + IoErrorMessage.excerpt(text) + ")");
            shape[i] = Long.parseLong(size);
        }
        return shape;
    }

    private static long[] reversed(long... shape) {
        long[] reversed = new long[shape.length];
        for (int i = 0; i < shape.length; i++) reversed[i] = shape[shape.length - 1 - i];
        return reversed;
    }

    private static int[] reversedAxes(int axes) {
        int[] order = new int[axes];
        for (int i = 0; i < axes; i++) order[i] = axes - 1 - i;
        return order;
    }

    private static DataException tooLarge(String name, long... shape) {
        return damaged(name, "claims the shape " + Arrays.toString(shape) + ", which is not plausible");
    }

    private static DataException damaged(String name, String what) {
        return new DataException(name + ": " + what + "; the file is damaged, or no npy file: get it again");
    }

    // ---- writing ----

    /**
     * Writes a {@code .npy} file atomically.
     *
     * @param file the file, in a directory that exists
     * @param tensor the tensor
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, Tensor tensor) throws IOException {
        AtomicFile.write(file, out -> write(out, tensor));
    }

    /**
     * Writes a {@code .npz} file atomically.
     *
     * @param file the file, in a directory that exists
     * @param tensors the tensors by name, at least one
     * @throws IOException if it cannot be written
     */
    public static void writeAll(Path file, Map<String, Tensor> tensors) throws IOException {
        if (tensors.isEmpty()) throw new IllegalArgumentException("npz: no tensors: give at least one to write");
        AtomicFile.write(file, out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
                write(zip, entry.getValue());
                zip.closeEntry();
            }
            zip.finish();
        });
    }

    private static void write(OutputStream out, Tensor tensor) throws IOException {
        String shape = Arrays.toString(tensor.shape()).replace("[", "(").replace("]", tensor.rank() == 1 ? ",)" : ")");
        String kind = switch (tensor.dtype()) {
            case FLOAT32 -> "f4";
            case FLOAT64 -> "f8";
            case INT64 -> "i8";
        };
        StringBuilder header =
                new StringBuilder("{'descr': '<" + kind + "', 'fortran_order': False, 'shape': " + shape + ", }");
        int before = MAGIC.length + 2 + Short.BYTES;
        while ((before + header.length() + 1) % ALIGNMENT != 0) header.append(' ');
        header.append('\n');
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        start.write(MAGIC);
        start.write(SHORT_HEADER);
        start.write(0);
        start.write(header.length() & 0xff);
        start.write(header.length() >> Byte.SIZE);
        start.write(header.toString().getBytes(StandardCharsets.ISO_8859_1));
        out.write(start.toByteArray());
        TensorBytes.writeLittleEndian(tensor, out);
    }
}
