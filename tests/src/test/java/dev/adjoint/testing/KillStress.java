package dev.adjoint.testing;

import dev.adjoint.cli.Main;
import dev.adjoint.datasets.IdxFiles;
import dev.adjoint.train.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program: trains once without interruption, then again, killed by different signals at random moments, often in the middle of a write,
 * and resumed each time until it finishes. Both runs must end with bit for bit the same weights and the same metrics, and every snapshot
 * must be readable after each kill.
 */
public final class KillStress {
    /** Maximum time before a kill after the first snapshot: some dozens of steps, each with a snapshot. */
    private static final int LONGEST_MILLIS = 400;

    private static final List<String> SIGNALS = List.of("KILL", "TERM", "INT", "HUP");
    private static final int POLL_MILLIS = 2;
    private static final int LAST_MILLIS = 300_000;
    private static final int IMAGES = 400;

    private KillStress() {}

    /**
     * Runs the program.
     *
     * @param args the number of kills (30) and the seed of their times (0)
     * @throws Exception if a check fails
     */
    public static void main(String[] args) throws Exception {
        int kills = args.length > 0 ? Integer.parseInt(args[0]) : 30;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 0;
        Path folder = Files.createTempDirectory("kills");
        System.out.println(run(folder, kills, seed));
    }

    /** Returns a report; throws an error if a check fails. */
    public static String run(Path folder, int kills, long seed) throws IOException, InterruptedException {
        Path data = IdxFiles.write(folder.resolve("data"), IMAGES, 50);
        Random random = new Random(seed);
        ChildJvm.run(folder, List.of(), Main.class, train(data, folder.resolve("whole"), false));
        byte[] whole = Files.readAllBytes(folder.resolve("whole/model.safetensors"));
        List<String> metrics = metrics(folder.resolve("whole"));
        int done = 0;
        int runs = 0;
        while (done < kills) {
            Path out = folder.resolve("killed-" + runs++);
            boolean ended = false;
            while (!ended) {
                List<Path> before = snapshots(out);
                Process process = ChildJvm.start(folder, List.of(), Main.class, train(data, out, !before.isEmpty()));
                while (process.isAlive() && snapshots(out).equals(before)) Thread.sleep(POLL_MILLIS);
                int millis = done < kills ? random.nextInt(LONGEST_MILLIS) : LAST_MILLIS;
                ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
                if (!ended) {
                    signal(process, SIGNALS.get(done % SIGNALS.size()));
                    done++;
                    snapshots(out).forEach(Snapshots::read); // fails if one is damaged
                } else if (process.exitValue() != 0) {
                    throw new AssertionError(Files.readString(folder.resolve("err.txt")));
                }
            }
            if (!Arrays.equals(whole, Files.readAllBytes(out.resolve("model.safetensors")))) {
                throw new AssertionError("the weights of " + out + " differ from those of the unbroken run");
            }
            if (!metrics.equals(metrics(out))) {
                throw new AssertionError("metrics.jsonl of " + out + " differs from that of the unbroken run");
            }
        }
        return "kills: " + done + " by " + SIGNALS + "; " + runs
                + " runs ended with the weights and the metrics of the unbroken one";
    }

    /** Ends a process with a signal; a signal that can be handled gives it time to save. */
    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (!process.waitFor(1, TimeUnit.MINUTES)) throw new AssertionError("it did not end by " + name);
    }

    /** The lines of the metrics without times. */
    private static List<String> metrics(Path out) throws IOException {
        return Files.readAllLines(out.resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceAll("\"seconds\":[^,}]*,?", ""))
                .toList();
    }

    private static String[] train(Path data, Path out, boolean resume) {
        List<String> args =
                new ArrayList<>(List.of(("mnist --json --layers 784,32,10 --batch 20 --epochs 15 --snapshot-every 1"
                                + " --data " + data + " --out " + out)
                        .split(" ")));
        if (resume) args.add("--resume");
        return args.toArray(String[]::new);
    }

    private static List<Path> snapshots(Path out) throws IOException {
        Path folder = out.resolve("snapshots");
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .toList();
        }
    }
}
