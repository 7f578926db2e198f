package dev.adjoint.course;

import dev.adjoint.autograd.Tensor;

/** Correct answers to all assignments. */
final class Solutions {
    private Solutions() {}

    static Grader.Answers all() {
        return new Grader.Answers(new Rules(), new Broadcasts(), new Layers(), new Steps(), new Net());
    }

    static class Rules implements BackwardRules {
        @Override
        public Tensor sin(Tensor g, Tensor x) {
            return g.mul(x.cos());
        }

        @Override
        public Tensor sigmoid(Tensor g, Tensor y) {
            return g.mul(y).mul(y.neg().add(1));
        }

        @Override
        public Tensor[] mul(Tensor g, Tensor a, Tensor b) {
            return new Tensor[] {g.mul(b), g.mul(a)};
        }

        @Override
        public Tensor[] div(Tensor g, Tensor a, Tensor b) {
            return new Tensor[] {g.div(b), g.mul(a).div(b.square()).neg()};
        }

        @Override
        public Tensor[] max(Tensor g, Tensor a, Tensor b) {
            return new Tensor[] {g.mul(a.gt(b)), g.mul(b.gt(a))};
        }

        @Override
        public Tensor[] matmul(Tensor g, Tensor a, Tensor b) {
            return new Tensor[] {g.matmul(b.transpose(0, 1)), a.transpose(0, 1).matmul(g)};
        }

        @Override
        public Tensor softmax(Tensor g, Tensor y) {
            return y.mul(g.sub(g.mul(y).sum(1).unsqueeze(1)));
        }
    }

    static class Broadcasts implements Broadcasting {
        @Override
        public Tensor sumTo(Tensor g, long... shape) {
            Tensor sum = g;
            while (sum.rank() > shape.length) sum = sum.sum(0);
            for (int axis = 0; axis < shape.length; axis++) {
                if (shape[axis] == 1 && sum.shape(axis) != 1)
                    sum = sum.sum(axis).unsqueeze(axis);
            }
            return sum;
        }

        @Override
        public Tensor[] add(Tensor g, Tensor a, Tensor b) {
            return new Tensor[] {sumTo(g, a.shape()), sumTo(g, b.shape())};
        }

        @Override
        public Tensor[] mul(Tensor g, Tensor a, Tensor b) {
            return new Tensor[] {sumTo(g.mul(b), a.shape()), sumTo(g.mul(a), b.shape())};
        }

        @Override
        public Tensor sum(Tensor g, Tensor x, int axis) {
            return Tensor.zerosLike(x).add(g.unsqueeze(axis));
        }

        @Override
        public Tensor mean(Tensor g, Tensor x, int axis) {
            return sum(g, x, axis).div(x.shape(axis));
        }
    }

    static class Layers implements LayersAndLosses {
        @Override
        public Tensor linear(Tensor x, Tensor w, Tensor b) {
            return x.matmul(w.transpose(0, 1)).add(b);
        }

        @Override
        public Tensor[] linearBackward(Tensor g, Tensor x, Tensor w, Tensor b) {
            return new Tensor[] {g.matmul(w), g.transpose(0, 1).matmul(x), g.sum(0)};
        }

        @Override
        public Tensor relu(Tensor x) {
            return x.mul(x.gt(0));
        }

        @Override
        public Tensor reluBackward(Tensor g, Tensor x) {
            return g.mul(x.gt(0));
        }

        @Override
        public Tensor crossEntropy(Tensor logits, Tensor target) {
            return logProbabilities(logits)
                    .gather(1, target.unsqueeze(1))
                    .mean()
                    .neg();
        }

        private static Tensor logProbabilities(Tensor logits) {
            Tensor moved = logits.sub(logits.amax(1).unsqueeze(1));
            return moved.sub(moved.exp().sum(1).log().unsqueeze(1));
        }

        @Override
        public Tensor crossEntropyBackward(Tensor g, Tensor logits, Tensor target) {
            Tensor classes = Tensor.arange(logits.shape(1)).to(target.dtype());
            Tensor oneHot = target.unsqueeze(1).eq(classes).to(logits.dtype());
            return logProbabilities(logits).exp().sub(oneHot).mul(g).div(logits.shape(0));
        }

        @Override
        public Tensor layerNorm(Tensor x) {
            Tensor centred = x.sub(x.mean(1).unsqueeze(1));
            return centred.div(deviation(x));
        }

        private static Tensor deviation(Tensor x) {
            Tensor centred = x.sub(x.mean(1).unsqueeze(1));
            return centred.square().mean(1).unsqueeze(1).add(1e-5).sqrt();
        }

        @Override
        public Tensor layerNormBackward(Tensor g, Tensor x) {
            Tensor y = layerNorm(x);
            Tensor mean = g.mean(1).unsqueeze(1);
            Tensor along = g.mul(y).mean(1).unsqueeze(1);
            return g.sub(mean).sub(y.mul(along)).div(deviation(x));
        }
    }

    static class Steps implements Optimizers {
        @Override
        public Tensor[] sgd(Tensor w, Tensor g, Tensor v, double lr, double momentum) {
            Tensor velocity = v.mul(momentum).add(g);
            return new Tensor[] {w.sub(velocity.mul(lr)), velocity};
        }

        @Override
        public Tensor[] adam(Tensor w, Tensor g, Tensor m, Tensor v, long t, double lr) {
            Tensor mean = m.mul(0.9).add(g.mul(0.1));
            Tensor squares = v.mul(0.999).add(g.square().mul(0.001));
            Tensor step = mean.div(1 - Math.pow(0.9, t))
                    .div(squares.div(1 - Math.pow(0.999, t)).sqrt().add(1e-8));
            return new Tensor[] {w.sub(step.mul(lr)), mean, squares};
        }

        @Override
        public Tensor[] adamW(Tensor w, Tensor g, Tensor m, Tensor v, long t, double lr, double decay) {
            return adam(w.mul(1 - lr * decay), g, m, v, t, lr);
        }

        @Override
        public double cosine(double lr, long t, long total) {
            return lr * (1 + Math.cos(Math.PI * t / total)) / 2;
        }
    }

    static class Net implements ConvolutionalNet {
        @Override
        public Tensor conv2d(Tensor x, Tensor w) {
            Windows s = new Windows(x, w);
            double[] in = x.toDoubles();
            double[] taps = w.toDoubles();
            double[] out = new double[s.n * s.o * s.high * s.wide];
            s.each((image, kernel, result) -> out[result] += in[image] * taps[kernel]);
            return Tensor.of(out, s.n, s.o, s.high, s.wide).to(x.dtype());
        }

        @Override
        public Tensor[] conv2dBackward(Tensor g, Tensor x, Tensor w) {
            Windows s = new Windows(x, w);
            double[] in = x.toDoubles();
            double[] taps = w.toDoubles();
            double[] back = g.toDoubles();
            double[] toImages = new double[in.length];
            double[] toKernels = new double[taps.length];
            s.each((image, kernel, result) -> {
                toImages[image] += back[result] * taps[kernel];
                toKernels[kernel] += back[result] * in[image];
            });
            return new Tensor[] {
                Tensor.of(toImages, x.shape()).to(x.dtype()),
                Tensor.of(toKernels, w.shape()).to(x.dtype())
            };
        }

        /** All products of a convolution, by the indices of image, kernel and result. */
        private static final class Windows {
            private interface Product {
                void at(int image, int kernel, int result);
            }

            final int n;
            final int c;
            final int h;
            final int width;
            final int o;
            final int k;
            final int high;
            final int wide;

            Windows(Tensor x, Tensor w) {
                n = (int) x.shape(0);
                c = (int) x.shape(1);
                h = (int) x.shape(2);
                width = (int) x.shape(3);
                o = (int) w.shape(0);
                k = (int) w.shape(2);
                high = h - k + 1;
                wide = width - k + 1;
            }

            void each(Product product) {
                for (int i = 0; i < n * o * c * k * k; i++) {
                    int v = i % k;
                    int u = i / k % k;
                    int channel = i / (k * k) % c;
                    int kernel = i / (k * k * c) % o;
                    int image = i / (k * k * c * o);
                    int tap = ((kernel * c + channel) * k + u) * k + v;
                    for (int y = 0; y < high; y++) {
                        int from = ((image * c + channel) * h + y + u) * width + v;
                        int to = ((image * o + kernel) * high + y) * wide;
                        for (int z = 0; z < wide; z++) product.at(from + z, tap, to + z);
                    }
                }
            }
        }

        private static Tensor windows(Tensor x) {
            long[] s = x.shape();
            return x.reshape(s[0], s[1], s[2] / 2, 2, s[3] / 2, 2);
        }

        @Override
        public Tensor maxPool(Tensor x) {
            return windows(x).amax(5).amax(3);
        }

        @Override
        public Tensor maxPoolBackward(Tensor g, Tensor x) {
            Tensor greatest = maxPool(x).unsqueeze(3).unsqueeze(5);
            Tensor mask = windows(x).eq(greatest).to(x.dtype());
            return mask.mul(g.unsqueeze(3).unsqueeze(5)).reshape(x.shape());
        }
    }
}
