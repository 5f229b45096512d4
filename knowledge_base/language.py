"""Which language a text is in: Greek, Greek in Latin letters (`el-Latn`) or English.

No library tells Greeklish from other languages in Latin letters; this is a naive Bayes over
character n-grams, trained by the index build on the product's own texts, the Greek ones
transliterated in the styles people type.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import orjson

from knowledge_base.text import fold

FILE = "language.json"
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_LATIN_WORD = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_MARGIN = 1.5
"""Log odds under which a text is too mixed to tell."""
_LETTERS = 4
"""Latin letters under which a text is too short to tell («ok», «ID»)."""

_COMMON = (("ου", "ou"), ("μπ", "mp"), ("ντ", "nt"), ("γγ", "gg"), ("γκ", "gk"))
_BY_SOUND = {**dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstifo", strict=True))} | {
    "θ": "th", "χ": "h", "ψ": "ps",
}  # fmt: skip
_BY_SHAPE = {**dict(zip("αβγδεζηθικλμνξοπρσςτυφχω", "abgdezh8iklmn3oprsstufxw", strict=True))} | {
    "ψ": "ps",
}  # fmt: skip
_BY_LETTER = {**dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))} | {
    "θ": "th", "χ": "ch", "ψ": "ps",
}  # fmt: skip
_STYLES = (
    str.maketrans(_BY_SOUND),
    str.maketrans(_BY_SHAPE),
    str.maketrans(_BY_LETTER),
    str.maketrans({**_BY_SOUND, "η": "h", "ω": "w", "χ": "x", "υ": "y", "ξ": "ks"}),
)
STYLES = len(_STYLES)


def greeklish(text: str, style: int) -> str:
    """Greek in Latin letters, in one of the `STYLES` ways people type it."""
    folded = fold(text)
    for greek, latin in _COMMON:
        folded = folded.replace(greek, latin)
    return folded.translate(_STYLES[style])


class Identifier:
    """Tells the language of what a citizen wrote."""

    def __init__(self, log_odds: dict[str, float]) -> None:
        self._log_odds = log_odds

    @classmethod
    def train(cls, greek: Iterable[str], english: Iterable[str]) -> Identifier:
        """Learns to tell Greeklish from English."""
        greeklish_counts = Counter(
            gram
            for text in greek
            for style in range(STYLES)
            for gram in _grams(greeklish(text, style))
        )
        english_counts = Counter(gram for text in english for gram in _grams(fold(text)))
        vocabulary = greeklish_counts.keys() | english_counts.keys()
        size = len(vocabulary)
        left = math.log(sum(greeklish_counts.values()) + 0.5 * size)
        right = math.log(sum(english_counts.values()) + 0.5 * size)
        return cls(
            {
                gram: (math.log(greeklish_counts[gram] + 0.5) - left)
                - (math.log(english_counts[gram] + 0.5) - right)
                for gram in vocabulary
                if greeklish_counts[gram] + english_counts[gram] > 1
            }
        )

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        rounded = {gram: round(odds, 2) for gram, odds in sorted(self._log_odds.items())}
        (folder / FILE).write_bytes(orjson.dumps(rounded))

    @classmethod
    def load(cls, folder: Path) -> Identifier:
        """Reads what `save` wrote."""
        return cls(orjson.loads((folder / FILE).read_bytes()))

    def identify(self, text: str, fallback: str) -> str:
        """The language of `text`: `el`, `el-Latn` or `en`; `fallback` when it does not tell."""
        folded = fold(text)
        greek = len(_GREEK.findall(folded))
        latin = _LATIN_WORD.findall(folded)
        if greek >= 2 and greek >= sum(map(len, latin)) / 3:
            return "el"
        if sum(map(len, latin)) < _LETTERS:
            return fallback
        per_word = [self._odds(word) for word in latin]
        odds = float(np.clip(per_word, -4.0, 4.0).sum())
        if abs(odds) < _MARGIN:
            return fallback
        return "el-Latn" if odds > 0 else "en"

    def _odds(self, word: str) -> float:
        grams = list(_grams(word))
        odds = sum(self._log_odds.get(gram, 0.0) for gram in grams)
        return 2.0 * odds / math.sqrt(max(1, len(grams)))


def _grams(text: str) -> Iterable[str]:
    for word in _LATIN_WORD.findall(text):
        marked = f"^{word}$"
        yield marked
        for size in (2, 3, 4):
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size]
