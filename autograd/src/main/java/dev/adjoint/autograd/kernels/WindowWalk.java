package dev.adjoint.autograd.kernels;

/** Goes through the columns of unfolded images in runs: neighbours in a column matrix whose places in the image are evenly spaced. */
final class WindowWalk {
    /** A run: where it begins in the image (below 0: outside, all zeros) and in the columns, how long it is, and its step in the image. */
    interface Run {
        void at(int image, int column, int count, int step);
    }

    private WindowWalk() {}

    static void over(long[] shape, Windows w, Run run) {
        int batch = (int) shape[0];
        int channels = (int) shape[1];
        int height = (int) shape[2];
        int width = (int) shape[3];
        int rows = w.rows(height);
        int columns = w.columns(width);
        int column = 0;
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < w.height(); i++) {
                for (int j = 0; j < w.width(); j++) {
                    int shift = j * w.dilationX() - w.paddingX();
                    // Windows from `first` to `last` (exclusive) have this element inside the image's width.
                    int first = Math.min(columns, Math.max(0, -Math.floorDiv(shift, w.strideX())));
                    int last = Math.max(first, Math.min(columns, Math.floorDiv(width - 1 - shift, w.strideX()) + 1));
                    for (int n = 0; n < batch; n++) {
                        for (int p = 0; p < rows; p++) {
                            int y = p * w.strideY() + i * w.dilationY() - w.paddingY();
                            if (y < 0 || y >= height) {
                                run.at(-1, column, columns, 0);
                            } else {
                                int line = ((n * channels + c) * height + y) * width;
                                if (first > 0) run.at(-1, column, first, 0);
                                run.at(line + first * w.strideX() + shift, column + first, last - first, w.strideX());
                                if (last < columns) run.at(-1, column + last, columns - last, 0);
                            }
                            column += columns;
                        }
                    }
                }
            }
        }
    }
}
