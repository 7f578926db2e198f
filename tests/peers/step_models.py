"""Time of one training step of the models of `bench step --model cnn|lstm|attention`, in PyTorch.

usage: python step_models.py --model cnn --batch 128 --optimizer adam [--steps 20] [--rounds 5]
Prints one JSON line: engine, model, batch, optimizer, min_us, median_us. Float32, all cores, random data and a learning rate
of 1e-7, so that gradients neither vanish nor become denormal while timing. Needs: pip install torch
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F
from torch import nn

LEARNING_RATE = 1e-7
LENGTH, WIDTH, HEADS, CLASSES = 64, 128, 4, 10


class LastOfLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1])


class MeanOfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        return self.head(self.attention(x, x, x, need_weights=False)[0].mean(1))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.25), nn.Linear(32 * 7 * 7, CLASSES))


MODELS = {
    "cnn": (cnn, lambda n: torch.rand(n, 1, 28, 28)),
    "lstm": (LastOfLstm, lambda n: torch.rand(LENGTH, n, WIDTH)),
    "attention": (MeanOfAttention, lambda n: torch.rand(n, LENGTH, WIDTH)),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=MODELS, default="cnn")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--optimizer", choices=["sgd", "adam"], default="adam")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    torch.manual_seed(0)
    make, inputs = MODELS[args.model]
    model, x, y = make(), inputs(args.batch), torch.randint(0, CLASSES, (args.batch,))
    kind = torch.optim.SGD if args.optimizer == "sgd" else torch.optim.Adam
    optimizer = kind(model.parameters(), lr=LEARNING_RATE)

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    for _ in range(max(10, args.steps)):
        step()
    micros = []
    for _ in range(args.rounds):
        start = time.perf_counter()
        for _ in range(args.steps):
            step()
        micros.append((time.perf_counter() - start) * 1e6 / args.steps)
    micros.sort()
    print(json.dumps({
        "engine": "torch", "model": args.model, "batch": args.batch, "optimizer": args.optimizer,
        "min_us": round(micros[0], 1), "median_us": round(micros[len(micros) // 2], 1)}))


if __name__ == "__main__":
    main()
