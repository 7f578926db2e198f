package dev.adjoint.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.adjoint.autograd.Tensor;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Correct answers get full points, skeletons get none, and common mistakes get the matching hint. */
class CourseTest {
    private static final Grader.Answers RIGHT = Solutions.all();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void correctAnswersGetFullPointsWithinTwentySeconds(int assignment) {
        CourseReport report =
                Assertions.assertTimeout(Duration.ofSeconds(20), () -> CourseReport.grade(assignment, RIGHT));
        assertEquals(report.of(), report.points(), report.text());
        assertTrue(report.text().endsWith(report.of() + " of " + report.of() + " points\n"), report.text());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void skeletonsGetNoPoints(int assignment) {
        CourseReport report = CourseReport.grade(assignment);
        assertEquals(0, report.points(), report.text());
        assertTrue(report.text().contains("not written yet"), report.text());
        JsonObject json = JsonParser.parseString(report.json()).getAsJsonObject();
        assertEquals(0, json.get("points").getAsInt());
        assertEquals(report.of(), json.get("of").getAsInt());
        assertTrue(json.getAsJsonArray("tasks").size() >= 4);
        assertNotNull(CourseReport.class.getResource(assignment + ".md"));
    }

    private static Arguments rule(String name, Solutions.Rules wrong, String task, String hint) {
        return Arguments.argumentSet(
                name,
                1,
                new Grader.Answers(wrong, RIGHT.broadcasting(), RIGHT.layers(), RIGHT.optimizers(), RIGHT.net()),
                task,
                hint);
    }

    private static Arguments broadcast(String name, Solutions.Broadcasts wrong, String task, String hint) {
        return Arguments.argumentSet(
                name,
                2,
                new Grader.Answers(RIGHT.rules(), wrong, RIGHT.layers(), RIGHT.optimizers(), RIGHT.net()),
                task,
                hint);
    }

    private static Arguments layer(String name, Solutions.Layers wrong, String task, String hint) {
        return Arguments.argumentSet(
                name,
                3,
                new Grader.Answers(RIGHT.rules(), RIGHT.broadcasting(), wrong, RIGHT.optimizers(), RIGHT.net()),
                task,
                hint);
    }

    private static Arguments step(String name, Solutions.Steps wrong, String task, String hint) {
        return Arguments.argumentSet(
                name,
                4,
                new Grader.Answers(RIGHT.rules(), RIGHT.broadcasting(), RIGHT.layers(), wrong, RIGHT.net()),
                task,
                hint);
    }

    private static Arguments net(String name, Solutions.Net wrong, String task, String hint) {
        return Arguments.argumentSet(
                name,
                5,
                new Grader.Answers(RIGHT.rules(), RIGHT.broadcasting(), RIGHT.layers(), RIGHT.optimizers(), wrong),
                task,
                hint);
    }

    static Stream<Arguments> wrongAnswers() {
        return Stream.of(
                rule(
                        "cos with a sign",
                        new Solutions.Rules() {
                            @Override
                            public Tensor sin(Tensor g, Tensor x) {
                                return g.mul(x.cos()).neg();
                            }
                        },
                        "sin",
                        "sign flipped"),
                rule(
                        "g forgotten",
                        new Solutions.Rules() {
                            @Override
                            public Tensor sin(Tensor g, Tensor x) {
                                return x.cos();
                            }
                        },
                        "sin",
                        "ones instead of the cotangent"),
                rule(
                        "operands not switched",
                        new Solutions.Rules() {
                            @Override
                            public Tensor[] mul(Tensor g, Tensor a, Tensor b) {
                                return new Tensor[] {g.mul(a), g.mul(b)};
                            }
                        },
                        "mul",
                        "operand 1 of 2"),
                rule(
                        "quotient without its minus",
                        new Solutions.Rules() {
                            @Override
                            public Tensor[] div(Tensor g, Tensor a, Tensor b) {
                                return new Tensor[] {g.div(b), g.mul(a).div(b.square())};
                            }
                        },
                        "div",
                        "operand 2 of 2: sign flipped"),
                rule(
                        "product not transposed",
                        new Solutions.Rules() {
                            @Override
                            public Tensor[] matmul(Tensor g, Tensor a, Tensor b) {
                                return new Tensor[] {
                                    b.matmul(g.transpose(0, 1)),
                                    a.transpose(0, 1).matmul(g)
                                };
                            }
                        },
                        "matmul",
                        "is [4, 3]: expected the operand's shape [3, 4]"),
                rule(
                        "softmax as if elementwise",
                        new Solutions.Rules() {
                            @Override
                            public Tensor softmax(Tensor g, Tensor y) {
                                return g.mul(y).mul(y.neg().add(1));
                            }
                        },
                        "softmax",
                        "the gradient by x: "),
                broadcast(
                        "rows not summed",
                        new Solutions.Broadcasts() {
                            @Override
                            public Tensor[] add(Tensor g, Tensor a, Tensor b) {
                                return new Tensor[] {g, g};
                            }
                        },
                        "add",
                        "broadcast axes not summed"),
                broadcast(
                        "one row taken",
                        new Solutions.Broadcasts() {
                            @Override
                            public Tensor[] mul(Tensor g, Tensor a, Tensor b) {
                                Tensor toB = g.mul(a);
                                while (toB.rank() > b.rank()) toB = toB.select(0, 0);
                                return new Tensor[] {sumTo(g.mul(b), a.shape()), sumTo(toB, b.shape())};
                            }
                        },
                        "mul",
                        "broadcast axes not summed"),
                broadcast(
                        "mean without its divisor",
                        new Solutions.Broadcasts() {
                            @Override
                            public Tensor mean(Tensor g, Tensor x, int axis) {
                                return sum(g, x, axis);
                            }
                        },
                        "mean",
                        "off by a constant factor"),
                layer(
                        "bias gets no sum",
                        new Solutions.Layers() {
                            @Override
                            public Tensor[] linearBackward(Tensor g, Tensor x, Tensor w, Tensor b) {
                                return new Tensor[] {
                                    g.matmul(w), g.transpose(0, 1).matmul(x), g
                                };
                            }
                        },
                        "linearBackward",
                        "broadcast axes not summed"),
                layer(
                        "exp of large logits",
                        new Solutions.Layers() {
                            @Override
                            public Tensor crossEntropy(Tensor logits, Tensor target) {
                                Tensor p = logits.exp().div(logits.exp().sum(1).unsqueeze(1));
                                return p.log()
                                        .gather(1, target.unsqueeze(1))
                                        .mean()
                                        .neg();
                            }
                        },
                        "crossEntropy of large logits",
                        "an exp of a large number"),
                layer(
                        "sum instead of mean",
                        new Solutions.Layers() {
                            @Override
                            public Tensor crossEntropyBackward(Tensor g, Tensor logits, Tensor target) {
                                return super.crossEntropyBackward(g, logits, target)
                                        .mul(logits.shape(0));
                            }
                        },
                        "crossEntropyBackward",
                        "it is 4 (the batch size) times"),
                layer(
                        "the mean held constant",
                        new Solutions.Layers() {
                            @Override
                            public Tensor layerNormBackward(Tensor g, Tensor x) {
                                return g.div(x.sub(x.mean(1).unsqueeze(1))
                                        .square()
                                        .mean(1)
                                        .unsqueeze(1)
                                        .add(1e-5)
                                        .sqrt());
                            }
                        },
                        "layerNormBackward",
                        "the gradient by x: "),
                step(
                        "velocity lost",
                        new Solutions.Steps() {
                            @Override
                            public Tensor[] sgd(Tensor w, Tensor g, Tensor v, double lr, double momentum) {
                                return new Tensor[] {super.sgd(w, g, v, lr, momentum)[0], g};
                            }
                        },
                        "sgd",
                        "is the velocity passed on?"),
                step(
                        "bias not corrected",
                        new Solutions.Steps() {
                            @Override
                            public Tensor[] adam(Tensor w, Tensor g, Tensor m, Tensor v, long t, double lr) {
                                Tensor mean = m.mul(0.9).add(g.mul(0.1));
                                Tensor squares = v.mul(0.999).add(g.square().mul(0.001));
                                return new Tensor[] {
                                    w.sub(mean.div(squares.sqrt().add(1e-8)).mul(lr)), mean, squares
                                };
                            }
                        },
                        "adam",
                        "is the bias of m and v corrected?"),
                step(
                        "decay in the gradient",
                        new Solutions.Steps() {
                            @Override
                            public Tensor[] adamW(
                                    Tensor w, Tensor g, Tensor m, Tensor v, long t, double lr, double decay) {
                                return adam(w, g.add(w.mul(decay)), m, v, t, lr);
                            }
                        },
                        "adamW",
                        "the decay"),
                step(
                        "whole numbers divided",
                        new Solutions.Steps() {
                            @Override
                            public double cosine(double lr, long t, long total) {
                                return lr * (1 + Math.cos(Math.PI * (t / total))) / 2;
                            }
                        },
                        "cosine",
                        "is an integer in Java"),
                net(
                        "pooling to all",
                        new Solutions.Net() {
                            @Override
                            public Tensor maxPoolBackward(Tensor g, Tensor x) {
                                return Tensor.onesLike(x)
                                        .reshape(2, 3, 2, 2, 3, 2)
                                        .mul(g.unsqueeze(3).unsqueeze(5))
                                        .reshape(x.shape());
                            }
                        },
                        "maxPoolBackward",
                        "the gradient by x: "),
                net(
                        "kernels rotated by 180°",
                        new Solutions.Net() {
                            @Override
                            public Tensor conv2d(Tensor x, Tensor w) {
                                return super.conv2d(x, w).neg();
                            }
                        },
                        "conv2d",
                        "sign flipped"));
    }

    @ParameterizedTest
    @MethodSource("wrongAnswers")
    void commonMistakesGetTheMatchingHint(int assignment, Grader.Answers answers, String task, String hint) {
        CourseReport report = CourseReport.grade(assignment, answers);
        assertNotNull(report.hint(task), report.text());
        assertTrue(report.hint(task).contains(hint), report.text());
        assertTrue(report.points() < report.of() && report.points() > 0, report.text());
    }
}
