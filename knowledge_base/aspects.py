"""Which aspect of a procedure a question asks for, learnt from example questions.

There are two kinds of examples: frames (`lexicon/aspects_<language>.yml`), with `{}` for the
topic, and whole questions (`questions/*.yml`). The index build learns from both, and from the Greek
ones in Greeklish. Words that no example has are a topic; words of one kind (`lexicon/kinds.yml`:
offices, papers, days) stand for each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.svm import LinearSVC

from knowledge_base import questions
from knowledge_base.language import STYLES, greeklish
from knowledge_base.lexicon import FOLDER, lexicon
from knowledge_base.procedure import Aspect
from knowledge_base.terms import TermModel, Weights, read_pickle, write_pickle
from knowledge_base.text import WORD, fold, phonetic_word, stem, words

FILE = "aspects.pickle"
_CLAUSE = re.compile(r"(?<=[.,;!?\u037e\n])")
_SENTENCE = re.compile(r"(?<=[!;?\u037e\n])|(?<=\.)(?=\s|$)")
_PUNCTUATION = re.compile(r"[.,:;!?·«»\"()\u037e]+")
_HURRIED = 4
"""One question in so many is learnt as it is typed in a hurry."""
_ASKS = (";", "?", "\u037e")
_ACCENTED = re.compile(r"[άέήίόύώΐΰ]")
_TELLING = {"που", "πωσ"}
"""«πού» and «πώς» ask, «που» and «πως» do not, where the writer types accents."""
_TOPIC = "X"
_SECOND = 0.2
"""The chance from which a second aspect is told as well: asked for too, or perhaps meant."""
_SURE = 0.5
"""The chance from which a part of a question is taken to ask for an aspect by itself."""
_LONGEST_PART = 7
"""Words of such a part; a longer one tells a story."""
_PENALTY = 1.0
_RAREST = 2
_TOLERANCE = 0.01
_SHARPNESS = 4.0
"""By which the margins of the classes become chances; fitted on questions held out."""
_EDGE = 3
"""Words looked at where a question begins and ends."""
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
        """Learns from the example questions: support-vector machines, one an aspect.

        Parameters:
            topics: names of procedures; their words say about what is asked, not what.
        """
        sounds = {phonetic_word(word) for name in topics for word in words(name) if not _asks(word)}
        texts, aspects = zip(*_examples(), strict=True)
        model, features = TermModel.fit(
            [_terms(text, sounds.__contains__) for text in texts], _as_they_are, rarest=_RAREST
        )
        machine = LinearSVC(C=_PENALTY, class_weight="balanced", tol=_TOLERANCE, random_state=_SEED)
        machine.fit(features, aspects)
        weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float32)
        bias = machine.intercept_.astype(np.float32)
        return cls([str(name) for name in machine.classes_], model, weights, bias)

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        write_pickle((self._names, self._model, self._weights, self._bias), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> AspectReader:
        """Reads what `save` wrote."""
        return cls(*read_pickle(folder / FILE))

    def read(self, text: str) -> tuple[Aspect, ...]:
        """The one or two aspects asked for; none for a topic alone.

        Those of questions joined («πόσο κάνει και πού πάω;») in their order, others the surest
        first, an overview last.
        """
        return self.weigh(text)[0]

    def weigh(self, text: str) -> tuple[tuple[Aspect, ...], Aspect | None]:
        """What `read` tells, and the one of two aspects that is perhaps not meant, if one is."""
        together = self._asked_together(text)
        told = together or self._surest(text)
        if told == ["overview"]:
            return (), None
        doubtful = told[1] if len(told) > 1 and not together else None
        return tuple(sorted(told, key=lambda aspect: aspect == "overview")), doubtful

    def _surest(self, text: str) -> list[Aspect]:
        chances = self._chances(text)
        first, second = (int(place) for place in np.argsort(-chances)[:2])
        if chances[second] >= _SECOND:
            return [self._names[first], self._names[second]]
        return [self._names[first]]

    def _asked_together(self, text: str) -> list[Aspect]:
        """What the first two parts of a question that ask for something ask for, or nothing."""
        parts = [part for part in _parts(text) if _interrogates(part)]
        if len(parts) < 2:
            return []
        found: list[Aspect] = []
        for part in parts:
            chances = self._chances(part)
            surest = self._names[int(np.argmax(chances))]
            if chances.max() >= _SURE and surest not in found:
                found.append(surest)
            if len(found) == 2:
                return found
        return []

    def _chances(self, text: str) -> Weights:
        columns, weights = self._model.weigh(_terms(text, self._is_topic))
        margins = self._bias + weights @ self._weights[columns]
        each = np.exp(_SHARPNESS * (margins - margins.max()))
        chances: Weights = each / each.sum()
        return chances

    def _is_topic(self, sound: str) -> bool:
        return sound not in self._known


def _asks(word: str) -> bool:
    return lexicon().asks(word)


def _parts(text: str) -> Iterator[str]:
    """What asks, cut where a clause ends and where «και» stands; all of it where no mark tells."""
    sentences = _SENTENCE.split(text)
    for clause in _CLAUSE.split("".join(_marked(sentences) or sentences)):
        start = 0
        for word in WORD.finditer(clause):
            if lexicon().joins(fold(word.group())):
                yield clause[start : word.start()]
                start = word.end()
        yield clause[start:]


def _interrogates(part: str) -> bool:
    said = WORD.findall(part.lower())
    accents = bool(_ACCENTED.search(part.lower()))
    asks = any(lexicon().interrogates(fold(one)) and _mark(one, accents) != "." for one in said)
    return asks and len(said) <= _LONGEST_PART and not lexicon().greets(part)


def _examples() -> Iterator[tuple[str, str]]:
    """Questions and their aspects; the Greek ones also in Greeklish, the styles by turns.

    Some are put as they are typed in a hurry, so that «που» without an accent and a question
    without its mark are understood too.
    """
    asked = (*aspect_frames(), *questions.by_aspect())
    for place, (language, aspect, question) in enumerate(asked):
        yield _hurried(question) if place % _HURRIED == 1 else question, aspect
        if language == "el":
            typed = greeklish(question, place % STYLES)
            yield _hurried(typed) if place // STYLES % 2 else typed, aspect


def _hurried(text: str) -> str:
    """Without accents, capitals and punctuation."""
    return _PUNCTUATION.sub(" ", fold(text))


def aspect_frames() -> Iterator[tuple[str, str, str]]:
    """Questions with `{}` in the topic's place: language, aspect, text."""
    for path in sorted(FOLDER.glob("aspects_*.yml")):
        language = path.stem.rpartition("_")[2]
        for aspect, frames in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader).items():
            for frame in frames:
                yield language, aspect, frame


@cache
def topic_frames() -> dict[str, list[str]]:
    """Those of `aspect_frames` that have a place for the topic, by language."""
    found: dict[str, list[str]] = {}
    for language, _, frame in aspect_frames():
        if "{}" in frame:
            found.setdefault(language, []).append(frame)
    return found


@dataclass(frozen=True)
class _Word:
    sound: str
    """`_TOPIC` in the place of a topic."""
    stem: str


def _terms(text: str, is_topic: Callable[[str], bool]) -> list[str]:
    """What the reader sees of a question.

    Groups of words with the topic masked, of the whole and of the clause that asks; the same with
    kinds in the place of words; how it begins and ends; all stems, alone and in pairs.

    Parameters:
        is_topic: whether the word of a sound says about what is asked.
    """
    found = _words(text)
    masked = _masked(found, is_topic)
    kinds = [_kinds().get(w.stem, sound) for w, sound in zip(found, masked, strict=True)]
    stems = [word.stem for word in found if word.sound != _TOPIC]
    terms = [
        *_groups(_merged(masked)),
        *(f"G{term}" for term in _chains(_merged(kinds))),
        *(f"G{kind}" for kind in kinds if kind.startswith("<")),
        *_edges(masked, text),
        *(f"u:{one}" for one in stems),
        *(f"v:{one}_{other}" for one, other in pairwise(stems)),
    ]
    for part in _asking(text):
        terms += (f"Q{term}" for term in _groups(_merged(_masked(_words(part), is_topic))))
    return terms


def _masked(found: list[_Word], is_topic: Callable[[str], bool]) -> list[str]:
    return [_TOPIC if is_topic(word.sound) else word.sound for word in found]


def _asking(text: str) -> list[str]:
    """The clauses that end in a question mark, or the last."""
    parts = [part for part in _CLAUSE.split(text) if WORD.search(part)]
    return _marked(parts) or parts[-1:]


def _marked(parts: list[str]) -> list[str]:
    """Those that end in a question mark."""
    return [part for part in parts if part.rstrip().endswith(_ASKS)]


def _words(text: str) -> list[_Word]:
    """The words in order, with the topic's place marked."""
    accents = bool(_ACCENTED.search(text))
    found = []
    for word in WORD.findall(text.lower().replace("{}", f" {_TOPIC}{_TOPIC} ")):
        if word == _TOPIC * 2:
            found.append(_Word(_TOPIC, _TOPIC))
            continue
        folded = fold(word)
        found.append(_Word(phonetic_word(folded) + _mark(word, accents), stem(folded)))
    return found


def _mark(word: str, accents: bool) -> str:
    """Whether «πού» asks (`!`) or «που» does not (`.`), where the writer types accents."""
    if not accents or fold(word) not in _TELLING:
        return ""
    return "!" if _ACCENTED.search(word) else "."


@cache
def _kinds() -> dict[str, str]:
    """The kind, in angle brackets, of each stem that has one."""
    listed = yaml.load((FOLDER / "kinds.yml").read_text("utf-8"), yaml.CSafeLoader)
    return {
        stem(word): f"<{kind}>"
        for kind, members in reversed(listed.items())
        for member in members
        for word in words(member)
    }


def _merged(sounds: list[str]) -> list[str]:
    """The sounds, with the words of a topic as one."""
    return [s for place, s in enumerate(sounds) if s != _TOPIC or sounds[place - 1 : place] != [s]]


def _groups(sounds: list[str]) -> Iterator[str]:
    """Words, their groups of two and three, and the letter groups of long ones."""
    yield from (f"w:{sound}" for sound in sounds)
    yield from _chains(sounds)
    for sound in sounds:
        if len(sound) > 4:
            yield from (f"c:{sound[start : start + 4]}" for start in range(len(sound) - 3))


def _chains(sounds: list[str]) -> Iterator[str]:
    framed = ["^", *sounds, "$"]
    for size in (2, 3):
        for start in range(len(framed) - size + 1):
            yield " ".join(framed[start : start + size])


def _edges(sounds: list[str], text: str) -> Iterator[str]:
    yield from (f"b:{sound}" for sound in sounds[:_EDGE])
    yield from (f"e:{sound}" for sound in sounds[-_EDGE:])
    yield f"b2:{' '.join(sounds[:2])}"
    yield f"e2:{' '.join(sounds[-2:])}"
    yield f"end:{text.rstrip()[-1:]}"
    yield f"length:{min(9, len(sounds) // 3)}"


def _as_they_are(terms: list[str]) -> list[str]:
    return terms
