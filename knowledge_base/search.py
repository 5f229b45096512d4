"""Finds the procedures a question is about: words, sounds and meaning, fused into one probability.

Each name of a procedure is compared with the question: how much of the name the question says, how
much of the question the name explains, how alike they sound, how close the embedding puts them. The
record's text, the recogniser and how often a procedure is asked for add to it. Two things are told:
whether any procedure answers the question (its scope), and which one it is among the candidates.
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

from knowledge_base.index import Index
from knowledge_base.lexicon import Question, lexicon
from knowledge_base.postings import Floats, Places
from knowledge_base.recogniser import NONE
from knowledge_base.text import stem

WEIGHTS = Path(__file__).parent / "fusion.json"
FEATURES = (
    "said", "explained", "both", "sound", "dense", "body", "official", "asked", "shipped",
    "learnt of topic", "none of topic", "learnt", "none",
)  # fmt: skip
SCOPE = (*FEATURES, "rank", "lead", "length", "bias")
SCOPES = {True: "scope", False: "scope of unlearnt"}
"""The weights by whether the recogniser has learnt the first candidate."""
TOP = 10
"""Hits looked at, where nobody says how many."""
_CANDIDATES = 40
_NAMES = 120
"""Names looked at by each of words, sounds and vectors."""
_BY_BODY = 5
_LEARNT = 10
_BUDGET = 20_000
"""Entries of inverted lists that a search reads."""
_WEAK = 0.35
_UNLEARNT = -1.0
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
        self._index = index
        self._lexical = index.lexical
        fusion = load_fusion()
        self._rank = np.array([fusion["rank"][name] for name in FEATURES], dtype=np.float32)
        self._scope = {
            learnt: np.array([fusion[kind][name] for name in SCOPE], dtype=np.float32)
            for learnt, kind in SCOPES.items()
        }
        self._idf: Floats = self._lexical.stems.idf
        self._unknown = float(self._idf.max())
        self._first_name = np.searchsorted(
            self._lexical.owner, np.arange(len(self._lexical.ids)), side="left"
        )
        found = [(n, index.position(one)) for n, one in enumerate(index.recogniser.ids)]
        known = [(n, place) for n, place in found if place is not None]
        self._recognised = tuple(
            np.array(column, dtype=np.int64) for column in zip(*known, strict=True)
        )
        ids = index.recogniser.ids
        self._none = ids.index(NONE) if NONE in ids else None

    def search(self, question: Question, top: int = TOP) -> list[Hit]:
        """The procedures most likely meant, the likeliest first."""
        if not question.about:
            return []
        places, features = self.features(question)
        ranks = features @ self._rank
        evidence = scope_features(features, ranks, len(question.about))
        weights = self._scope[is_learnt(evidence)]
        scope = 1.0 / (1.0 + np.exp(-float(evidence @ weights)))
        scores = scope * shares(ranks)
        order = np.lexsort((-ranks, ~_titled(features)))[:top]
        return [
            Hit(
                self._lexical.ids[places[place]],
                float(scores[place]),
                scope,
                float(ranks[place]),
                tuple(map(float, features[place])),
            )
            for place in order
        ]

    def features(self, question: Question) -> tuple[list[int], Floats]:
        """Candidate procedures (their places in the index) and their features, one row each."""
        lexical = self._lexical
        text = " ".join(question.about)
        words = self._weighed(question.about)
        sounds = lexical.sounds.weigh(text)
        vector = self._index.encoder.encode([text], "query")
        body = words[0], np.ones(len(words[0]), dtype=np.float32)
        of_topic, none_of_topic = self._learnt(text)
        learnt, none = self._learnt(" ".join(question.tokens))
        names = np.concatenate(
            [
                lexical.names.best(*words[:2], _NAMES, _BUDGET),
                lexical.sounding.best(*sounds, _NAMES, _BUDGET),
                self._index.nearest.search(vector, min(_NAMES, len(lexical.owner)))[1][0],
                self._first_name[lexical.body.best(*body, _BY_BODY, _BUDGET)],
                self._first_name[np.argsort(-learnt, kind="stable")[:_LEARNT]],
            ]
        )
        names = np.unique(names[names >= 0])
        said, explained = self._overlap(names, *words)
        sound = lexical.sounding.weigh(names, *sounds)
        dense = np.maximum(self._index.vectors[names].astype(np.float32) @ vector[0], 0.0)
        quality = 0.3 * said + 0.3 * explained + 0.4 * said * explained + 0.5 * sound + 0.4 * dense
        quality *= 0.9 + 0.1 * lexical.asked[lexical.owner[names]]
        best = _best_names(quality, lexical.owner[names])
        owners = lexical.owner[names[best]].astype(np.int64)
        of_body = lexical.body.weigh(owners, *body)
        rows = np.stack(
            [
                said[best],
                explained[best],
                said[best] * explained[best],
                sound[best],
                dense[best],
                of_body / max(1.0, float(of_body.max())),
                lexical.official[names[best]],
                lexical.asked[owners],
                lexical.shipped[owners],
                of_topic[owners],
                np.full(len(best), none_of_topic),
                learnt[owners],
                np.full(len(best), none),
            ],
            axis=1,
        ).astype(np.float32)
        return owners.tolist(), rows

    def _weighed(self, about: tuple[str, ...]) -> tuple[Places, Floats, float]:
        """The columns and weights of the words known, and the weight of all."""
        vocabulary = self._lexical.stems.vocabulary
        columns, weights, total = [], [], 0.0
        for stemmed in dict.fromkeys(stem(word) for word in about):
            column = vocabulary.get(stemmed)
            weight = self._unknown if column is None else float(self._idf[column])
            weight *= _WEAK if lexicon().is_weak(stemmed) else 1.0
            total += weight
            if column is not None:
                columns.append(column)
                weights.append(weight)
        return np.array(columns, dtype=np.int64), np.array(weights, dtype=np.float32), total

    def _overlap(
        self, names: Places, columns: Places, weights: Floats, total: float
    ) -> tuple[Floats, Floats]:
        """Per name: the share of the name said in the question, and of the question explained."""
        rows, terms, shares = self._lexical.names.matches(names, columns)
        strength = weights / self._idf[columns]
        said = np.bincount(rows, shares * strength[terms], minlength=len(names))
        explained = np.bincount(rows, weights[terms], minlength=len(names)) / max(total, 1e-6)
        return np.minimum(1.0, said).astype(np.float32), explained.astype(np.float32)

    def _learnt(self, text: str) -> tuple[Floats, float]:
        """What the recogniser says of each procedure, and of there being none."""
        scores = np.full(len(self._lexical.ids), _UNLEARNT, dtype=np.float32)
        recognised, places = self._recognised
        found = self._index.recogniser.scores(text)
        scores[places] = found[recognised]
        return scores, float(found[self._none]) if self._none is not None else _UNLEARNT


def _titled(features: Floats) -> npt.NDArray[np.bool_]:
    """Which candidates the question calls by their official title, or nearly."""
    official, explained, sound = (
        features[:, FEATURES.index(name)] for name in ("official", "explained", "sound")
    )
    titled: npt.NDArray[np.bool_] = (official > 0) & (explained >= _WHOLE) & (sound >= _ALIKE)
    return titled


def _best_names(quality: Floats, owners: npt.NDArray[np.int32]) -> Places:
    """The places of the best names of the best candidates, one each."""
    order = np.argsort(-quality, kind="stable")
    _, firsts = np.unique(owners[order], return_index=True)
    best: Places = order[np.sort(firsts)[:_CANDIDATES]]
    return best


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
    return np.array([*features[best], ranks[best], lead, np.log1p(length), 1.0], dtype=np.float32)


def is_learnt(evidence: Floats) -> bool:
    """Whether the recogniser has learnt the first candidate, by what tells the scope."""
    return bool(evidence[SCOPE.index("learnt")] != _UNLEARNT)


@cache
def load_fusion() -> dict[str, Any]:
    """The fitted weights and thresholds."""
    fitted: dict[str, Any] = orjson.loads(WEIGHTS.read_bytes())
    return fitted
