"""The procedures that a question may be about, and what speaks for each: words, sounds and meaning.

Each name of a procedure is compared with the question: how much of the name the question says, how
much of the question the name explains, how alike they sound, how close the embedding puts them. The
record's text, the recogniser and how often a procedure is asked for add to it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.glossary import Term, also_called, glossary
from knowledge_base.index import Index
from knowledge_base.lexicon import Question, lexicon
from knowledge_base.postings import Floats, Places
from knowledge_base.recogniser import NONE
from knowledge_base.text import is_greek, stem

FEATURES = (
    "said", "explained", "both", "sound", "dense", "body", "official", "asked", "shipped",
    "learnt of topic", "none of topic", "learnt", "none",
    "covered", "best sound", "best dense", "second",
)  # fmt: skip
INGREDIENTS = ("words", "sounds", "dense", "names", "recogniser", "demand")
NOT_LEARNT = -1.0
"""What the recogniser says of a procedure that it does not know."""
_CANDIDATES = 30
_NAMES = 45
"""Names looked at by each of words, sounds and vectors."""
_BY_BODY = 5
_LEARNT = 10
_BUDGET = 5_000
"""Entries of inverted lists that a search reads."""
_WEAK = 0.35
_SMALLEST = 1e-6


@dataclass(frozen=True)
class _Terms:
    """Terms of a question that the index knows, and their weights."""

    columns: Places
    weights: Floats


@dataclass(frozen=True)
class _Asked:
    """A question as the index sees it."""

    words: _Terms
    total: float
    """The weight of all its words, those that the index does not know included."""
    sounds: _Terms
    vector: Floats
    learnt: Floats
    """What the recogniser says of its classes, of the whole question."""
    learnt_of_topic: Floats
    in_greek_letters: bool

    @property
    def body(self) -> _Terms:
        """The words as the records weigh them."""
        return _Terms(self.words.columns, np.ones(len(self.words.columns), dtype=np.float32))


_NOTHING = _Terms(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


class Candidates:
    """Finds the candidates of questions in one opened index.

    Parameters:
        without: `INGREDIENTS` that are left out, to measure what they bring.
    """

    def __init__(self, index: Index, without: Collection[str] = ()) -> None:
        self._index = index
        self._lexical = index.lexical
        self._without = frozenset(without)
        self._asked = self._lexical.asked * (0.0 if "demand" in without else 1.0)
        self._idf: Floats = self._lexical.stems.idf
        self._unknown = float(self._idf.max())
        self._first_name = np.searchsorted(
            self._lexical.owner, np.arange(len(self._lexical.ids)), side="left"
        )
        classes = index.recogniser.ids
        self._none = classes.index(NONE) if NONE in classes else len(classes)
        self._class_of = np.full(len(self._lexical.ids), len(classes), dtype=np.int64)
        """The recogniser's class of each procedure, or one beyond the last."""
        self._place_of = np.full(len(classes), -1, dtype=np.int64)
        for number, one in enumerate(classes):
            place = index.position(one)
            if place is not None:
                self._class_of[place], self._place_of[number] = number, place

    def features(self, question: Question) -> tuple[list[int], Floats]:
        """Candidate procedures (their places in the index) and their features, one row each."""
        lexical, asked = self._lexical, self._take(question)
        names = self._near(asked)
        said, explained = self._overlap(names, asked)
        sound = lexical.sounding.weigh(names, asked.sounds.columns, asked.sounds.weights)
        vectors = self._index.vectors[names].astype(np.float32)
        dense = np.maximum(vectors @ asked.vector, 0.0)
        quality = 0.3 * said + 0.3 * explained + 0.4 * said * explained + 0.5 * sound + 0.4 * dense
        quality *= 0.9 + 0.1 * self._asked[lexical.owner[names]]
        best = _best_names(quality, lexical.owner[names])
        owners = lexical.owner[names[best]].astype(np.int64)
        rows, terms, told = lexical.body.matches(owners, asked.words.columns)
        of_body = np.bincount(rows, told, minlength=len(owners))
        of_all = np.bincount(rows, asked.words.weights[terms], minlength=len(owners))
        listed, starts = np.unique(lexical.owner[names], return_index=True)
        wanted = np.searchsorted(listed, owners)
        columns = {
            "said": said[best],
            "explained": explained[best],
            "both": said[best] * explained[best],
            "sound": sound[best],
            "dense": dense[best],
            "body": of_body / max(1.0, float(of_body.max())),
            "official": lexical.official[names[best]],
            "asked": self._asked[owners],
            "shipped": lexical.shipped[owners],
            "learnt of topic": asked.learnt_of_topic[self._class_of[owners]],
            "none of topic": np.full(len(best), asked.learnt_of_topic[self._none]),
            "learnt": asked.learnt[self._class_of[owners]],
            "none": np.full(len(best), asked.learnt[self._none]),
            "covered": np.minimum(1.0, of_all / max(asked.total, _SMALLEST)),
            "best sound": np.maximum.reduceat(sound, starts)[wanted],
            "best dense": np.maximum.reduceat(dense, starts)[wanted],
            "second": np.maximum.reduceat(_without_best(quality, best), starts)[wanted],
        }
        rows = np.stack([columns[name] for name in FEATURES], axis=1)
        return owners.tolist(), rows.astype(np.float32)

    def _take(self, question: Question) -> _Asked:
        meant = glossary(question.language).read(question.about)
        also = () if meant else also_called(question.about)
        greek = [*(word for terms in meant for term in terms for word in term), *also]
        text = " ".join((*question.about, *greek))
        words, total = self._weighed(question, meant, also)
        vector = self._index.encoder.encode([text], "query")[0]
        return _Asked(
            words=_NOTHING if "words" in self._without else words,
            total=total,
            sounds=(
                _NOTHING if "sounds" in self._without else _Terms(*self._lexical.sounds.weigh(text))
            ),
            vector=vector * (0.0 if "dense" in self._without else 1.0),
            learnt=self._learnt(" ".join((*question.tokens, *greek))),
            learnt_of_topic=self._learnt(text),
            in_greek_letters=not meant and any(map(is_greek, question.about)),
        )

    def _near(self, asked: _Asked) -> Places:
        """Names near a question by words, sounds or meaning, or of procedures near it otherwise."""
        lexical, body = self._lexical, asked.body
        by_words, by_sound = (
            postings.best(terms.columns, terms.weights, _NAMES, _BUDGET)
            for postings, terms in ((lexical.names, asked.words), (lexical.sounding, asked.sounds))
        )
        count = 0 if "dense" in self._without else min(_NAMES, len(lexical.owner))
        by_meaning = self._index.nearest.search(asked.vector[None], max(1, count))[1][0][:count]
        by_body = lexical.body.best(body.columns, body.weights, _BY_BODY, _BUDGET // 2)
        known = self._place_of[np.argsort(-asked.learnt[:-1], kind="stable")[: _LEARNT + 1]]
        recognised = known[known >= 0][:_LEARNT]
        places = [self._first_name[by_body], self._first_name[recognised]]
        names = np.unique(np.concatenate([by_words, by_sound, by_meaning, *places]))
        if "names" in self._without:
            names = names[lexical.official[names]]
        if asked.in_greek_letters:
            names = names[lexical.native[names]]
        near: Places = names[names >= 0]
        return near

    def _weighed(
        self, question: Question, meant: list[tuple[Term, ...]], also: tuple[str, ...]
    ) -> tuple[_Terms, float]:
        """The words known with their weights, and the weight of all.

        Parameters:
            meant: what words of another language are called in Greek; for each, one term counts.
            also: other names of what was said, which count as that does, and not beside it.
        """
        weak = lexicon(question.language).is_weak
        own = [stem(word) for word in question.about]
        weighed = {one: self._weight(one) * (_WEAK if weak(one) else 1.0) for one in own}
        if meant:
            weighed = {one: weight for one, weight in weighed.items() if self._knows(one)}
        total = sum(weighed.values())
        for terms in meant:
            each = [{stem(word): self._weight(stem(word)) for word in term} for term in terms]
            total += max(sum(one.values()) for one in each)
            for one in each:
                weighed |= one
        weighed |= {stem(word): self._weight(stem(word)) for word in also}
        known = [
            (self._lexical.stems.vocabulary[o], w) for o, w in weighed.items() if self._knows(o)
        ]
        columns = np.array([column for column, _ in known], dtype=np.int64)
        return _Terms(columns, np.array([weight for _, weight in known], dtype=np.float32)), total

    def _knows(self, stemmed: str) -> bool:
        return stemmed in self._lexical.stems.vocabulary

    def _weight(self, stemmed: str) -> float:
        column = self._lexical.stems.vocabulary.get(stemmed)
        return self._unknown if column is None else float(self._idf[column])

    def _overlap(self, names: Places, asked: _Asked) -> tuple[Floats, Floats]:
        """Per name: the share of the name said in the question, and of the question explained."""
        columns, weights = asked.words.columns, asked.words.weights
        rows, terms, shares = self._lexical.names.matches(names, columns)
        strength = weights / self._idf[columns]
        said = np.bincount(rows, shares * strength[terms], minlength=len(names))
        explained = np.bincount(rows, weights[terms], minlength=len(names))
        return _at_most_whole(said), _at_most_whole(explained / max(asked.total, _SMALLEST))

    def _learnt(self, text: str) -> Floats:
        """What the recogniser says of its classes, and `NOT_LEARNT` for what it does not know."""
        recogniser = self._index.recogniser
        if "recogniser" in self._without:
            return np.full(len(recogniser.ids) + 1, NOT_LEARNT, dtype=np.float32)
        return np.append(recogniser.scores(text), np.float32(NOT_LEARNT))


def _at_most_whole(shares: npt.NDArray[Any]) -> Floats:
    return np.minimum(1.0, shares).astype(np.float32)


def _without_best(quality: Floats, best: Places) -> Floats:
    others = quality.copy()
    others[best] = 0.0
    return others


def _best_names(quality: Floats, owners: npt.NDArray[np.int32]) -> Places:
    """The places of the best names of the best candidates, one each."""
    order = np.argsort(-quality, kind="stable")
    _, firsts = np.unique(owners[order], return_index=True)
    best: Places = order[np.sort(firsts)[:_CANDIDATES]]
    return best
