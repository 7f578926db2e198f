package dev.adjoint.datasets;

import dev.adjoint.autograd.Tensor;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * Tables in CSV files (RFC 4180, UTF-8) with the columns' names in the first row. One column is the target, all others are numbers
 * to predict it from.
 *
 * @param data inputs float32 [rows, features], targets int64 classes [rows], or float32 [rows, 1] of a regression
 * @param features the names of the other columns, in order
 * @param classes the texts of the target's column in alphabetical order, class 0 first; empty for a regression
 */
public record Csv(TensorDataset data, List<String> features, List<String> classes) {
    /**
     * Reads a table whose target is a class; any text is one.
     *
     * @param file the file
     * @param target the name of the target's column
     * @return the table
     * @throws DataException if it cannot be read, or is no table of numbers
     */
    public static Csv classification(Path file, String target) {
        Table table = Table.read(file, target);
        List<String> classes = List.copyOf(new TreeSet<>(table.targets));
        int[] targets = table.targets.stream().mapToInt(classes::indexOf).toArray();
        return new Csv(new TensorDataset(table.inputs(), Tensor.of(targets)), table.features, classes);
    }

    /**
     * Reads a table whose target is a number.
     *
     * @param file the file
     * @param target the name of the target's column
     * @return the table
     * @throws DataException if it cannot be read, or is no table of numbers
     */
    public static Csv regression(Path file, String target) {
        Table table = Table.read(file, target);
        float[] targets = new float[table.targets.size()];
        for (int i = 0; i < targets.length; i++) targets[i] = table.number(table.targets.get(i), target, i);
        return new Csv(
                new TensorDataset(table.inputs(), Tensor.of(targets, targets.length, 1)), table.features, List.of());
    }

    /** The texts of a file. */
    private static final class Table {
        private final Path file;
        private final List<String> features = new ArrayList<>();
        private final List<String> targets = new ArrayList<>();
        private final List<float[]> rows = new ArrayList<>();

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
                    .setTrim(true)
                    .get();
            try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                    CSVParser parser = format.parse(text)) {
                table.features.addAll(parser.getHeaderNames());
                if (!table.features.remove(target)) {
                    throw new DataException(file + ": no column '" + target + "' among " + parser.getHeaderNames());
                }
                for (CSVRecord row : parser) table.add(row, target);
            } catch (IOException | UncheckedIOException | IllegalStateException | IllegalArgumentException e) {
                throw new DataException(
                        file + ": cannot be read as CSV (" + e.getMessage()
                                + "); expected UTF-8, commas, and different names in the first row",
                        e);
            }
            if (table.rows.isEmpty() || table.features.isEmpty()) {
                throw new DataException(file + ": holds no rows, or no column beside the target");
            }
            return table;
        }

        private void add(CSVRecord row, String target) {
            if (!row.isConsistent()) {
                throw new DataException(file + ": line " + (rows.size() + 2) + " has " + row.size()
                        + " fields, the first row " + (features.size() + 1) + ": give each row as many");
            }
            float[] values = new float[features.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = number(row.get(features.get(i)), features.get(i), rows.size());
            }
            rows.add(values);
            targets.add(row.get(target));
        }

        float number(String text, String column, int row) {
            try {
                return Float.parseFloat(text);
            } catch (NumberFormatException e) {
                throw new DataException(
                        file + ": line " + (row + 2) + ", column '" + column + "' holds '" + text
                                + "': expected a number; leave the column out, or turn it into numbers first",
                        e);
            }
        }

        Tensor inputs() {
            return Tensor.of(rows.toArray(float[][]::new));
        }
    }
}
