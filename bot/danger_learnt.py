"""A learnt second opinion on danger, for what the signs of `danger.yml` do not list.

A linear model over the features of `danger_features`, hashed (Weinberger et al. 2009) so that no
vocabulary has to be kept. `python -m bot.danger_training` makes its file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.danger_features import features

FILE = Path(__file__).parent / "danger_weights.npz"
SLOTS = 1 << 15
HARMLESS = "harmless"
FEWEST = 3
"""Words under which a text says too little for a guess."""
MARGIN = 0.5
"""Odds above the threshold that a part of a text needs: it is torn from what was said around it."""
PART = 12
"""Words of a part of a long sentence; a shorter one is heard whole."""
FEWEST_IN_PART = 4
Columns = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]


class Model:
    """Weights of each kind of danger against harmlessness, and the odds from which it is told."""

    def __init__(self, path: Path = FILE) -> None:
        with np.load(path) as file:
            self.kinds = [str(kind) for kind in file["kinds"]]
            self.made_from = str(file["made_from"])
            self._rarity = file["rarity"].astype(np.float32)
            self._weights = file["weights"].astype(np.float32) * file["step"]
            self._bias = file["bias"].astype(np.float32)
            self._threshold = float(file["threshold"])

    def detect(self, keyed: str, margin: float = 0.0) -> str | None:
        """The kind of danger that a keyed text tells of, or None; `margin` asks for higher odds."""
        if len(keyed.split()) < FEWEST:
            return None
        odds = self._odds(keyed)
        if float(np.log(np.exp(odds).sum())) < self._threshold + margin:
            return None
        return self.kinds[int(np.argmax(odds))]

    def _odds(self, keyed: str) -> npt.NDArray[np.float32]:
        columns = np.unique(slots(keyed))
        values = unit(self._rarity[columns])
        odds: npt.NDArray[np.float32] = self._bias + values @ self._weights[columns]
        return odds


@cache
def model() -> Model | None:
    """The model that ships; None where its file is missing: the signs are heard without it."""
    return Model() if FILE.is_file() else None


def parts(keyed: str) -> Iterator[tuple[str, float]]:
    """A keyed text and the parts of it in which a need may stand alone, each with its margin.

    The parts are its sentences, and overlapping stretches of a long one: people in need write
    without stops, and a long story before the need would drown it.
    """
    yield keyed, 0.0
    sentences = (sentence.split() for sentence in keyed.split("|"))
    stretches = [stretch for words in sentences if words for stretch in _stretches(words)]
    if len(stretches) > 1:
        for words in stretches:
            if len(words) >= FEWEST_IN_PART:
                yield f" {' '.join(words)} ", MARGIN


def _stretches(words: list[str]) -> Iterator[list[str]]:
    if len(words) <= PART + PART // 2:
        yield words
    else:
        for start in range(0, len(words) - PART // 2, PART // 2):
            yield words[start : start + PART]


def slots(keyed: str) -> Columns:
    """The places of a keyed text's features."""
    found = [zlib.crc32(feature.encode()) % SLOTS for feature in features(keyed)]
    return np.array(found, dtype=np.int64)


def unit(values: Values) -> Values:
    """The values of one text's features, so that long texts count no more than short ones."""
    length = float(np.sqrt(values @ values))
    return values / length if length else values
