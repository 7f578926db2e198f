package dev.adjoint.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.IdxFiles;
import dev.adjoint.datasets.files.SafeTensors;
import dev.adjoint.train.Snapshot;
import dev.adjoint.train.Snapshots;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    /** The output of a run of the program, and its exit code. */
    private record Result(int exit, String out, String err) {}

    private static Result run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Stream.of(args).map(String::valueOf).toArray(String[]::new);
        int exit = Main.run(new PrintWriter(out), new PrintWriter(err), texts);
        return new Result(exit, out.toString(), err.toString());
    }

    private Result train(Path out, Object... more) {
        Path data = IdxFiles.write(folder.resolve("data"), 300, 100);
        List<Object> args =
                new ArrayList<>(List.of("mnist", "--data", data, "--out", out, "--layers", "784,16,10", "--epochs", 2));
        args.addAll(List.of(more));
        if (!args.contains("--batch")) args.addAll(List.of("--batch", 20));
        if (!args.contains("--lr")) args.addAll(List.of("--lr", 0.01));
        return run(args.toArray());
    }

    @Test
    void versionIsThatOfTheParentPom() throws IOException {
        String parent = Files.readString(Path.of("tests/pom.xml")).replaceAll("(?s).*<parent>(.*?)</parent>.*", "$1");
        String version = parent.replaceAll("(?s).*<version>(.*?)</version>.*", "$1");
        assertEquals("adjoint " + version, run("--version").out.strip());
    }

    @Test
    void mnistTrainsReportsAndSaves() throws IOException {
        Path out = folder.resolve("out");
        Result result = train(out);
        assertEquals(0, result.exit, result.err);
        for (String part : List.of(
                "training 784-16-10 (12,730 parameters) on 300 images with adam",
                "epoch  2/2  train loss",
                "class  images  precision",
                "confusion",
                "test accuracy")) {
            assertTrue(result.out.contains(part), result.out);
        }
        JsonObject metrics = JsonParser.parseString(Files.readString(out.resolve("metrics.json")))
                .getAsJsonObject();
        assertEquals(2, metrics.getAsJsonArray("history").size());
        assertEquals(10, metrics.getAsJsonArray("confusion").size());
        try (Stream<Path> files = Files.list(out)) {
            assertEquals(
                    List.of("metrics.json", "metrics.jsonl", "model.safetensors", "report.html"),
                    files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void jsonIsOneLine() {
        Result result = train(folder.resolve("out"), "--json", "--dropout", 0);
        assertEquals(1, result.out.lines().count(), result.out);
        JsonObject line = JsonParser.parseString(result.out).getAsJsonObject();
        for (String field : List.of("engine", "epochs", "test_accuracy", "train_s", "total_s", "peak_rss_kb")) {
            assertTrue(line.has(field), result.out);
        }
        assertTrue(line.get("test_accuracy").getAsDouble() > 0.9, "bright rows are easy: " + result.out);
    }

    @Test
    void predictReadsATestImageAndADrawing() throws IOException {
        Path out = folder.resolve("out");
        train(out);
        Result number = run("predict", "--model", out, "--data", folder.resolve("data"), 13);
        assertEquals(0, number.exit, number.err);
        assertTrue(number.out.contains("labelled 3") && number.out.contains("prediction: 3"), number.out);
        Result drawing = run("predict", "--model", out, draw("one.png", 200, Color.WHITE, Color.BLACK));
        assertEquals(0, drawing.exit, drawing.err);
        assertTrue(drawing.out.contains("prediction: "), drawing.out);
    }

    @Test
    void drawingsAreConvertedToTheTrainingFormat() throws IOException {
        float[] dark = DigitImage.read(draw("dark.png", 280, Color.WHITE, Color.BLACK), 28)
                .toFloats();
        float[] light = DigitImage.read(draw("light.png", 280, Color.BLACK, Color.WHITE), 28)
                .toFloats();
        assertArrayEquals(light, dark, 0.02f);
        int top = 28;
        int bottom = 0;
        for (int i = 0; i < 784; i++) {
            if (light[i] > 0.3) {
                top = Math.min(top, i / 28);
                bottom = Math.max(bottom, i / 28);
            }
        }
        assertEquals(20, bottom - top + 1, 1);
        assertEquals(27, top + bottom, 2);
    }

    /** Draws a vertical stroke that is not centred. */
    private Path draw(String name, int side, Color ground, Color ink) throws IOException {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(ground);
        pen.fillRect(0, 0, side, side);
        pen.setColor(ink);
        pen.setStroke(new BasicStroke(side / 10f));
        pen.drawLine(side / 4, side / 4, side / 4, side / 2);
        pen.dispose();
        Path file = folder.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    @Test
    void noValidationTestsOnlyAfterTheLastEpoch() throws IOException {
        Path out = folder.resolve("once");
        Result result = train(out, "--no-validation");
        assertEquals(0, result.exit, result.err);
        assertEquals(1, result.out.split("test accuracy", -1).length - 1, result.out);
        JsonObject metrics = JsonParser.parseString(Files.readString(out.resolve("metrics.json")))
                .getAsJsonObject();
        assertTrue(metrics.has("test_accuracy"));
        assertFalse(metrics.getAsJsonArray("history").get(1).getAsJsonObject().has("test_loss"));
        assertTrue(Files.exists(out.resolve("report.html")));
    }

    @Test
    void compareRunsAnyProgramAsAPeer() throws IOException {
        Path peer = Files.writeString(
                folder.resolve("Peer.java"),
                "class Peer { public static void main(String[] a) { System.out.println(\"{'engine':'peer','median_us':\" + a[1]"
                        + " + \"}\"); } }");
        String command = Path.of(System.getProperty("java.home"), "bin", "java") + "  " + peer;
        Result result = run(
                "bench",
                "compare",
                "--turns",
                1,
                "--batches",
                4,
                "--nets",
                "6,5,3",
                "--optimizers",
                "sgd",
                "--with",
                command);
        assertEquals(0, result.exit, result.err);
        JsonObject row = JsonParser.parseString(result.out.lines().findFirst().orElse(""))
                .getAsJsonObject();
        assertEquals(4, row.get("peer_us").getAsDouble()); // the batch size, which is its second argument
        assertEquals(4 / row.get("adjoint_us").getAsDouble(), row.get("ratio").getAsDouble(), 1e-2);
        assertTrue(result.out.contains("over 1 cells"), result.out);
    }

    @Test
    void benchPrintsTheFieldsOfThePeers() {
        Result result = run(
                "bench", "step", "--batch", 4, "--layers", "6,5,3", "--steps", 5, "--rounds", 3, "--optimizer", "sgd");
        assertEquals(0, result.exit, result.err);
        JsonObject line = JsonParser.parseString(result.out).getAsJsonObject();
        assertEquals("adjoint", line.get("engine").getAsString());
        assertEquals("sgd", line.get("optimizer").getAsString());
        assertEquals(4, line.get("batch").getAsInt());
        assertEquals(3, line.getAsJsonArray("layers").size());
        assertTrue(line.get("min_us").getAsDouble() <= line.get("median_us").getAsDouble());
    }

    @Test
    void usageErrorsPrintOneLineAndExitWith2() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        Path data = IdxFiles.write(folder.resolve("data"), 30, 10);
        assertRefused(
                "no command given: expected one of mnist, predict, explain, modes, course, bench, check, cost, doctor");
        assertRefused("'mnistt'", "mnistt");
        assertRefused("did you mean --epochs", "mnist", "--epoch", 3);
        assertRefused("'x' is not an int", "mnist", "--epochs", "x");
        assertRefused("--epochs 0: expected at least 1", "mnist", "--epochs", 0);
        assertRefused("--batch 0: expected at least 1", "mnist", "--batch", 0);
        assertRefused("not a list of layer sizes", "mnist", "--layers", "784,a,10");
        assertRefused("not a list of layer sizes", "mnist", "--layers", "784,0,10");
        assertRefused(
                "expected 784 inputs (pixels) first and 10 outputs",
                "mnist",
                "--data",
                data,
                "--out",
                folder,
                "--layers",
                "100,10");
        assertRefused("learningRate -1.0", "mnist", "--data", data, "--out", folder, "--lr", -1);
        assertRefused("Dropout: p 1.5", "mnist", "--data", data, "--out", folder, "--dropout", 1.5);
        assertRefused("--decay 0.0", "mnist", "--decay", 0);
        assertRefused("expected one of", "mnist", "--optimizer", "adagrad");
        assertRefused("no such folder", "mnist", "--data", folder.resolve("none"), "--out", folder);
        assertRefused("has no train-images-idx3-ubyte.gz", "mnist", "--data", folder, "--out", folder);
        assertRefused("cannot be written", "mnist", "--out", file.resolve("out"));
        assertRefused("contains no model.safetensors: train first", "predict", "--model", folder, 3);
        assertRefused("IMAGE", "predict");
        assertRefused("no benchmark given", "bench");
        assertRefused("must be at least 1", "bench", "step", "--steps", 0);
        assertRefused("10000000000 elements of float32: at most", "bench", "step", "--layers", "100000,100000,10");
    }

    @Test
    void wrongImagesAndDamagedWeightsAreRefused() throws IOException {
        Path out = folder.resolve("out");
        train(out);
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        assertRefused("no such file", "predict", "--model", out, folder.resolve("none.png"));
        assertRefused("not a readable image", "predict", "--model", out, text);
        assertRefused("is blank", "predict", "--model", out, draw("blank.png", 100, Color.WHITE, Color.WHITE));
        assertRefused(
                "the test set has the images 0 to 99",
                "predict",
                "--model",
                out,
                "--data",
                folder.resolve("data"),
                100);
        byte[] weights = Files.readAllBytes(out.resolve("model.safetensors"));
        for (int length : new int[] {0, 5, 8, 100, weights.length - 1}) {
            Files.write(out.resolve("model.safetensors"), java.util.Arrays.copyOf(weights, length));
            assertRefused("model.safetensors", "predict", "--model", out, text);
        }
        byte[] flipped = weights.clone();
        flipped[20] ^= 0x11;
        Files.write(out.resolve("model.safetensors"), flipped);
        assertRefused("model.safetensors", "predict", "--model", out, text);
    }

    @Test
    void aRefusedRunLeavesNothingBehind() {
        Path out = folder.resolve("out");
        assertEquals(2, run("mnist", "--out", out, "--data", folder.resolve("none")).exit);
        assertFalse(Files.exists(out));
    }

    @Test
    void stackTraceOptionPrintsTheStackTrace() {
        Result result = run("mnist", "--data", folder.resolve("none"), "--out", folder, "--stacktrace");
        assertEquals(2, result.exit);
        assertTrue(result.err.contains("\tat dev.adjoint"), result.err);
    }

    private static void assertRefused(String message, Object... args) {
        Result result = run(args);
        assertEquals(2, result.exit, result.out + result.err);
        assertEquals(1, result.err.lines().count(), result.err);
        assertTrue(result.err.contains(message), result.err);
        assertEquals("", result.out);
    }

    @Test
    void divergingTrainingIsReportedAndSavesNothing() {
        Path out = folder.resolve("diverged");
        Result result = train(out, "--optimizer", "sgd", "--lr", 1e30);
        assertEquals(2, result.exit);
        assertTrue(result.err.contains("the loss is NaN in step 2 (epoch 1, batch 2)"), result.err);
        assertTrue(result.err.contains("; lower --lr 1.0E30"), result.err);
        assertEquals(1, result.err.lines().count());
        assertFalse(Files.exists(out.resolve("model.safetensors")));
    }

    @Test
    void resumeWithoutAMatchingSnapshotIsRefused() {
        Path out = folder.resolve("out");
        Result none = train(out, "--resume");
        assertEquals(2, none.exit);
        assertTrue(none.err.contains("contains no snapshot of a run"), none.err);
        new Snapshots(out.resolve("snapshots"), 1).save(1, new Snapshot(Map.of(), Map.of("settings", "{lr=7}")));
        Result other = train(out, "--resume");
        assertEquals(2, other.exit);
        assertTrue(other.err.contains("started with other settings: {lr=7}"), other.err);
        assertFalse(Files.exists(out.resolve("model.safetensors")));
        Result anew = train(out);
        assertEquals(0, anew.exit, anew.err);
        assertTrue(anew.out.contains("discarding the interrupted run in " + out), anew.out);
        assertFalse(Files.exists(out.resolve("snapshots")));
    }

    @Test
    void aBatchMayBeLargerThanTheData() {
        assertEquals(0, train(folder.resolve("out"), "--batch", Integer.MAX_VALUE).exit);
    }

    @Test
    void weightsOfAnotherKindAreRefused() throws IOException {
        Path out = folder.resolve("out");
        train(out);
        Path file = out.resolve("model.safetensors");
        SafeTensors saved = SafeTensors.open(file);
        java.util.Map<String, Tensor> tensors = saved.tensors();
        for (String[] change :
                new String[][] {{"layers", "foo"}, {"layers", "784,10"}, {"mean", "x"}, {"height", "27"}}) {
            java.util.Map<String, String> metadata = new java.util.TreeMap<>(saved.metadata());
            metadata.put(change[0], change[1]);
            SafeTensors.write(file, tensors, metadata);
            assertRefused("model.safetensors: damaged, or not a model saved by mnist", "predict", "--model", out, 3);
        }
        Files.writeString(file, "\u0010\0\0\0\0\0\0\0{\"a\":{\"shape\":5}}");
        assertRefused("model.safetensors: damaged", "predict", "--model", out, 3);
    }

    @Test
    void checkPassesForTheBuiltInLayers() {
        Result result = run("check");
        assertEquals(0, result.exit, result.out);
        assertTrue(result.out.lines().count() >= 19, result.out);
        assertFalse(result.out.contains("wrong"), result.out);
        JsonObject line = JsonParser.parseString(
                        run("check", "--json").out.lines().findFirst().orElseThrow())
                .getAsJsonObject();
        assertTrue(line.get("passed").getAsBoolean());
    }

    /** Checks only counts and memory, since times depend on the machine. */
    @Test
    void costCountsGrowAsTheoryPredicts() {
        Map<String, List<JsonObject>> lines = run("cost", "--json", "--rounds", 1)
                .out
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .collect(Collectors.groupingBy(line -> line.get("cost").getAsString()));
        assertEquals(5, lines.get("gradient").size());
        for (JsonObject line : lines.get("gradient")) {
            assertTrue(line.get("ops_ratio").getAsDouble() <= 5, line::toString);
            assertTrue(line.get("elements_ratio").getAsDouble() <= 5, line::toString);
        }
        List<JsonObject> memory = lines.get("memory");
        JsonObject small = memory.get(0);
        JsonObject large = memory.get(memory.size() - 1);
        double length = large.get("T").getAsDouble() / small.get("T").getAsDouble();
        assertEquals(length, ratio("reverse_kb", large, small), 0.1 * length);
        assertEquals(1, ratio("forward_kb", large, small));
        assertEquals(Math.sqrt(length), ratio("checkpoint_kb", large, small), 0.2 * Math.sqrt(length));
    }

    private static double ratio(String field, JsonObject a, JsonObject b) {
        return a.get(field).getAsDouble() / b.get(field).getAsDouble();
    }
}
