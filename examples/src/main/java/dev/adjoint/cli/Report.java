package dev.adjoint.cli;

import dev.adjoint.autograd.Tensor;
import dev.adjoint.datasets.ImageDataset;
import dev.adjoint.train.ConfusionMatrix;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints an evaluation as text: tables, and digits drawn with characters. */
final class Report {
    private static final String SHADES = " .:-=+*#%@";
    private static final int DRAWN = 4;

    private Report() {}

    static void print(PrintWriter out, Evaluation evaluation, ImageDataset test) {
        out.println();
        out.println("class  images  precision   recall");
        ConfusionMatrix confusion = evaluation.confusion();
        long[][] counts = confusion.counts();
        int classes = counts.length;
        for (int c = 0; c < classes; c++) {
            out.printf(
                    Locale.ROOT,
                    "%5d  %6d  %7.2f %%  %6.2f %%%n",
                    c,
                    confusion.support(c),
                    100 * confusion.precision(c),
                    100 * confusion.recall(c));
        }
        out.println();
        out.println("confusion matrix: a row for each true class, a column for each predicted class");
        out.print("    ");
        for (int c = 0; c < classes; c++) out.printf(Locale.ROOT, "%6d", c);
        out.println();
        for (int c = 0; c < classes; c++) {
            out.printf(Locale.ROOT, "%4d", c);
            for (long n : counts[c]) out.printf(Locale.ROOT, "%6s", n == 0 ? "·" : n);
            out.println();
        }
        printMistakes(out, evaluation.mistakes(), test);
    }

    private static void printMistakes(PrintWriter out, List<Evaluation.Mistake> mistakes, ImageDataset test) {
        if (mistakes.isEmpty()) return;
        out.println();
        out.println("misclassified images:");
        List<Evaluation.Mistake> shown = mistakes.subList(0, Math.min(DRAWN, mistakes.size()));
        StringBuilder captions = new StringBuilder();
        for (Evaluation.Mistake m : shown) {
            String caption = "#" + m.index() + ": a " + m.expected() + " classified as " + m.predicted();
            captions.append(String.format(Locale.ROOT, "%-" + (test.width() + 2) + "s", caption));
        }
        out.println(captions.toString().stripTrailing());
        String[][] drawings = new String[shown.size()][];
        for (int i = 0; i < drawings.length; i++) {
            drawings[i] = draw(test.inputs(shown.get(i).index()), test.height(), test.width());
        }
        for (int row = 0; row < drawings[0].length; row++) {
            StringBuilder line = new StringBuilder();
            for (String[] drawing : drawings) line.append(drawing[row]).append("  ");
            out.println(line.toString().stripTrailing());
        }
    }

    /** Draws two rows of pixels per line of text, since a character is about twice as high as it is wide. */
    static String[] draw(Tensor image, int height, int width) {
        float[] pixels = image.toFloats();
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (float pixel : pixels) {
            low = Math.min(low, pixel);
            high = Math.max(high, pixel);
        }
        float range = high > low ? high - low : 1;
        String[] lines = new String[height / 2];
        for (int row = 0; row < lines.length; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < width; column++) {
                int at = 2 * row * width + column;
                float level = ((pixels[at] + pixels[at + width]) / 2 - low) / range;
                line.append(SHADES.charAt((int) (level * (SHADES.length() - 1) + 0.5f)));
            }
            lines[row] = line.toString();
        }
        return lines;
    }
}
