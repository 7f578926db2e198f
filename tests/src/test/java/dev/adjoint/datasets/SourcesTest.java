package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.Rng;
import dev.adjoint.autograd.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CSV tables, image folders and generated datasets. */
class SourcesTest {
    @TempDir
    private Path folder;

    private static Tensor inputs(Dataset data) {
        return data.inputs(IntStream.range(0, data.size()).toArray());
    }

    private static Tensor targets(Dataset data) {
        return data.targets(IntStream.range(0, data.size()).toArray());
    }

    private Path csv(String text) throws IOException {
        return Files.writeString(folder.resolve("table.csv"), text);
    }

    @Test
    void tablesAreRead() throws IOException {
        Path file = csv("width,kind,\"height, in cm\"\n1.5,rose,2\n-1e3, oak ,0.25\n7,rose,3\n");
        Csv flowers = Csv.classification(file, "kind");
        assertEquals(List.of("width", "height, in cm"), flowers.features());
        assertEquals(List.of("oak", "rose"), flowers.classes());
        assertArrayEquals(
                new float[] {1.5f, 2, -1000, 0.25f, 7, 3},
                inputs(flowers.data()).toFloats());
        assertArrayEquals(new long[] {1, 0, 1}, targets(flowers.data()).toLongs());
        Csv numbers = Csv.regression(csv("x,y\n1,2.5\n3,4\n"), "y");
        assertArrayEquals(new long[] {2, 1}, targets(numbers.data()).shape());
        assertArrayEquals(new float[] {2.5f, 4}, targets(numbers.data()).toFloats());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b;1,2|no column 'y' among [a, b]",
                "x,y;1,2;3|line 3 has 1 fields",
                "x,y;1,2;z,3|line 3, column 'x' holds 'z'",
                "x,y;1,two|line 2, column 'y' holds 'two'",
                "x,y|has no rows",
                "y;1|no columns besides the target",
                "x,x,y;1,2,3|different names",
                "x,y;\"1,2|cannot be read as CSV"
            })
    void invalidTablesAreRefused(String text, String part) throws IOException {
        Path file = csv(text.replace(';', '\n'));
        refused(part, () -> Csv.regression(file, "y"));
    }

    private void picture(String name, int height, int width, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, rgb);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    @Test
    void imageFoldersAreRead() throws IOException {
        picture("dog/b.png", 2, 3, 0xff0000);
        picture("cat/a.png", 2, 3, 0xffffff);
        picture("dog/a.png", 2, 3, 0x00ff00);
        ImageFolder animals = ImageFolder.load(folder);
        assertEquals(List.of("cat", "dog"), animals.classes());
        assertEquals(2, animals.data().classes());
        assertArrayEquals(new long[] {0, 1, 1}, targets(animals.data()).toLongs());
        float[] first = inputs(animals.data()).select(1, 0).toFloats();
        assertArrayEquals(new float[] {1, 150 / 255f, 76 / 255f}, first, 1e-6f);
        picture("dog/c.png", 3, 3, 0);
        refused("3 × 3 pixels, the first image 2 × 3", () -> ImageFolder.load(folder));
        Files.writeString(folder.resolve("dog/c.png"), "no picture");
        refused("not a readable image", () -> ImageFolder.load(folder));
        refused("holds 0 folders", () -> ImageFolder.load(folder.resolve("cat")));
        refused("cannot be read", () -> ImageFolder.load(folder.resolve("none")));
    }

    @Test
    void generatedSetsMatchTheirDefinitions() {
        float[] xor = inputs(Generated.xor(4, 0, new Rng(1))).toFloats();
        assertArrayEquals(new float[] {-1, -1, 1, -1, -1, 1, 1, 1}, xor);
        assertArrayEquals(
                new long[] {0, 1, 1, 0},
                targets(Generated.xor(4, 0, new Rng(1))).toLongs());
        Tensor circles =
                inputs(Generated.circles(10, 0, new Rng(1))).square().sum(1).sqrt();
        assertArrayEquals(new float[] {1, 0.5f, 1, 0.5f, 1, 0.5f, 1, 0.5f, 1, 0.5f}, circles.toFloats(), 1e-6f);
        Tensor moons = inputs(Generated.moons(50, 0, new Rng(1)));
        for (int i = 0; i < 50; i++) {
            double x = moons.toFloats()[2 * i] - i % 2;
            double y = moons.toFloats()[2 * i + 1] - 0.5 * (i % 2);
            assertEquals(1, x * x + y * y, 1e-5);
            assertTrue(i % 2 == 0 ? y >= 0 : y <= 0);
        }
        TensorDataset spirals = Generated.spirals(30, 3, 0, new Rng(1));
        assertEquals(3, Arrays.stream(targets(spirals).toLongs()).distinct().count());
        assertTrue(inputs(spirals).square().sum(1).amax().item() <= 1);
        Tensor blobs = inputs(Generated.blobs(3000, 3, 0.1, new Rng(1)));
        assertEquals(
                1,
                blobs.slice(new long[] {0, 0}, new long[] {3000, 1}, new long[] {3, 1})
                        .mean()
                        .item(),
                0.02);
        TensorDataset line = Generated.line(20, 3, -1, 0, new Rng(1));
        assertArrayEquals(inputs(line).mul(3).sub(1).toFloats(), targets(line).toFloats(), 1e-6f);
        TensorDataset sine = Generated.sine(20, 0, new Rng(1));
        assertArrayEquals(
                inputs(sine).mul(Math.PI).sin().toFloats(), targets(sine).toFloats(), 1e-6f);
        assertThrows(IllegalArgumentException.class, () -> Generated.xor(0, 0, new Rng(1)));
    }

    private static void refused(String part, Executable wrong) {
        String message = assertThrows(DataException.class, wrong).getMessage();
        assertTrue(message.contains(part), message);
    }
}
