"""A small transformer from PyTorch in float64, and n-gram models from NLTK, as gpt.json.

- `transformer`: two blocks of RMS normalisation, rotary positions, normalised queries and keys,
  causal attention and squared ReLU; the embedding is also the head. Given are the sizes, the
  weights, `letters [B, T]` and `targets [B, T]`; the answers are the `logits [B, T, V]`, the
  `attention` of each block [layers, B, H, T, T], the mean cross-entropy `loss` and its `grads`.
- `witten_bell`: −log p of every character of `test` by interpolated Witten-Bell models trained on
  `train` with contexts of 0, 1, … characters, which back off to the uniform distribution.
"""

import math
from typing import Any

import numpy as np
import torch
from nltk.lm.models import InterpolatedLanguageModel
from nltk.lm.smoothing import WittenBell
from nltk.util import everygrams
from torch import Tensor
from torch.nn import functional as F

from golden import f32, record, write

RANDOM = np.random.default_rng(7)
LAYERS, WIDTH, HEADS, TIME, SYMBOLS, BATCH = 2, 12, 3, 7, 11, 2
BASE, EPSILON = 1000.0, float(f32(1e-6))


def normal(*shape: int, scale: float = 1.0) -> Tensor:
    """Random numbers that float32 holds exactly."""
    return torch.from_numpy(f32(RANDOM.normal(0, scale, shape)))


def norm(x: Tensor) -> Tensor:
    return F.rms_norm(x, (x.shape[-1],), eps=EPSILON)


def rotary(x: Tensor) -> Tensor:
    """Rotation as a product of complex numbers: pairs are coordinates j and j + D/2."""
    half = x.shape[-1] // 2
    frequency = BASE ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequency
    turned = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([turned.real, turned.imag], -1)


def forward(w: dict[str, Tensor], letters: Tensor) -> tuple[Tensor, Tensor]:
    h = F.embedding(letters, w["embedding"])
    b, t = letters.shape
    looks = []
    for i in range(1, LAYERS + 1):
        block = {name.split(".")[1]: x for name, x in w.items() if name.startswith(f"block{i}.")}
        qkv = (norm(h) * block["attention"]) @ block["qkv"]
        q, k, v = (x.reshape(b, t, HEADS, -1).transpose(1, 2) for x in qkv.split(WIDTH, -1))
        q, k = norm(rotary(q)), norm(rotary(k))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        future = torch.ones(t, t).triu(1).bool()
        scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(future, -math.inf)
        looks.append(scores.softmax(-1))
        h = h + mixed.transpose(1, 2).reshape(b, t, -1) @ block["project"]
        h = h + F.relu((norm(h) * block["mlp"]) @ block["widen"]).square() @ block["narrow"]
    return (norm(h) * w["head"]) @ w["embedding"].T, torch.stack(looks)


def transformer() -> dict[str, Any]:
    shapes = {"embedding": (SYMBOLS, WIDTH), "head": (WIDTH,)}
    for i in range(1, LAYERS + 1):
        of = {"qkv": (WIDTH, 3 * WIDTH), "project": (WIDTH, WIDTH), "widen": (WIDTH, 4 * WIDTH)}
        of |= {"narrow": (4 * WIDTH, WIDTH), "attention": (WIDTH,), "mlp": (WIDTH,)}
        shapes |= {f"block{i}.{name}": shape for name, shape in of.items()}
    w = {name: normal(*shape, scale=0.3 if len(shape) == 2 else 1.0) for name, shape in shapes.items()}
    letters = torch.from_numpy(RANDOM.integers(0, SYMBOLS, (BATCH, TIME)))
    targets = torch.from_numpy(RANDOM.integers(0, SYMBOLS, (BATCH, TIME)))
    leaves = {name: x.clone().requires_grad_() for name, x in w.items()}
    logits, attention = forward(leaves, letters)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    grads = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))
    sizes = {"layers": LAYERS, "width": WIDTH, "heads": HEADS, "context": TIME, "symbols": SYMBOLS}
    given = {"sizes": sizes, "weights": w, "letters": letters, "targets": targets}
    answer = {"logits": logits, "attention": attention, "loss": loss, "grads": grads}
    return record("transformer", given, answer)


class WittenBellOverUniform(WittenBell):
    """NLTK's smoothing backs off to the frequencies of words; this one goes on to the uniform distribution."""

    def unigram_score(self, word: str) -> float:
        counts = self.counts.unigrams
        # The vocabulary has one word more than the alphabet: the unknown one.
        uniform = 1 / (len(self.vocab) - 1)
        return (counts[word] + len(counts) * uniform) / (counts.N() + len(counts))


def witten_bell() -> dict[str, Any]:
    """The test text has contexts and a letter that the training text lacks."""
    train = "".join(RANDOM.choice(list("aaab"), 60)) + "".join(RANDOM.choice(list("abc"), 60)) + "dd"
    # The fifth letter is in the alphabet and in the test text only.
    test = "".join(RANDOM.choice(list("abcde"), 40))
    symbols = sorted(set(train + test))
    losses = []
    for n in range(5):
        model = InterpolatedLanguageModel(WittenBellOverUniform, n + 1)
        # No padding: the text is one piece, as it is for the models here.
        model.fit([everygrams(train, 1, n + 1)], symbols)
        scores = (model.unmasked_score(c, tuple(test[max(0, i - n) : i])) for i, c in enumerate(test))
        losses.append([-math.log(p) for p in scores])
    given = {"train": [symbols.index(c) for c in train], "test": [symbols.index(c) for c in test]}
    return record("witten_bell", given | {"symbols": len(symbols)}, {"losses": np.array(losses)})


if __name__ == "__main__":
    write("gpt.json", ["torch", "numpy", "nltk"], [transformer(), witten_bell()])
