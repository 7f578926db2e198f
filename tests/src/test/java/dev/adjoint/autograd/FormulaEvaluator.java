package dev.adjoint.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Evaluates the formulas that ops print, such as {@code 2/√π·exp(−x²)}, on tensors. */
final class FormulaEvaluator {
    /** Functions that formulas write in another way than the methods of {@link Tensor} are called. */
    private static final Map<String, UnaryOperator<Tensor>> FUNCTIONS = Map.of(
            "ln",
            Tensor::log,
            "erfc",
            x -> x.erf().neg().add(1),
            "σ",
            Tensor::sigmoid,
            "softmax",
            x -> x.softmax(-1),
            "logSoftmax",
            x -> x.logSoftmax(-1),
            // One column for each of the three classes in the test.
            "onehot",
            x -> x.unsqueeze(1).eq(Tensor.of(0, 1, 2)).to(DType.FLOAT64),
            "Σ",
            x -> x.sum(true, -1));

    private final String text;
    private final Map<String, Tensor> values;
    private int at;

    private FormulaEvaluator(String text, Map<String, Tensor> values) {
        this.text = text.replace(" ", "");
        this.values = values;
    }

    static Tensor evaluate(String formula, Map<String, Tensor> values) {
        FormulaEvaluator evaluator = new FormulaEvaluator(formula, values);
        Tensor value = evaluator.sum();
        if (evaluator.at < evaluator.text.length()) throw evaluator.unreadable();
        return value;
    }

    private IllegalArgumentException unreadable() {
        return new IllegalArgumentException("'" + text + "' cannot be read at character " + at);
    }

    private boolean accept(String token) {
        if (!text.startsWith(token, at)) return false;
        at += token.length();
        return true;
    }

    private void expect(String token) {
        if (!accept(token)) throw unreadable();
    }

    private Tensor sum() {
        Tensor x = product();
        while (true) {
            if (accept("+")) x = x.add(product());
            else if (accept("−")) x = x.sub(product());
            else return x;
        }
    }

    private Tensor product() {
        Tensor x = signed();
        while (true) {
            if (accept("⊙")) x = x.mul(signed());
            else if (accept("/")) x = x.div(signed());
            else if (accept("·")) {
                Tensor y = signed();
                x = x.rank() == 2 && y.rank() == 2 ? x.matmul(y) : x.mul(y);
            } else return x;
        }
    }

    private Tensor signed() {
        if (accept("−")) return signed().neg();
        Tensor x = marked();
        return accept("^") ? x.pow(signed()) : x;
    }

    private Tensor marked() {
        Tensor x = primary();
        while (true) {
            if (accept("²")) x = x.square();
            else if (accept("³")) x = x.mul(x.square());
            else if (accept("ᵀ")) x = x.transpose();
            else return x;
        }
    }

    private Tensor primary() {
        if (accept("½")) return Tensor.of(0.5).reshape();
        if (accept("π")) return Tensor.of(Math.PI).reshape();
        if (accept("√")) return marked().sqrt();
        if (accept("(")) return closed(sum(), ")");
        if (accept("|")) return closed(sum(), "|").abs();
        if (accept("[")) {
            Tensor a = sum();
            boolean isGreater = accept(">");
            if (!isGreater) expect("<");
            Tensor b = sum();
            return closed(isGreater ? a.gt(b) : b.gt(a), "]");
        }
        int from = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at)) && "²³ᵀ".indexOf(text.charAt(at)) < 0)
            at++;
        String name = text.substring(from, at);
        if (name.startsWith("ln") && name.length() > 2) { // ln σ(x)
            at = from + 2;
            return primary().log();
        }
        if (values.containsKey(name)) return values.get(name);
        if (name.matches("\\d+")) return Tensor.of(Double.parseDouble(name)).reshape();
        if (!accept("(")) throw unreadable();
        List<Tensor> arguments = new ArrayList<>();
        do arguments.add(sum());
        while (accept(","));
        expect(")");
        if (name.equals("max")) return arguments.get(0).maximum(arguments.get(1));
        if (name.equals("min")) return arguments.get(0).minimum(arguments.get(1));
        if (arguments.size() != 1) throw unreadable();
        UnaryOperator<Tensor> function = FUNCTIONS.get(name);
        return function != null ? function.apply(arguments.get(0)) : method(name, arguments.get(0));
    }

    private Tensor method(String name, Tensor x) {
        try {
            return (Tensor) Tensor.class.getMethod(name).invoke(x);
        } catch (ReflectiveOperationException e) {
            throw unreadable();
        }
    }

    private Tensor closed(Tensor x, String token) {
        expect(token);
        return x;
    }
}
