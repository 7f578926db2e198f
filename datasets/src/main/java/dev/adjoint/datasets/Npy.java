package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Arrays in NumPy's files: {@code .npy} holds one, {@code .npz} several by name, as {@code numpy.save} and {@code numpy.savez} write
 * them. float32, float64 and int64 are read as they are, smaller integers and booleans as int64; in either byte order, row by row or,
 * as Fortran has it, column by column.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** Version 1: the header's length is a short. */
    private static final int SHORT_HEADER = 1;

    private static final int LONG_HEADER = 2;
    private static final int MAX_HEADER = 1 << 16;
    /** Numbers begin at a multiple of so many bytes. */
    private static final int ALIGNMENT = 64;

    private static final Pattern HEADER = Pattern.compile(
            "\\{\\s*'descr':\\s*'([<>|=])([a-z])(\\d+)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([\\d,\\s]*)\\),?\\s*}\\s*");

    private Npy() {}

    // ---- reading ----

    /**
     * Reads a {@code .npy} file.
     *
     * @param file the file
     * @return its array
     * @throws DataException if it cannot be read, is damaged, or holds something that is no array of numbers
     */
    public static Tensor read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Tensor tensor = read(file.toString(), in);
            if (in.read() >= 0) throw damaged(file.toString(), "is longer than its header says");
            return tensor;
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read (" + e + "); check its name and permissions", e);
        }
    }

    /**
     * Reads a {@code .npz} file.
     *
     * @param file the file
     * @return its arrays by name
     * @throws DataException if it cannot be read, is damaged, or holds something that is no array of numbers
     */
    public static Map<String, Tensor> readAll(Path file) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName().replaceFirst("\\.npy$", "");
                String where = file + " (" + entry.getName() + ")";
                Tensor tensor = read(where, zip);
                if (zip.read() >= 0) throw damaged(where, "is longer than its header says");
                if (all.put(name, tensor) != null) throw damaged(file.toString(), "names '" + name + "' twice");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new DataException(file + ": cannot be read (" + e + "); it is damaged, or no npz file", e);
        }
        if (all.isEmpty()) throw damaged(file.toString(), "holds no array");
        return all;
    }

    private static Tensor read(String name, InputStream in) throws IOException {
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
        String header = new String(in.readNBytes(headerLength), StandardCharsets.ISO_8859_1);
        Matcher fields = HEADER.matcher(header);
        if (!fields.matches()) {
            throw new DataException(name + ": its header is " + DataException.excerpt(header)
                    + ": expected one array of numbers; save float32, float64 or integers with numpy.save");
        }
        return tensor(name, in, fields);
    }

    private static Tensor tensor(String name, InputStream in, Matcher fields) throws IOException {
        ByteOrder order = fields.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        String kind = fields.group(2) + fields.group(3);
        int bytes = Integer.parseInt(fields.group(3));
        long[] shape = shape(name, fields.group(5));
        long length = 1;
        for (long axis : shape) {
            if (axis != 0 && length > Integer.MAX_VALUE / axis) throw tooLarge(name, shape);
            length *= axis;
        }
        if (length * bytes > Integer.MAX_VALUE - Numbers.PIECE) throw tooLarge(name, shape);
        ByteBuffer data =
                ByteBuffer.wrap(Numbers.read(name, in, (int) length * bytes)).order(order);
        boolean byColumns = fields.group(4).equals("True") && shape.length > 1;
        long[] asStored = byColumns ? reversed(shape) : shape;
        Tensor stored = values(name, kind, data, (int) length, asStored);
        return byColumns ? stored.permute(backwards(shape.length)) : stored;
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
            case "i8", "i4", "i2", "i1", "u1", "b1" -> {
                long[] values = new long[length];
                for (int i = 0; i < length; i++) values[i] = whole(kind, data);
                return Tensor.of(values, shape);
            }
            default ->
                throw new DataException(name + ": holds numbers of type " + kind
                        + ": expected f4, f8, i1 to i8, u1 or b1; convert them with astype in NumPy");
        }
    }

    private static long whole(String kind, ByteBuffer data) {
        return switch (kind) {
            case "i8" -> data.getLong();
            case "i4" -> data.getInt();
            case "i2" -> data.getShort();
            case "i1" -> data.get();
            default -> data.get() & 0xff;
        };
    }

    private static long[] shape(String name, String text) {
        try {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new DataException(name + ": claims the shape (" + text + "): too large to be true", e);
        }
    }

    private static long[] reversed(long... shape) {
        long[] reversed = new long[shape.length];
        for (int i = 0; i < shape.length; i++) reversed[i] = shape[shape.length - 1 - i];
        return reversed;
    }

    private static int[] backwards(int axes) {
        int[] order = new int[axes];
        for (int i = 0; i < axes; i++) order[i] = axes - 1 - i;
        return order;
    }

    private static DataException tooLarge(String name, long... shape) {
        return damaged(name, "claims the shape " + Arrays.toString(shape) + ", too large to be true");
    }

    private static DataException damaged(String name, String what) {
        return new DataException(name + ": " + what + "; the file is damaged, or no npy file: get it again");
    }

    // ---- writing ----

    /**
     * Writes a {@code .npy} file, as a whole or not at all.
     *
     * @param file the file, in a folder that exists
     * @param tensor what to write
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, Tensor tensor) throws IOException {
        WholeFile.write(file, out -> write(out, tensor));
    }

    /**
     * Writes a {@code .npz} file, as a whole or not at all.
     *
     * @param file the file, in a folder that exists
     * @param tensors what to write, by name
     * @throws IOException if it cannot be written
     */
    public static void writeAll(Path file, Map<String, Tensor> tensors) throws IOException {
        WholeFile.write(file, out -> {
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
        out.write(Numbers.littleEndian(tensor));
    }
}
