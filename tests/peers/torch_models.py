"""Models of PyTorch as safetensors files with an input and the output for it; and the way back.

usage: python torch_models.py write FOLDER     makes the fixtures of the tests: NAME.safetensors, NAME.io.safetensors
       python torch_models.py check FOLDER     loads NAME.safetensors, which Adjoint wrote, and compares the output for the input in
                                               NAME.io.safetensors with the one there; exit code 1 if they differ by more than 1e-5
Needs: pip install torch numpy (the files are read and written here: the format is a header of JSON and the numbers)
"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch
from torch import nn

KINDS = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
NAMES = {np.dtype(kind): name for name, kind in KINDS.items()}


def write(path, tensors):
    header, data, at = {}, [], 0
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor.detach().numpy())
        end = at + array.nbytes
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(tensor.shape), "data_offsets": [at, end]}
        data.append(array.tobytes())
        at = end
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


def read(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(data[slice(*entry["data_offsets"])], KINDS[entry["dtype"]])
                                   .reshape(entry["shape"]).copy()) for name, entry in header.items()}


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def mlp():
    return nn.Sequential(nn.Linear(20, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 5))


MODELS = {
    "lenet": (lenet, (3, 1, 28, 28)),
    "mlp": (mlp, (7, 20)),
    "lstm": (lambda: nn.LSTM(8, 12), (5, 3, 8)),
    "transformer": (lambda: nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), (2, 6, 16)),
}


def output(model, x):
    with torch.no_grad():
        y = model(x)
    return y[0] if isinstance(y, tuple) else y


def main():
    action, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    torch.manual_seed(0)
    worst = 0.0
    for name, (make, shape) in MODELS.items():
        model = make()
        if action == "write":
            x = torch.randn(shape)
            for _ in range(3):
                model(torch.randn(shape) * 2 + 1)  # batch norm remembers something
            model.eval()
            write(folder / f"{name}.safetensors", model.state_dict())
            write(folder / f"{name}.io.safetensors", {"input": x, "output": output(model, x)})
        else:
            model.load_state_dict(read(folder / f"{name}.safetensors"))
            model.eval()
            both = read(folder / f"{name}.io.safetensors")
            difference = (output(model, both["input"]) - both["output"]).abs().max().item()
            print(f"{name}: largest difference {difference:.2e}")
            worst = max(worst, difference)
    sys.exit(0 if worst <= 1e-5 else 1)


if __name__ == "__main__":
    main()
