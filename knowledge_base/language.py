"""Which language a text is in, Greek in Latin letters (`el-Latn`) included.

The script tells Greek, Georgian and Arabic. No library tells Greeklish from other languages in
Latin letters; this is a naive Bayes over character n-grams, trained by the index build on the
product's own texts, the Greek ones transliterated in the styles people type. A third language has
to be clearly likelier than Greeklish and English, which most people write here.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from knowledge_base.terms import read_pickle, write_pickle
from knowledge_base.text import WORD, fold

FILE = "language.json"
TONGUES = "tongues.pickle"
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_LATIN_WORD = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_MARGIN = 1.5
"""Log odds under which a text is too mixed to tell."""
_LETTERS = 4
"""Latin letters under which a text is too short to tell («ok», «ID»)."""

_LETTERS_OF_THIRD = 6
"""Latin letters under which no third language is looked for."""
_THIRD_MARGIN = 2.0
"""By how much a third language has to be likelier than Greeklish and English."""
_UNSEEN = 0.3
_USUAL = ("el-Latn", "en")
_LATIN = "latin"
_SCRIPTS = {"CYRILLIC": "cyrillic", "ARABIC": "arabic", "GEORGIAN": "georgian", "GREEK": "greek"}
_SCRIPT_OF = {
    "bg": "cyrillic", "ru": "cyrillic", "uk": "cyrillic", "ar": "arabic", "ka": "georgian",
    "el": "greek",
}  # fmt: skip

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

    def __init__(self, log_odds: dict[str, float], tongues: Tongues) -> None:
        self._log_odds = log_odds
        self._tongues = tongues

    @classmethod
    def train(
        cls, greek: Iterable[str], english: Iterable[str], others: Mapping[str, Iterable[str]]
    ) -> Identifier:
        """Learns to tell Greeklish from English, and both from `others`, texts by language."""
        typed = [greeklish(text, style) for text in greek for style in range(STYLES)]
        written = [fold(text) for text in english]
        greeklish_counts, english_counts = _count(typed), _count(written)
        vocabulary = greeklish_counts.keys() | english_counts.keys()
        size = len(vocabulary)
        left = math.log(sum(greeklish_counts.values()) + 0.5 * size)
        right = math.log(sum(english_counts.values()) + 0.5 * size)
        log_odds = {
            gram: (math.log(greeklish_counts[gram] + 0.5) - left)
            - (math.log(english_counts[gram] + 0.5) - right)
            for gram in vocabulary
            if greeklish_counts[gram] + english_counts[gram] > 1
        }
        return cls(log_odds, Tongues.train({"el-Latn": typed, "en": written, **others}))

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        rounded = {gram: round(odds, 2) for gram, odds in sorted(self._log_odds.items())}
        (folder / FILE).write_bytes(orjson.dumps(rounded))
        self._tongues.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Identifier:
        """Reads what `save` wrote."""
        return cls(orjson.loads((folder / FILE).read_bytes()), Tongues.load(folder))

    def identify(self, text: str, fallback: str) -> str:
        """The language of `text`: `el`, `el-Latn`, `en` …; `fallback` when it does not tell."""
        folded = fold(text)
        greek = len(_GREEK.findall(folded))
        latin = _LATIN_WORD.findall(folded)
        if greek >= 2 and greek >= sum(map(len, latin)) / 3:
            return "el"
        if other := self._tongues.identify(folded):
            return other
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


class Tongues:
    """Tells languages beside Greek, Greeklish and English."""

    def __init__(
        self, languages: list[str], rows: dict[str, int], chances: npt.NDArray[np.float32]
    ) -> None:
        self._languages = languages
        self._rows = rows
        self._chances = chances
        self._usual = [n for n, language in enumerate(languages) if language in _USUAL]
        self._of_script = {
            script: [n for n, language in enumerate(languages) if _script(language) == script]
            for script in {*_SCRIPTS.values(), _LATIN}
        }

    @classmethod
    def train(cls, samples: Mapping[str, Iterable[str]]) -> Tongues:
        """Learns from texts by language."""
        counted = [_count(map(fold, texts)) for texts in samples.values()]
        together = sum(counted, Counter[str]())
        rows = {gram: row for row, gram in enumerate(g for g, n in together.items() if n > 1)}
        chances = np.zeros((len(rows), len(counted)), dtype=np.float32)
        for column, counts in enumerate(counted):
            for gram, often in counts.items():
                if gram in rows:
                    chances[rows[gram], column] = often
        chances = np.log(chances + _UNSEEN)
        chances -= np.logaddexp.reduce(chances, axis=0)
        return cls(list(samples), rows, chances)

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        write_pickle((self._languages, self._rows, self._chances), folder / TONGUES)

    @classmethod
    def load(cls, folder: Path) -> Tongues:
        """Reads what `save` wrote."""
        return cls(*read_pickle(folder / TONGUES))

    def identify(self, folded: str) -> str | None:
        """The language of a text neither Greek, Greeklish nor English; `None` where unsure."""
        words = WORD.findall(folded)
        letters = Counter(
            _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], _LATIN)
            for letter in folded
            if letter.isalpha()
        )
        if not letters:
            return None
        script, often = letters.most_common(1)[0]
        candidates = self._of_script[script]
        if not candidates or (script == _LATIN and often < _LETTERS_OF_THIRD):
            return None
        scores = sum((self._score(word) for word in words), np.zeros(len(self._languages)))
        best = max(candidates, key=lambda language: float(scores[language]))
        if script != _LATIN:
            return self._languages[best]
        usual = max((float(scores[one]) for one in self._usual), default=0.0)
        return self._languages[best] if float(scores[best]) > usual + _THIRD_MARGIN else None

    def _score(self, word: str) -> npt.NDArray[np.float64]:
        """Of each language; the n-grams of a word overlap, so their sum is tempered."""
        grams = [self._rows[gram] for gram in _grams(word) if gram in self._rows]
        summed: npt.NDArray[np.float64] = self._chances[grams].sum(axis=0, dtype=np.float64)
        return summed / math.sqrt(max(1, len(grams)))


def _script(language: str) -> str:
    return _SCRIPT_OF.get(language, _LATIN)


def _count(texts: Iterable[str]) -> Counter[str]:
    return Counter(gram for text in texts for gram in _grams(text))


def _grams(text: str) -> Iterable[str]:
    for word in WORD.findall(text):
        marked = f"^{word}$"
        yield marked
        for size in (2, 3, 4):
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size]
