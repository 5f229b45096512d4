"""What a message is about when a procedure is being talked of: that one, a sibling, another, none.

The candidates are the procedure, its siblings, the likeliest of the search, and nothing at all. How
the message is worded, what it names and what the search finds, alone and together with the name of
the procedure talked of, are weighed by weights that `python -m knowledge_base tune --follow-ups`
fits on examples of second messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import orjson

from knowledge_base.candidates import FEATURES as FOUND
from knowledge_base.index import Index
from knowledge_base.lexicon import TURNS, Question, lexicon
from knowledge_base.procedure import Procedure
from knowledge_base.search import Hit, Searcher
from knowledge_base.terms import stems
from knowledge_base.text import stem, words

Kind = Literal["same", "sibling", "other", "none"]
KINDS: tuple[Kind, ...] = ("same", "sibling", "other", "none")
WORDING = (
    "always", "about", "aspect", "case", *TURNS, "strange", "mentioned", "length", "bare",
)  # fmt: skip
EVIDENCE = (
    "score", "rank", "together", "first", "contrast", "score of other", "score of same",
    "together of sibling", "score of sibling", "first of none", "lead of none", "lead of other",
    "named of same", "named of sibling", "named of other", "name of other",
    "scope of none", "scores of others", "scores of family",
)  # fmt: skip
FEATURES = (*(f"{kind} {name}" for kind in KINDS for name in WORDING), *EVIDENCE)
WEIGHTS = Path(__file__).parent / "thread.json"
_OTHERS = 4
LOOKED_AT = 40
"""Hits of a search that `Thread` wants to see."""
_UNFOUND = -5.0
_NONE_LEARNT = FOUND.index("none")
_SCALE = 5.0
"""Of ranks, so that they weigh like the other features."""
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """What a message may be about."""

    kind: Kind
    procedure_id: str | None
    """None for nothing at all."""


@dataclass(frozen=True)
class _Found:
    """What the searches brought."""

    hits: dict[str, Hit]
    together: dict[str, Hit]
    """Of the message with the name of the procedure talked of."""
    best: float
    scope: float
    lead: float
    others: float
    """The scores of all but the procedure talked of and its siblings."""

    @classmethod
    def of(cls, hits: list[Hit], together: list[Hit], talked_of: Procedure) -> _Found:
        near = {talked_of.id, *talked_of.related}
        return cls(
            hits=_by_id(hits),
            together=_by_id(together),
            best=max((hit.score for hit in hits), default=0.0),
            scope=max((hit.scope for hit in hits), default=0.0),
            lead=hits[0].rank - hits[1].rank if len(hits) > 1 else 0.0,
            others=sum(hit.score for hit in hits if hit.procedure_id not in near),
        )


class Thread:
    """Follows the thread of a conversation over one opened index."""

    def __init__(self, index: Index, searcher: Searcher) -> None:
        self._index = index
        self._searcher = searcher
        weights = load_weights()
        self._weights = np.array([weights.get(name, 0.0) for name in FEATURES])

    def follow(
        self, question: Question, length: int, talked_of: Procedure, hits: list[Hit]
    ) -> Candidate:
        """The likeliest of the candidates.

        Parameters:
            length: of the message, in words.
            talked_of: the procedure of the answer before.
            hits: the first `LOOKED_AT` of the search for the question.
        """
        candidates, features = self.weigh(question, length, talked_of, hits)
        return candidates[int(np.argmax(features @ self._weights))]

    def weigh(
        self, question: Question, length: int, talked_of: Procedure, hits: list[Hit]
    ) -> tuple[list[Candidate], Vector]:
        """The candidates and their features, one row each, in the order of `FEATURES`."""
        name = [word for word in words(talked_of.title["el"]) if not lexicon().asks(word)]
        extended = replace(
            question, about=(*question.about, *name), tokens=(*question.tokens, *name)
        )
        found = _Found.of(hits, self._searcher.search(extended, LOOKED_AT), talked_of)
        siblings = [one for one in talked_of.related if self._index.position(one) is not None]
        candidates = list(_candidates(talked_of.id, siblings, hits))
        wording = self._wording(question, length, talked_of, hits)
        rows = []
        for one in candidates:
            row = np.zeros(len(FEATURES))
            start = KINDS.index(one.kind) * len(WORDING)
            row[start : start + len(WORDING)] = wording
            row[-len(EVIDENCE) :] = self._evidence(one, question, talked_of, found)
            rows.append(row)
        return candidates, np.array(rows)

    def _wording(
        self, question: Question, length: int, talked_of: Procedure, hits: list[Hit]
    ) -> list[float]:
        strange = hits[0].features[_NONE_LEARNT] if hits else -1.0
        return [
            1.0,
            float(np.log1p(len(question.beyond_cases))),
            float(bool(question.aspects)),
            float(bool(question.cases)),
            *(float(turn in question.turns) for turn in TURNS),
            strange,
            self._mentioned(question, talked_of),
            float(np.log1p(length)),
            float(not question.beyond_cases),
        ]

    def _mentioned(self, question: Question, procedure: Procedure) -> float:
        """The share of the question's words that the record of the procedure has."""
        place = self._index.position(procedure.id)
        if place is None or not question.about:
            return 1.0
        vocabulary, body = self._index.lexical.stems.vocabulary, self._index.lexical.body
        columns = [vocabulary.get(stem(word)) for word in question.about]
        known = np.unique([column for column in columns if column is not None]).astype(np.int64)
        has = set(known[body.matches(np.array([place]), known)[1]])
        return float(np.mean([column in has for column in columns]))

    def _evidence(
        self, one: Candidate, question: Question, talked_of: Procedure, found: _Found
    ) -> list[float]:
        if one.procedure_id is None:
            return [0.0] * 9 + [found.best, found.lead] + [0.0] * 5 + [found.scope, 0.0, 0.0]
        hit = found.hits.get(one.procedure_id)
        score, rank = hit.score if hit else 0.0, _rank(found.hits, one.procedure_id) / _SCALE
        said, _, named = hit.features[:3] if hit else (0.0, 0.0, 0.0)
        before = _rank(found.together, talked_of.id)
        gap = (_rank(found.together, one.procedure_id) - before) / _SCALE
        first = float(next(iter(found.hits), None) == one.procedure_id)
        same, sibling, other = (float(one.kind == kind) for kind in KINDS[:3])
        contrast = sibling * self._contrast(one.procedure_id, question)
        family = self._scores_of_family(one.procedure_id, found) if other else 0.0
        return [
            score, rank, gap, first, contrast, score * other, score * same,
            gap * sibling, score * sibling, 0.0, 0.0, found.lead * first * other,
            named * same, named * sibling, named * other, said * other,
            0.0, other * found.others, family,
        ]  # fmt: skip

    def _scores_of_family(self, procedure_id: str, found: _Found) -> float:
        """The scores of a procedure and its siblings together.

        In «πόσο κάνει η ταυτότητα;» the first one, a new one and a lost one share the score.
        """
        place = self._index.position(procedure_id)
        assert place is not None  # noqa: S101 - candidates come from this index
        family = {procedure_id, *self._index.procedures[place].related}
        return sum(found.hits[one].score for one in family & found.hits.keys())

    def _contrast(self, procedure_id: str, question: Question) -> float:
        """The share of the question's words that tell the sibling from the others."""
        place = self._index.position(procedure_id)
        assert place is not None  # noqa: S101 - siblings were looked up
        telling = stems(" ".join(self._index.procedures[place].contrast.values()))
        wanted = {stem(word) for word in question.about}
        return len(wanted & set(telling)) / max(1, len(wanted))


def _candidates(talked_of: str, siblings: list[str], hits: list[Hit]) -> Iterator[Candidate]:
    yield Candidate("same", talked_of)
    yield from (Candidate("sibling", one) for one in siblings)
    first = [hit.procedure_id for hit in hits[:_OTHERS]]
    near = [one for one in first if one != talked_of and one not in siblings]
    yield from (Candidate("other", one) for one in near)
    yield Candidate("none", None)


def _by_id(hits: list[Hit]) -> dict[str, Hit]:
    return {hit.procedure_id: hit for hit in hits}


def _rank(hits: dict[str, Hit], procedure_id: str) -> float:
    hit = hits.get(procedure_id)
    return hit.rank if hit else _UNFOUND


@cache
def load_weights() -> dict[str, float]:
    """The fitted weights, by the names of `FEATURES`."""
    fitted: dict[str, float] = orjson.loads(WEIGHTS.read_bytes())
    return fitted
