package dev.adjoint.lab;

import dev.adjoint.autograd.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Parses and evaluates an expression: numbers, names, + − * / ^, parentheses, min(a, b), max(a, b), and functions of one argument. ^ has
 * the highest precedence and is right-associative, so −2^2 = −4.
 */
final class Expression {
    private static final Map<String, UnaryOperator<Tensor>> UNARY = new LinkedHashMap<>();
    private static final Map<String, BinaryOperator<Tensor>> BINARY =
            Map.of("min", Tensor::minimum, "max", Tensor::maximum);

    static {
        UNARY.put("sin", Tensor::sin);
        UNARY.put("cos", Tensor::cos);
        UNARY.put("tan", Tensor::tan);
        UNARY.put("asin", Tensor::asin);
        UNARY.put("acos", Tensor::acos);
        UNARY.put("atan", Tensor::atan);
        UNARY.put("sinh", Tensor::sinh);
        UNARY.put("cosh", Tensor::cosh);
        UNARY.put("tanh", Tensor::tanh);
        UNARY.put("exp", Tensor::exp);
        UNARY.put("expm1", Tensor::expm1);
        UNARY.put("log", Tensor::log);
        UNARY.put("ln", Tensor::log);
        UNARY.put("log1p", Tensor::log1p);
        UNARY.put("sqrt", Tensor::sqrt);
        UNARY.put("rsqrt", Tensor::rsqrt);
        UNARY.put("square", Tensor::square);
        UNARY.put("reciprocal", Tensor::reciprocal);
        UNARY.put("abs", Tensor::abs);
        UNARY.put("sign", Tensor::sign);
        UNARY.put("erf", Tensor::erf);
        UNARY.put("relu", Tensor::relu);
        UNARY.put("sigmoid", Tensor::sigmoid);
        UNARY.put("softplus", Tensor::softplus);
        UNARY.put("silu", Tensor::silu);
        UNARY.put("gelu", Tensor::gelu);
    }

    /** Maximum nesting depth; each level takes several stack frames. */
    private static final int MAX_DEPTH = 200;
    /** Number of characters of a long expression to show in a message. */
    private static final int EXCERPT = 120;

    private final String text;
    private final Map<String, Tensor> names;
    private int at;
    /** Number of parentheses, functions and powers being parsed. */
    private int depth;

    private Expression(String text, Map<String, Tensor> names) {
        this.text = text;
        this.names = names;
    }

    /** Evaluates an expression with tensors as the values of names. */
    static Tensor evaluate(String text, Map<String, Tensor> names) {
        Expression expression = new Expression(text, names);
        Tensor result = expression.sum();
        expression.skipBlanks();
        if (expression.at < text.length()) throw expression.error("expected an operator or the end");
        return result;
    }

    private Tensor sum() {
        Tensor left = product();
        while (true) {
            if (accept('+')) left = left.add(product());
            else if (accept('-') || accept('−')) left = left.sub(product());
            else return left;
        }
    }

    private Tensor product() {
        Tensor left = signed();
        while (true) {
            if (accept('*') || accept('·')) left = left.mul(signed());
            else if (accept('/')) left = left.div(signed());
            else return left;
        }
    }

    private Tensor signed() {
        boolean isNegative = false;
        while (true) {
            if (accept('-') || accept('−')) isNegative = !isNegative;
            else if (!accept('+')) break;
        }
        Tensor value = power();
        return isNegative ? value.neg() : value;
    }

    private Tensor power() {
        Tensor base = operand();
        if (!accept('^')) return base;
        if (++depth > MAX_DEPTH)
            throw error("nested more than " + MAX_DEPTH + " levels deep; take a shorter expression");
        Tensor exponent = signed();
        depth--;
        return base.pow(exponent);
    }

    private Tensor operand() {
        if (++depth > MAX_DEPTH)
            throw error("nested more than " + MAX_DEPTH + " levels deep; take a shorter expression");
        Tensor operand = innermost();
        depth--;
        return operand;
    }

    private Tensor innermost() {
        skipBlanks();
        if (accept('(')) return closing(sum());
        if (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) return number();
        if (at < text.length() && Character.isLetter(text.charAt(at))) return named();
        throw error("expected a number, a name or '('");
    }

    private Tensor number() {
        int from = at;
        while (at < text.length() && isPartOfNumber(from)) at++;
        try {
            return Tensor.of(Double.parseDouble(text.substring(from, at)));
        } catch (NumberFormatException e) {
            at = from;
            throw error("expected a number such as 2 or 0.5e-3");
        }
    }

    private boolean isPartOfNumber(int from) {
        char c = text.charAt(at);
        boolean exponent = at > from && (c == 'e' || c == 'E');
        boolean sign = (c == '-' || c == '+') && at > from && "eE".indexOf(text.charAt(at - 1)) >= 0;
        return Character.isDigit(c) || c == '.' || exponent || sign;
    }

    private Tensor named() {
        int from = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) at++;
        String name = text.substring(from, at);
        if (accept('(')) {
            at--;
            return call(name, from);
        }
        Tensor value = names.get(name);
        if (value != null) return value;
        at = from;
        throw error("'" + name + "' has no value; give it one with --at " + name + "=1");
    }

    private Tensor call(String name, int from) {
        at++;
        if (BINARY.containsKey(name)) {
            Tensor first = sum();
            if (!accept(',')) throw error(name + " takes two arguments: expected ','");
            return closing(BINARY.get(name).apply(first, sum()));
        }
        UnaryOperator<Tensor> function = UNARY.get(name);
        if (function == null) {
            at = from;
            throw error("no function '" + name + "': expected " + String.join(", ", UNARY.keySet()) + ", min or max");
        }
        return closing(function.apply(sum()));
    }

    private Tensor closing(Tensor inside) {
        if (!accept(')')) throw error("expected ')'");
        return inside;
    }

    private boolean accept(char c) {
        skipBlanks();
        if (at >= text.length() || text.charAt(at) != c) return false;
        at++;
        return true;
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
    }

    private IllegalArgumentException error(String what) {
        int from = Math.max(0, Math.min(at - EXCERPT / 2, text.length() - EXCERPT));
        int to = Math.min(text.length(), from + EXCERPT);
        String shown = (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : "");
        return new IllegalArgumentException("expression '" + shown + "': at character " + (at + 1) + ": " + what);
    }
}
