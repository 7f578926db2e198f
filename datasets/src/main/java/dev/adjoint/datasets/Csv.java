package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.internal.io.IoErrorMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * A dataset from a CSV file (RFC 4180, UTF-8) with column names in the first row. One column is the target, all others are numeric
 * features.
 *
 * @param data inputs float32 [rows, features], targets int64 class indices [rows], or float32 [rows, 1] for regression
 * @param features the names of the feature columns, in order
 * @param classes the distinct values of the target column in alphabetical order, class 0 first; empty for regression
 */
public record Csv(TensorDataset data, List<String> features, List<String> classes) {
    /**
     * Reads a table for classification: each distinct text in the target column is a class.
     *
     * @param file the file
     * @param target the name of the target column
     * @return the dataset
     * @throws DataException if the file cannot be read, is not valid CSV, or has values that are not numbers
     */
    public static Csv classification(Path file, String target) {
        Table table = Table.read(file, target);
        List<String> classes = List.copyOf(new TreeSet<>(table.targets));
        Map<String, Integer> numbers = new HashMap<>();
        for (String name : classes) numbers.put(name, numbers.size());
        int[] targets = table.targets.stream().mapToInt(numbers::get).toArray();
        return new Csv(new TensorDataset(table.inputs(), Tensor.of(targets)), table.features, classes);
    }

    /**
     * Reads a table for regression, with a numeric target column.
     *
     * @param file the file
     * @param target the name of the target column
     * @return the dataset
     * @throws DataException if the file cannot be read, is not valid CSV, or has values that are not numbers
     */
    public static Csv regression(Path file, String target) {
        Table table = Table.read(file, target);
        float[] targets = new float[table.targets.size()];
        for (int i = 0; i < targets.length; i++)
            targets[i] = table.number(table.targets.get(i), target, table.lineNumbers.get(i));
        return new Csv(
                new TensorDataset(table.inputs(), Tensor.of(targets, targets.length, 1)), table.features, List.of());
    }

    /** The parsed contents of a file. */
    private static final class Table {
        private static final int BYTE_ORDER_MARK = 0xFEFF;
        /** A decimal number; unlike Float.parseFloat, it does not allow 1f, 0x1p3 or NaN. */
        private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

        private final Path file;
        private final List<String> features = new ArrayList<>();
        private final List<String> targets = new ArrayList<>();
        private final List<float[]> rows = new ArrayList<>();
        /** The line number in the file where each row begins, from 1. */
        private final List<Long> lineNumbers = new ArrayList<>();

        private Table(Path file) {
            this.file = file;
        }

        static Table read(Path file, String target) {
            Table table = new Table(file);
            CSVFormat format = CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
                    .setIgnoreEmptyLines(true)
                    .setIgnoreSurroundingSpaces(true)
                    .get();
            try (Reader text = skipByteOrderMark(Files.newBufferedReader(file, StandardCharsets.UTF_8));
                    CSVParser parser = format.parse(text)) {
                List<String> names = parser.getHeaderNames();
                table.features.addAll(names);
                if (!table.features.remove(target)) {
                    String hint = names.size() == 1 && names.get(0).matches(".*[;\t].*")
                            ? "; it seems to be separated by semicolons or tabs: expected commas"
                            : "";
                    throw new DataException(file + ": no column '" + target + "' among " + names + hint);
                }
                table.addAll(parser, target);
            } catch (IOException e) {
                throw unreadable(file, e);
            } catch (UncheckedIOException e) {
                throw unreadable(file, e.getCause());
            } catch (IllegalStateException | IllegalArgumentException e) {
                throw new DataException(
                        file + ": cannot be read as CSV (" + IoErrorMessage.excerpt(e.getMessage())
                                + "); expected commas, and different names in the first row",
                        e);
            }
            if (table.rows.isEmpty() || table.features.isEmpty()) {
                throw new DataException(file + ": has no rows, or no columns besides the target");
            }
            return table;
        }

        /** The exception for an unreadable file. The parser also throws an IOException for text that is not valid CSV. */
        private static DataException unreadable(Path file, IOException e) {
            boolean isOfFile = e instanceof FileSystemException || e instanceof CharacterCodingException;
            String what = isOfFile ? ": cannot be read: " : ": cannot be read as CSV: ";
            return new DataException(file + what + IoErrorMessage.of(e), e);
        }

        /** Skips the byte order mark that some programs write before UTF-8; it would become part of the first column name. */
        private static Reader skipByteOrderMark(BufferedReader text) throws IOException {
            text.mark(1);
            if (text.read() != BYTE_ORDER_MARK) text.reset();
            return text;
        }

        private void addAll(CSVParser parser, String target) {
            Iterator<CSVRecord> all = parser.iterator();
            while (true) {
                // Fields can span several lines, so row numbers are not line numbers.
                long before = parser.getCurrentLineNumber();
                if (!all.hasNext()) return;
                CSVRecord row = all.next();
                long end = parser.getCurrentLineNumber();
                boolean isBlank = row.size() == 1 && row.get(0).isBlank() && !features.isEmpty();
                if (!isBlank) add(row, target, end > before ? Math.max(before + 1, end - lineBreaks(row)) : end + 1);
            }
        }

        private static long lineBreaks(CSVRecord row) {
            return row.stream()
                    .flatMapToInt(String::chars)
                    .filter(c -> c == '\n')
                    .count();
        }

        private void add(CSVRecord row, String target, long line) {
            if (!row.isConsistent()) {
                throw new DataException(file + ": line " + line + " has " + row.size() + " fields, the first row "
                        + (features.size() + 1) + ": give each row the same number of fields");
            }
            float[] values = new float[features.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = number(row.get(features.get(i)), features.get(i), line);
            }
            rows.add(values);
            lineNumbers.add(line);
            targets.add(row.get(target));
        }

        float number(String text, String column, long line) {
            String where = file + ": line " + line + ", column '" + column + "'";
            if (text.isEmpty()) {
                throw new DataException(where + " is empty: expected a number; fill the gap, or leave the row out");
            }
            if (!NUMBER.matcher(text).matches()) {
                throw new DataException(
                        where + " holds '" + IoErrorMessage.excerpt(text)
                                + "': expected a number such as -1.5 or 2e-3; leave the column out, or turn it into numbers first");
            }
            float value = Float.parseFloat(text);
            if (Float.isInfinite(value)) {
                throw new DataException(
                        where + " holds " + text + ": expected a number of at most 3.4e38; scale the column");
            }
            return value;
        }

        Tensor inputs() {
            return Tensor.of(rows.toArray(float[][]::new));
        }
    }
}
