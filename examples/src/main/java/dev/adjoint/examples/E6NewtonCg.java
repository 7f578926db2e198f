package dev.adjoint.examples;

import dev.adjoint.autograd.DType;
import dev.adjoint.autograd.Tensor;
import dev.adjoint.autograd.Transforms;
import java.util.Locale;

/** Minimises Rosenbrock's function of 100 variables by Newton's method; conjugate gradients solve H·d = −∇f using only products H·p. */
final class E6NewtonCg {
    static Tensor rosenbrock(Tensor x) {
        Tensor head = x.slice(0, 0, x.length() - 1);
        Tensor valley = x.slice(0, 1, x.length()).sub(head.square()).square();
        return valley.mul(100).add(head.sub(1).square()).sum();
    }

    static Tensor newtonStep(Tensor x, Tensor gradient) {
        Tensor d = Tensor.zerosLike(x);
        Tensor r = gradient.neg();
        Tensor p = r;
        for (double rr = r.matmul(r).item(), first = rr; rr > Math.min(0.1, first) * first; ) {
            Tensor hp = Transforms.hvp(E6NewtonCg::rosenbrock, x, p);
            double length = rr / p.matmul(hp).item();
            if (length < 0) return d.add(p); // negative curvature: no minimum in this direction, so follow it downhill
            d = d.add(p.mul(length));
            r = r.sub(hp.mul(length));
            p = r.add(p.mul(r.matmul(r).item() / rr));
            rr = r.matmul(r).item();
        }
        return d;
    }

    public static void main(String[] args) {
        Tensor x = Tensor.full(DType.FLOAT64, -1.2, 100);
        for (double value = 1; value > 1e-18; ) {
            Tensor d = newtonStep(x, Transforms.grad(E6NewtonCg::rosenbrock, x));
            while (rosenbrock(x.add(d)).item() > rosenbrock(x).item()) d = d.mul(0.5);
            x = x.add(d);
            System.out.printf(Locale.ROOT, "f %.3e%n", value = rosenbrock(x).item());
        }
    }
}
