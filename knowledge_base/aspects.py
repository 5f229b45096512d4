"""Which aspect of a procedure a question asks for, learnt from example questions.

The examples (`lexicon/aspects_<language>.yml`) have `{}` for the topic; the index build learns from
them and from the Greek ones in Greeklish. Words that no example has are a topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from knowledge_base.language import STYLES, greeklish
from knowledge_base.lexicon import FOLDER, lexicon
from knowledge_base.procedure import Aspect
from knowledge_base.terms import TermModel, Weights
from knowledge_base.text import WORD, fold, phonetic_word, words

FILE = "aspects.joblib"
_CLAUSE = re.compile(r"[.,;!?\u037e\n]+")
_ACCENTED = re.compile(r"[άέήίόύώΐΰ]")
_TELLING = {"που", "πωσ"}
"""«πού» and «πώς» ask, «που» and «πως» do not, where the writer types accents."""
_TOPIC = "X"
_SECOND = 0.3
_SURE_ENOUGH = 0.25
_SURE_WITHOUT_WORDS = 0.5
_CLAUSE_WEIGHT = 0.7
"""Of the clause that asks, beside the whole of the text: stories ask in one clause."""


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
        """Learns from the example questions.

        Parameters:
            topics: names of procedures; their words say about what is asked, not what.
        """
        sounds = {phonetic_word(word) for name in topics for word in words(name) if not _asks(word)}
        texts, aspects = zip(*_examples(), strict=True)
        masked = [[_TOPIC if sound in sounds else sound for sound in _sounds(t)] for t in texts]
        model, features = TermModel.fit(masked, _terms)
        classifier = LogisticRegression(C=20.0, max_iter=1000, class_weight="balanced")
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
        clauses = [part for part in _CLAUSE.split(text) if WORD.search(part)]
        parts = [text, *clauses] if len(clauses) > 1 else [text]
        chances = np.stack([self._chances(part) for part in parts])
        names = self._names
        overview = names.index("overview")
        asking = chances if len(parts) == 1 else chances[1:]
        telling = asking[int(np.argmax(1.0 - asking[:, overview]))]
        mean = (1 - _CLAUSE_WEIGHT) * chances[0] + _CLAUSE_WEIGHT * telling
        order = np.argsort(-mean)
        first = int(order[0])
        if first == overview or mean[first] < (_SURE_ENOUGH if asks else _SURE_WITHOUT_WORDS):
            return ()
        second = next(int(place) for place in order[1:] if place != overview)
        if mean[second] >= _SECOND:
            return names[first], names[second]
        return (names[first],)

    def _chances(self, text: str) -> Weights:
        columns, weights = self._model.weigh(self._masked(text))
        odds = self._bias + weights @ self._weights[columns]
        powers = np.exp(odds - odds.max())
        chances: Weights = powers / powers.sum()
        return chances

    def _masked(self, text: str) -> list[str]:
        return [word if word in self._known else _TOPIC for word in _sounds(text)]


def _asks(word: str) -> bool:
    return lexicon().asks(word)


def _examples() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.glob("aspects_*.yml")):
        greek = path.stem.endswith("_el")
        for aspect, questions in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader).items():
            for question in questions:
                yield question, aspect
                if greek:
                    for style in range(STYLES):
                        yield greeklish(question, style), aspect


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


def _terms(sounds: list[str]) -> list[str]:
    return list(_each_term(sounds))


def _each_term(sounds: list[str]) -> Iterator[str]:
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
