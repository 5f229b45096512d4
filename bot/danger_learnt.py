"""A learnt second opinion on danger, for what the signs of `danger.yml` do not list.

A linear model over words, pairs of words and letter groups by sound, hashed (Weinberger et al.
2009) so that no vocabulary has to be kept. `python -m bot.danger_training` makes its file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = Path(__file__).parent / "danger_weights.npz"
SLOTS = 1 << 15
HARMLESS = "harmless"
GROUPS = (3, 4)
LONGEST = 120
"""Words that are looked at."""
FEWEST = 3
"""Words under which a text says too little for a guess."""
Columns = npt.NDArray[np.int64]


class Model:
    """Weights of each kind of danger against harmlessness, and the odds from which it is told."""

    def __init__(self, path: Path = FILE) -> None:
        with np.load(path) as file:
            self.kinds = [str(kind) for kind in file["kinds"]]
            self.made_from = str(file["made_from"])
            self._weights = file["weights"].astype(np.float32) * file["step"]
            self._bias = file["bias"].astype(np.float32)
            self._threshold = float(file["threshold"])

    def detect(self, keyed: str) -> str | None:
        """The kind of danger that a keyed text tells of, or None."""
        if len(keyed.split()) < FEWEST:
            return None
        odds = self._odds(keyed)
        if float(np.log(np.exp(odds).sum())) < self._threshold:
            return None
        return self.kinds[int(np.argmax(odds))]

    def _odds(self, keyed: str) -> npt.NDArray[np.float32]:
        columns = np.unique(slots(keyed))
        scale = 1.0 / np.sqrt(max(1, len(columns)))
        odds: npt.NDArray[np.float32] = self._bias + scale * self._weights[columns].sum(axis=0)
        return odds


@cache
def model() -> Model:
    """The model that ships."""
    return Model()


def slots(keyed: str) -> Columns:
    """The places of a keyed text's features."""
    found = [zlib.crc32(feature.encode()) % SLOTS for feature in _features(keyed)]
    return np.array(found, dtype=np.int64)


def _features(keyed: str) -> Iterator[str]:
    words = keyed.split()[:LONGEST]
    yield from (f"w {word}" for word in words)
    yield from (f"p {first} {second}" for first, second in pairwise(["^", *words, "$"]))
    for word in words:
        marked = f"^{word}$"
        for size in GROUPS:
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size]
