"""Which aspect of a procedure a question asks for, learnt from example questions.

There are two kinds of examples: frames (`lexicon/aspects_<language>.yml`), with `{}` for the
topic, and whole questions (`questions/*.yml`). The index build learns from both, and from the Greek
ones in Greeklish. Words that no example has are a topic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import yaml
from sklearn.linear_model import SGDClassifier

from knowledge_base import questions
from knowledge_base.language import STYLES, greeklish
from knowledge_base.lexicon import FOLDER, lexicon
from knowledge_base.procedure import Aspect
from knowledge_base.terms import TermModel, Weights
from knowledge_base.text import WORD, fold, phonetic_word, stem, words

FILE = "aspects.joblib"
_CLAUSE = re.compile(r"(?<=[.,;!?\u037e\n])")
_ASKS = (";", "?", "\u037e")
_ACCENTED = re.compile(r"[άέήίόύώΐΰ]")
_TELLING = {"που", "πωσ"}
"""«πού» and «πώς» ask, «που» and «πως» do not, where the writer types accents."""
_TOPIC = "X"
_SECOND = 0.3
_SURE_ENOUGH = 0.25
_SURE_WITHOUT_WORDS = 0.5
_REGULARISATION = 1e-6
_ROUNDS = 15
_SEED = 20


class AspectReader:
    """Reads the aspects off a question."""

    def __init__(self, names: list[Any], model: TermModel, weights: Weights, bias: Weights) -> None:
        self._names = names
        self._model = model
        self._weights = weights
        self._bias = bias
        self._known = {term[2:] for term in model.vocabulary if term.startswith("w:")}

    @classmethod
    def train(cls, topics: Iterable[str]) -> AspectReader:
        """Learns from the example questions: logistic regressions, one an aspect.

        Parameters:
            topics: names of procedures; their words say about what is asked, not what.
        """
        sounds = {phonetic_word(word) for name in topics for word in words(name) if not _asks(word)}
        texts, aspects = zip(*_examples(), strict=True)
        model, features = TermModel.fit(
            [_terms(text, sounds.__contains__) for text in texts], _as_they_are
        )
        classifier = SGDClassifier(
            loss="log_loss",
            alpha=_REGULARISATION,
            max_iter=_ROUNDS,
            tol=None,
            average=True,
            class_weight="balanced",
            random_state=_SEED,
        )
        classifier.fit(features, aspects)
        weights = np.ascontiguousarray(classifier.coef_.T, dtype=np.float32)
        bias = classifier.intercept_.astype(np.float32)
        return cls([str(name) for name in classifier.classes_], model, weights, bias)

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        joblib.dump((self._names, self._model, self._weights, self._bias), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> AspectReader:
        """Reads what `save` wrote."""
        return cls(*joblib.load(folder / FILE))

    def read(self, text: str, *, asks: bool) -> tuple[Aspect, ...]:
        """The aspects asked for, the surest first; none for a topic alone.

        Parameters:
            asks: whether the text has words that ask for an aspect; without, it takes more to
                find one.
        """
        chances = self._chances(text)
        names = self._names
        overview = names.index("overview")
        order = np.argsort(-chances)
        first = int(order[0])
        if first == overview or chances[first] < (_SURE_ENOUGH if asks else _SURE_WITHOUT_WORDS):
            return ()
        second = next(int(place) for place in order[1:] if place != overview)
        if chances[second] >= _SECOND:
            return names[first], names[second]
        return (names[first],)

    def _chances(self, text: str) -> Weights:
        columns, weights = self._model.weigh(_terms(text, self._is_topic))
        odds = self._bias + weights @ self._weights[columns]
        each = 1.0 / (1.0 + np.exp(-odds))
        chances: Weights = each / each.sum()
        return chances

    def _is_topic(self, sound: str) -> bool:
        return sound not in self._known


def _asks(word: str) -> bool:
    return lexicon().asks(word)


def _examples() -> Iterator[tuple[str, str]]:
    for language, aspect, question in (*_frames(), *questions.by_aspect()):
        yield question, aspect
        if language == "el":
            for style in range(STYLES):
                yield greeklish(question, style), aspect


def _frames() -> Iterator[tuple[str, str, str]]:
    for path in sorted(FOLDER.glob("aspects_*.yml")):
        language = path.stem.rpartition("_")[2]
        for aspect, frames in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader).items():
            for frame in frames:
                yield language, aspect, frame


def _terms(text: str, is_topic: Callable[[str], bool]) -> list[str]:
    """What the reader sees: groups of words with the topic masked, all stems, and what asks.

    Parameters:
        is_topic: whether the word of a sound says about what is asked.
    """
    parts = [part for part in _CLAUSE.split(text) if WORD.search(part)]
    asking = [part for part in parts if part.rstrip().endswith(_ASKS)] or parts[-1:]
    terms = [*_groups(_masked(text, is_topic)), *(f"u:{stem(word)}" for word in words(text))]
    for part in asking:
        terms += (f"Q{term}" for term in _groups(_masked(part, is_topic)))
    return terms


def _masked(text: str, is_topic: Callable[[str], bool]) -> list[str]:
    return [_TOPIC if is_topic(sound) else sound for sound in _sounds(text)]


def _sounds(text: str) -> list[str]:
    """The sounds of the words, in order, with the topic's place marked."""
    accents = bool(_ACCENTED.search(text))
    found = []
    for word in WORD.findall(text.lower().replace("{}", f" {_TOPIC}{_TOPIC} ")):
        if word == _TOPIC * 2:
            found.append(_TOPIC)
            continue
        folded = fold(word)
        mark = ""
        if folded in _TELLING and accents:
            mark = "!" if _ACCENTED.search(word) else "."
        found.append(phonetic_word(folded) + mark)
    return found


def _groups(sounds: list[str]) -> Iterator[str]:
    """Words, their groups of two and three, and the letter groups of long ones."""
    merged = [
        s for place, s in enumerate(sounds) if s != _TOPIC or sounds[place - 1 : place] != [s]
    ]
    yield from (f"w:{sound}" for sound in merged)
    framed = ["^", *merged, "$"]
    for size in (2, 3):
        for start in range(len(framed) - size + 1):
            yield " ".join(framed[start : start + size])
    for sound in merged:
        if len(sound) > 4:
            yield from (f"c:{sound[start : start + 4]}" for start in range(len(sound) - 3))


def _as_they_are(terms: list[str]) -> list[str]:
    return terms
