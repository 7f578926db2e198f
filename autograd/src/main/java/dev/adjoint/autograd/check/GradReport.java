package dev.adjoint.autograd.check;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a gradient check found.
 *
 * @param failures what is wrong, one entry for a tensor, mode and order; empty if all is right
 * @param checked how many entries were compared
 * @param kinks how many entries were passed over, because the winner of a max or the side of a relu changed within the step
 * @param notes what was not checked, and why
 */
public record GradReport(List<Failure> failures, int checked, int kinks, int incomparable, List<String> notes) {
    /**
     * A tensor whose derivative is wrong.
     *
     * @param mode "reverse" or "forward", and the order
     * @param tensor which: "input", "input 1", or a parameter's name
     * @param index the worst entry; of the result in forward mode
     * @param analytic the derivative there
     * @param numeric what central differences say
     * @param diagnosis the cause
     * @param explanation the cause in particular: which factor, which axis
     */
    public record Failure(
            String mode,
            String tensor,
            long[] index,
            double analytic,
            double numeric,
            Diagnosis diagnosis,
            String explanation) {
        /**
         * How far off it is.
         *
         * @return |analytic − numeric| / max(|analytic|, |numeric|)
         */
        public double relativeError() {
            double size = Math.max(Math.abs(analytic), Math.abs(numeric));
            return size == 0 ? 0 : Math.abs(analytic - numeric) / size;
        }

        @Override
        public String toString() {
            String head = mode + ", " + tensor + ": " + explanation;
            if (diagnosis == Diagnosis.NOT_DETERMINISTIC) return head;
            return String.format(
                    Locale.ROOT,
                    "%s; worst at %s: analytic %.9g, numeric %.9g, relative error %.2e",
                    head,
                    Arrays.toString(index),
                    analytic,
                    numeric,
                    relativeError());
        }
    }

    /**
     * Whether nothing is wrong.
     *
     * @return true if there are no failures
     */
    public boolean passed() {
        return failures.isEmpty() && checked > 0;
    }

    @Override
    public String toString() {
        String verdict =
                passed() ? "gradients agree" : failures.isEmpty() ? "nothing was compared" : "gradients are wrong";
        StringBuilder text = new StringBuilder(verdict)
                .append(" (")
                .append(checked)
                .append(" entries compared, ")
                .append(kinks)
                .append(kinks == 1 ? " kink" : " kinks")
                .append(" passed over)");
        if (incomparable > 0) {
            text.append("\n  ")
                    .append(incomparable)
                    .append(
                            " entries have no finite difference quotient: the function is NaN or infinite there; check it at a")
                    .append(" point of its domain");
        } else if (checked == 0 && failures.isEmpty()) {
            text.append("\n  there is no floating-point input or parameter to differentiate by");
        }
        for (Failure failure : failures) text.append("\n  ").append(failure);
        for (String note : notes) text.append("\n  note: ").append(note);
        return text.toString();
    }
}
