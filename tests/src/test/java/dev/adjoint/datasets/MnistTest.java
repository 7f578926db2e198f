package dev.adjoint.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MnistTest {
    @TempDir
    Path folder;

    @Test
    void theEmbeddedDigits() {
        ImageDataset train = Mnist.load(Mnist.Split.TRAIN);
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        assertEquals(60_000, train.size());
        assertEquals(10_000, test.size());
        assertEquals(0.1307, train.mean(), 5e-5);
        assertEquals(0.3081, train.std(), 5e-5);
        assertEquals(5, train.label(0));
        assertEquals(7, test.label(0));
        int[] counts = new int[10];
        for (int i = 0; i < test.size(); i++) counts[test.label(i)]++;
        assertArrayEquals(new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, counts);
    }

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte.gz, 0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
        "train-labels-idx1-ubyte.gz, 1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
        "t10k-images-idx3-ubyte.gz, 1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
        "t10k-labels-idx1-ubyte.gz, b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b"
    })
    void embeddedFilesHaveThePublishedChecksums(String name, String sha256)
            throws IOException, NoSuchAlgorithmException {
        try (InputStream file = Mnist.class.getResourceAsStream("mnist/" + name)) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.readAllBytes());
            assertEquals(sha256, HexFormat.of().formatHex(digest));
        }
    }

    @Test
    void batchesAreScaled() {
        ImageDataset test = Mnist.load(Mnist.Split.TEST);
        Tensor x = test.inputs(3, 1, 4);
        assertArrayEquals(new long[] {3, 784}, x.shape());
        assertEquals(DType.FLOAT32, x.dtype());
        assertEquals(0, x.amin().item());
        assertEquals(1, x.amax().item());
        assertArrayEquals(new long[] {0, 2, 4}, test.targets(3, 1, 4).toLongs());
        Tensor all = test.standardised(test.mean(), test.std())
                .inputs(IntStream.range(0, 10_000).toArray());
        assertEquals(0, all.mean().item(), 1e-5);
        assertEquals(1, all.square().mean().item(), 1e-4);
        assertThrows(IllegalArgumentException.class, () -> test.standardised(0, 0));
    }

    @Test
    void folderWithIdxFilesIsRead() {
        IdxFiles.write(folder, 30, 20);
        ImageDataset train = Mnist.load(folder, Mnist.Split.TRAIN);
        assertEquals(30, train.size());
        assertEquals(28, train.height());
        assertEquals(9, train.label(29));
        assertEquals(229 / 255f, train.inputs(29).get(0, 14 * 28));
    }

    @Test
    void folderWithoutTheFilesIsRefused() {
        assertRefused("no such folder", () -> Mnist.load(folder.resolve("none"), Mnist.Split.TRAIN));
        assertRefused("has no train-images-idx3-ubyte.gz", () -> Mnist.load(folder, Mnist.Split.TRAIN));
    }

    @Test
    void differentCountsOfImagesAndLabelsAreRefused() throws IOException {
        IdxFiles.write(folder, 30, 20);
        Files.write(folder.resolve("train-labels-idx1-ubyte"), IdxFiles.idx(new int[] {29}, new byte[29]));
        assertRefused("30 images", () -> Mnist.load(folder, Mnist.Split.TRAIN));
    }

    @Test
    void labelsOutOfRangeAreRefused() throws IOException {
        IdxFiles.write(folder, 3, 2);
        Files.write(folder.resolve("train-labels-idx1-ubyte"), IdxFiles.idx(new int[] {3}, new byte[] {1, 10, 2}));
        assertRefused("label 1 is 10: expected 0 to 9", () -> Mnist.load(folder, Mnist.Split.TRAIN));
    }

    @Test
    void damagedFilesAreRefused() {
        byte[] good = IdxFiles.idx(new int[] {2, 3, 3}, new byte[18]);
        assertEquals(18, read(good).bytes().length);
        assertEquals(18, read(IdxFiles.gzip(good)).bytes().length);
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertRefused("truncated", () -> read(cut));
        }
        byte[] zipped = IdxFiles.gzip(good);
        for (int length = 2; length < zipped.length; length++) {
            byte[] cut = Arrays.copyOf(zipped, length);
            assertRefused("get it again", () -> read(cut));
        }
        byte[] flipped = zipped.clone();
        flipped[15] ^= 0x55;
        assertRefused("get it again", () -> read(flipped));
        assertRefused("longer than its header says", () -> read(Arrays.copyOf(good, 40)));
        byte[] wrong = good.clone();
        wrong[2] = 9;
        assertRefused("magic number 0x00000903: expected 0x00000803", () -> read(wrong));
        assertRefused("which is not plausible", () -> read(IdxFiles.idx(new int[] {-1, 3, 3}, new byte[18])));
        assertRefused(
                "which is not plausible",
                () -> read(IdxFiles.idx(new int[] {1 << 30, 1 << 30, 1 << 30}, new byte[18])));
        assertRefused("truncated", () -> read(IdxFiles.idx(new int[] {1 << 30, 1, 1}, new byte[18])));
    }

    private static Idx read(byte[] file) {
        return Idx.read("file", new ByteArrayInputStream(file), 3);
    }

    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable load) {
        String actual = assertThrows(DataException.class, load).getMessage();
        assertTrue(actual.contains(message), actual);
        assertEquals(1, actual.lines().count(), actual);
    }
}
