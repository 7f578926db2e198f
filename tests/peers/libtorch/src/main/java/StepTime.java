import com.google.gson.Gson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Time of one training step (forward, backward, update) of an MLP in libtorch, PyTorch's core without Python, which spares it
 * what Python costs. Prints one JSON line with the fields of `bench step`. Float32, random labels and a learning rate of 1e-7, so
 * that gradients neither vanish nor become denormal while timing. As with PyTorch, the environment decides on the threads:
 * OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=2 was its best setting on two cores.
 */
@Command(name = "libtorch", mixinStandardHelpOptions = true)
final class StepTime implements Runnable {
    private static final double LEARNING_RATE = 1e-7;

    @Option(names = "--batch", defaultValue = "128")
    private int batch;

    @Option(names = "--layers", split = ",", defaultValue = "784,128,10")
    private long[] layers;

    @Option(names = "--optimizer", description = "sgd or adam.", defaultValue = "adam")
    private String optimizerName;

    @Option(names = "--steps", defaultValue = "200")
    private int steps;

    @Option(names = "--rounds", defaultValue = "9")
    private int rounds;

    private final List<LinearImpl> linears = new ArrayList<>();
    private Optimizer optimizer;
    private Tensor x;
    private Tensor target;

    public static void main(String[] args) {
        System.exit(new CommandLine(new StepTime()).execute(args));
    }

    @Override
    public void run() {
        torch.manual_seed(0);
        TensorVector parameters = new TensorVector();
        for (int i = 0; i + 1 < layers.length; i++) {
            LinearImpl linear = new LinearImpl(layers[i], layers[i + 1]);
            linears.add(linear);
            parameters.push_back(linear.weight());
            parameters.push_back(linear.bias());
        }
        optimizer = optimizerName.equals("sgd")
                ? new SGD(parameters, new SGDOptions(LEARNING_RATE))
                : new Adam(parameters, new AdamOptions(LEARNING_RATE));
        x = torch.rand(batch, layers[0]);
        long classes = layers[layers.length - 1];
        target = torch.randint(classes, new long[] {batch}, new TensorOptions(torch.ScalarType.Long));
        round(Math.max(20, steps));
        double[] micros = new double[rounds];
        for (int i = 0; i < rounds; i++) micros[i] = round(steps);
        Arrays.sort(micros);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", "libtorch");
        line.put("batch", batch);
        line.put("layers", layers);
        line.put("optimizer", optimizerName);
        line.put("min_us", Math.round(micros[0] * 10) / 10.0);
        line.put("median_us", Math.round(micros[rounds / 2] * 10) / 10.0);
        System.out.println(new Gson().toJson(line));
    }

    private double round(int count) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) step();
        return (System.nanoTime() - start) / 1e3 / count;
    }

    private void step() {
        try (PointerScope scope = new PointerScope()) {
            optimizer.zero_grad();
            Tensor h = x;
            for (int i = 0; i < linears.size(); i++) h = linears.get(i).apply(i == 0 ? h : torch.relu(h));
            torch.cross_entropy_loss(h, target).backward();
            optimizer.step();
        }
    }
}
