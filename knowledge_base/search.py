"""Finds the procedures a question is about: what speaks for each, fused into one probability.

Two things are told: whether any procedure answers the question (its scope), and which one it is
among the candidates.
The weights of both, and the thresholds by which an answer is given, asked back or withheld, are
fitted on a development set by `python -m knowledge_base tune`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from knowledge_base.candidates import FEATURES, NOT_LEARNT, Candidates
from knowledge_base.index import Index
from knowledge_base.lexicon import Question
from knowledge_base.postings import Floats
from knowledge_base.ranker import Ranker

WEIGHTS = Path(__file__).parent / "fusion.json"
MOST = ("covered", "best sound", "best dense")
"""Features of which the largest among the candidates tells the scope too."""
SCOPE = (
    *FEATURES, "rank", "lead", "length", "share", "doubt", *(f"most {name}" for name in MOST),
    "bias",
)  # fmt: skip
LEARNT, UNLEARNT = "learnt", "unlearnt"
"""The scope's weights by whether the recogniser has learnt the first candidate."""
TOP = 10
"""Hits looked at, where nobody says how many."""
_SMALLEST = 1e-9
_CERTAIN = 10.0
"""The lead, in weighted sums, of what staff have said a question is about."""
_WHOLE = 0.999
_ALIKE = 0.95
"""How much of a question its official title explains, and how alike they sound, to be called so."""


@dataclass(frozen=True)
class Hit:
    """A procedure found, with the confidence that it is the one meant."""

    procedure_id: str
    score: float
    """Probability, 0 to 1."""
    scope: float
    """Probability that any procedure answers the question; the same for all hits of a search."""
    rank: float
    """The weighted sum by which hits are ordered."""
    features: tuple[float, ...]


class Searcher:
    """Searches one opened index."""

    def __init__(self, index: Index) -> None:
        self._ids = index.lexical.ids
        self._corrected = index.lexical.corrected
        self._candidates = Candidates(index)
        fusion = load_fusion(kind_of(index))
        self.thresholds: dict[str, float] = fusion["thresholds"]
        self._ranker = Ranker.from_json(fusion["rank"], FEATURES)
        self._scope = {
            kind: np.array([fusion[kind][name] for name in SCOPE], dtype=np.float32)
            for kind in (LEARNT, UNLEARNT)
            if kind in fusion
        }

    def is_corrected(self, question: Question) -> bool:
        """Whether staff have said what this very question is about."""
        return question.sound in self._corrected

    def search(self, question: Question, top: int = TOP) -> list[Hit]:
        """The procedures most likely meant, the likeliest first."""
        if not question.about:
            return []
        places, features = self._candidates.features(question)
        ranks = self._ranker.weigh(features)
        evidence = scope_features(features, ranks, len(question.about))
        weights = self._scope[LEARNT if is_learnt(evidence) else UNLEARNT]
        scope = 1.0 / (1.0 + np.exp(-float(evidence @ weights)))
        titled = _titled(features)
        corrected = self._corrected.get(question.sound)
        if corrected in places:
            ranks[places.index(corrected)] = ranks.max() + _CERTAIN
            titled[:], scope = False, 1.0
        scores = scope * shares(ranks)
        order = np.lexsort((-ranks, ~titled))[:top]
        return [
            Hit(
                self._ids[places[place]],
                float(scores[place]),
                scope,
                float(ranks[place]),
                tuple(map(float, features[place])),
            )
            for place in order
        ]


def _titled(features: Floats) -> npt.NDArray[np.bool_]:
    """Which candidates the question calls by their official title, or nearly."""
    official, explained, sound = (
        features[:, FEATURES.index(name)] for name in ("official", "explained", "sound")
    )
    titled: npt.NDArray[np.bool_] = (official > 0) & (explained >= _WHOLE) & (sound >= _ALIKE)
    return titled


def shares(ranks: Floats) -> Floats:
    """The probability of each candidate to be the one meant, if one of them is."""
    each = np.exp(ranks - ranks.max())
    shared: Floats = each / each.sum()
    return shared


def scope_features(features: Floats, ranks: Floats, length: int) -> Floats:
    """What tells whether any procedure answers a question, in the order of `SCOPE`.

    Parameters:
        features: of the candidates, in the order of `FEATURES`.
        ranks: the candidates' weighted sums.
        length: of the question, in words that say what it is about.
    """
    best = int(np.argmax(ranks))
    others = np.delete(ranks, best)
    lead = ranks[best] - (others.max() if len(others) else 0.0)
    shared = shares(ranks)
    doubt = -float(shared @ np.log(shared + _SMALLEST))
    likely = [features[:, FEATURES.index(name)].max() for name in MOST]
    more = [ranks[best], lead, np.log1p(length), shared[best], doubt, *likely, 1.0]
    return np.array([*features[best], *more], dtype=np.float32)


def is_learnt(evidence: Floats) -> bool:
    """Whether the recogniser has learnt the first candidate, by what tells the scope."""
    return bool(evidence[SCOPE.index("learnt")] != NOT_LEARNT)


def kind_of(index: Index) -> str:
    """Which weights an index is searched with."""
    return "registry" if index.has_registry else "shipped"


def load_fusion(kind: str) -> dict[str, Any]:
    """The weights and thresholds fitted for a kind of index."""
    weights: dict[str, Any] = fusion()[kind]
    return weights


@cache
def fusion() -> dict[str, Any]:
    """The weights and thresholds by kind of index."""
    fitted: dict[str, Any] = orjson.loads(WEIGHTS.read_bytes())
    return fitted
