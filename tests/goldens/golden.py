"""What the make_*.py scripts share: records of tensors, written as JSON.

A golden file is `{"versions": {..}, "records": [..]}`. A record is `{"id", "in", "out"}`; a tensor
in it is `{"shape": [..], "data": [..]}`, row-major, with as many digits as its float64 needs.
Inputs are rounded to float32 first, so that an implementation in either precision starts from the
same numbers.
"""

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent


def f32(values: Any) -> np.ndarray:
    """The values as float64 that float32 can hold exactly."""
    return np.asarray(values, np.float64).astype(np.float32).astype(np.float64)


def plain(value: Any) -> Any:
    """A value as JSON: arrays become tensors, mappings are followed."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if not np.isfinite(array).all():
            raise ValueError("a golden value is not finite")
        if array.ndim == 0:
            return array.item()
        return {"shape": list(array.shape), "data": array.ravel().tolist()}
    return value


def record(name: str, given: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """One record."""
    return {"id": name, "in": plain(given), "out": plain(answer)}


def write(name: str, packages: list[str], records: list[dict[str, Any]]) -> None:
    """Writes `name` beside this file, one record to a line."""
    ids = [entry["id"] for entry in records]
    if len(set(ids)) != len(ids):
        raise ValueError("two records share an id")
    lines = [json.dumps(entry, separators=(",", ":"), allow_nan=False) for entry in records]
    versions = json.dumps({package: version(package) for package in packages})
    text = f'{{"versions":{versions},"records":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / name).write_text(text)
    print(f"{name}: {len(records)} records, {len(text):,} bytes")
