"""Writes the UCI 8×8 digits as IDX files into www/data.

Source: `sklearn.datasets.load_digits` of the pinned scikit-learn, which ships the data set inside
its package. Pixels stay 0..16, rows keep their order: the training half is the even rows, the test
half the odd ones. Attribution and licence: www/data/ATTRIBUTION.md.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

DATA = Path(__file__).resolve().parents[2] / "www" / "data"


def idx(values: np.ndarray) -> bytes:
    """The array as an IDX file of unsigned bytes."""
    header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    return header + np.ascontiguousarray(values, "u1").tobytes()


def main() -> None:
    digits = load_digits()
    images, labels = digits.images, digits.target
    assert images.shape == (1797, 8, 8) and images.min() == 0 and images.max() == 16
    assert np.array_equal(images, images.round()) and set(labels) == set(range(10))
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / "digits8-images.idx").write_bytes(idx(images))
    (DATA / "digits8-labels.idx").write_bytes(idx(labels))


if __name__ == "__main__":
    main()
