package dev.adjoint.testing;

import dev.adjoint.cli.Main;
import dev.adjoint.examples.E10Autoencoder;
import dev.adjoint.examples.E4TwoMoons;
import dev.adjoint.examples.E7Cnn;
import dev.adjoint.examples.E8CharLstm;
import dev.adjoint.examples.E9Transformer;
import dev.adjoint.train.CapturedLog;
import dev.adjoint.train.Lint;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program: runs all examples that use a trainer, which takes a few minutes; lint must report no finding for any of them. */
public final class LintedExamples {
    private LintedExamples() {}

    /**
     * Runs the program.
     *
     * @param args none
     * @throws Exception if an example fails
     */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("linted");
        String[] none = {};
        try (CapturedLog log = CapturedLog.of(Lint.class)) {
            E4TwoMoons.main(none);
            E8CharLstm.main(none);
            E9Transformer.main(none);
            E10Autoencoder.main(new String[] {folder.resolve("autoencoder.png").toString()});
            E7Cnn.main(none);
            PrintWriter out = new PrintWriter(System.out, true);
            int exit = Main.run(
                    out,
                    out,
                    "mnist",
                    "--json",
                    "--out",
                    folder.resolve("mnist").toString());
            if (exit != 0) throw new AssertionError("mnist ended with " + exit);
            if (!log.lines().equals(List.of())) throw new AssertionError(log.lines());
        }
        System.out.println("six examples, not a word of the lint");
    }
}
