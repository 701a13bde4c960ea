"""Known answers of Threefry-2x32 with 20 rounds, from JAX, as threefry.json.

Three of them are also in Random123's published list (kat_vectors) and are checked against it.
Words are whole numbers; `unit` is the uniform number (word >> 9 + 1/2) / 2^23, exact in float32.
"""

import numpy as np
from jax.extend.random import threefry_2x32

from golden import record, write

# Key, counter, answer, as Random123 publishes them.
PUBLISHED = [
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
]


def block(key: tuple[int, int], counter: tuple[int, int]) -> tuple[int, int]:
    """One block of two words."""
    words = threefry_2x32(np.array(key, np.uint32), np.array(counter, np.uint32))
    return int(words[0]), int(words[1])


def unit(word: int) -> float:
    """The uniform number of a word, in (0, 1)."""
    return ((word >> 9) + 0.5) / 2**23


def main() -> None:
    for key, counter, answer in PUBLISHED:
        assert block(key, counter) == answer, (key, counter)
    random = np.random.default_rng(7)
    edges = [((0, 0), (i, 0)) for i in range(4)]
    edges += [((7, 0), (0, i)) for i in range(4)]
    edges += [((0, 1 << 31), (1 << 31, 0xFFFFFFFF)), ((0xFFFFFFFF, 0), (0, 0xFFFFFFFF))]
    drawn = random.integers(0, 1 << 32, (40, 4))
    pairs = [(key, counter) for key, counter, _ in PUBLISHED] + edges
    pairs += [((int(a), int(b)), (int(c), int(d))) for a, b, c, d in drawn]
    records = []
    for i, (key, counter) in enumerate(pairs):
        words = block(key, counter)
        kind = "published" if i < len(PUBLISHED) else "jax"
        given = {"key": list(key), "counter": list(counter)}
        answer = {"words": list(words), "unit": [unit(word) for word in words]}
        records.append(record(f"threefry2x32.{kind}.{i}", given, answer))
    write("threefry.json", ["jax", "jaxlib", "numpy"], records)


if __name__ == "__main__":
    main()
