package dev.adjoint.autograd.check;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The result of a gradient check.
 *
 * @param failures the wrong derivatives, one for each tensor, mode and order; empty if all are right
 * @param checked the number of entries that were compared
 * @param kinks the number of entries that were skipped because of a kink within the step, such as another maximum of a max or
 *     another side of a relu
 * @param incomparable the number of entries without a finite difference quotient
 * @param notes what was not checked, and why
 */
public record GradReport(List<Failure> failures, int checked, int kinks, int incomparable, List<String> notes) {
    /**
     * A tensor whose derivative is wrong.
     *
     * @param mode "reverse" or "forward", and the order
     * @param tensor its name: "input", "input 1", or a parameter's name
     * @param index the index of the worst entry; in forward mode, an entry of the result
     * @param analytic the computed derivative at that entry
     * @param numeric the derivative by central differences; in forward mode, by reverse mode
     * @param diagnosis the cause
     * @param explanation the details of the cause: which factor, which axis
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
         * The relative error.
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
     * Whether the check passed.
     *
     * @return true if entries were compared and there are no failures
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
                .append(" skipped)");
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
