// For the lecture hall: jshell -R--add-modules=jdk.incubator.vector --class-path examples/target/adjoint.jar examples/guide/lecture.jsh
import dev.adjoint.autograd.*
import dev.adjoint.autograd.check.*
import dev.adjoint.autograd.inspect.*
import dev.adjoint.datasets.*
import dev.adjoint.datasets.files.*
import dev.adjoint.lab.*
import dev.adjoint.nn.*
import dev.adjoint.optim.*
import dev.adjoint.train.*
import java.nio.file.*
import java.util.*
import java.util.function.*

Map<String, Double> at(Object... pairs) {
    Map<String, Double> point = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) point.put((String) pairs[i], ((Number) pairs[i + 1]).doubleValue());
    return point;
}

/** Prints how a function and its derivatives are computed: explain("x1*x2 + sin(x1)", "x1", 2, "x2", 3) */
void explain(String expression, Object... pairs) {
    System.out.print(Explain.expression(expression, at(pairs)).text());
}

/** The same as a page, in the browser. */
void show(String expression, Object... pairs) throws java.io.IOException {
    Path page = Files.createTempFile("explain", ".html");
    Explain.expression(expression, at(pairs)).html(page);
    System.out.println(page);
    if (java.awt.Desktop.isDesktopSupported()) java.awt.Desktop.getDesktop().browse(page.toUri());
}

System.out.println("Adjoint. Try: explain(\"x1*x2 + sin(x1)\", \"x1\", 2, \"x2\", 3)")
