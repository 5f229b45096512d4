"""Which aspect of a procedure a question asks for, learnt from example questions.

The examples (`lexicon/aspects_<language>.yml`) have `{}` for the topic; the index build learns from
them and from the Greek ones in Greeklish. Words that no example has are a topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge_base.language import STYLES, greeklish
from knowledge_base.lexicon import FOLDER
from knowledge_base.procedure import Aspect
from knowledge_base.text import WORD, fold, phonetic_word

FILE = "aspects.joblib"
_SENTENCE = re.compile(r"[.;!?\u037e\n]+")
_ACCENTED = re.compile(r"[άέήίόύώΐΰ]")
_TELLING = {"που", "πωσ"}
"""«πού» and «πώς» ask, «που» and «πως» do not, where the writer types accents."""
_TOPIC = "X"
_SECOND = 0.3
_SURE_ENOUGH = 0.35


class AspectReader:
    """Reads the aspects off a question."""

    def __init__(self, model: TfidfVectorizer, classifier: LogisticRegression) -> None:
        self._model = model
        self._classifier = classifier
        self._known = {term[2:] for term in model.vocabulary_ if term.startswith("w:")}

    @classmethod
    def train(cls) -> AspectReader:
        """Learns from the example questions."""
        texts, aspects = zip(*_examples(), strict=True)
        model = TfidfVectorizer(analyzer=_terms, sublinear_tf=True, dtype=np.float32)
        features = model.fit_transform([_sounds(text) for text in texts])
        classifier = LogisticRegression(C=20.0, max_iter=1000, class_weight="balanced")
        classifier.fit(features, aspects)
        return cls(model, classifier)

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        joblib.dump((self._model, self._classifier), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> AspectReader:
        """Reads what `save` wrote."""
        return cls(*joblib.load(folder / FILE))

    def read(self, text: str) -> tuple[Aspect, ...]:
        """The aspects asked for, the surest first; none for a topic alone."""
        sentences = [part for part in _SENTENCE.split(text) if WORD.search(part)]
        parts = [text, *sentences] if len(sentences) > 1 else [text]
        features = self._model.transform([self._masked(part) for part in parts])
        chances = self._classifier.predict_proba(features)
        names: list[Any] = list(self._classifier.classes_)
        overview = names.index("overview")
        asking = chances if len(parts) == 1 else chances[1:]
        telling = asking[int(np.argmax(1.0 - asking[:, overview]))]
        mean = (chances[0] + telling) / 2
        order = np.argsort(-mean)
        first = int(order[0])
        if first == overview or mean[first] < _SURE_ENOUGH:
            return ()
        second = next(int(place) for place in order[1:] if place != overview)
        if mean[second] >= _SECOND:
            return names[first], names[second]
        return (names[first],)

    def _masked(self, text: str) -> list[str]:
        return [word if word in self._known else _TOPIC for word in _sounds(text)]


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
        if word == (_TOPIC * 2).lower():
            found.append(_TOPIC)
            continue
        folded = fold(word)
        mark = ""
        if folded in _TELLING and accents:
            mark = "!" if _ACCENTED.search(word) else "."
        found.append(phonetic_word(folded) + mark)
    return found


def _terms(sounds: list[str]) -> Iterator[str]:
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
