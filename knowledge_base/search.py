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
from knowledge_base.recogniser import NONE
from knowledge_base.terms import gather
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
_WEAK = 0.35
_UNLEARNT = -1.0
_WHOLE = 0.999
_ALIKE = 0.95
"""How much of a question its official title explains, and how alike they sound, to be called so."""
Floats = npt.NDArray[np.float32]


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
        fusion = load_fusion()
        self._rank = np.array([fusion["rank"][name] for name in FEATURES], dtype=np.float32)
        self._scope = {
            learnt: np.array([fusion[kind][name] for name in SCOPE], dtype=np.float32)
            for learnt, kind in SCOPES.items()
        }
        self._idf: Floats = index.word_model.idf
        self._unknown = float(self._idf.max())
        self._asked = np.array([one.popularity for one in index.procedures], dtype=np.float32) / 5
        found = [(n, index.position(one)) for n, one in enumerate(index.recogniser.ids)]
        known = [(n, place) for n, place in found if place is not None]
        self._recognised = tuple(
            np.array(column, dtype=np.int64) for column in zip(*known, strict=True)
        )
        ids = index.recogniser.ids
        self._none = ids.index(NONE) if NONE in ids else None
        self._official = np.array([name.official for name in index.names], dtype=np.float32)

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
                self._index.procedures[places[place]].id,
                float(scores[place]),
                scope,
                float(ranks[place]),
                tuple(map(float, features[place])),
            )
            for place in order
        ]

    def features(self, question: Question) -> tuple[list[int], Floats]:
        """Candidate procedures (their places in the index) and their features, one row each."""
        index = self._index
        text = " ".join(question.about)
        said, explained = self._word_overlap(question.about)
        sound = self._sounds(text)
        dense = self._dense(text)
        quality = 0.3 * said + 0.3 * explained + 0.4 * said * explained + 0.5 * sound + 0.4 * dense
        quality *= 0.9 + 0.1 * self._asked[index.name_owner]
        best = _best_names(quality, index.name_owner)
        body = self._body(question.about)
        for place in np.argsort(-body, kind="stable")[:5]:
            best.setdefault(int(place), int(np.flatnonzero(index.name_owner == place)[0]))
        of_topic, none_of_topic = self._learnt(text)
        learnt, none = self._learnt(" ".join(question.tokens))
        for place in np.argsort(-learnt, kind="stable")[:10]:
            best.setdefault(int(place), int(np.flatnonzero(index.name_owner == place)[0]))
        places = list(best)
        names = np.fromiter(best.values(), dtype=np.int64)
        owners = np.array(places)
        rows = np.stack(
            [
                said[names],
                explained[names],
                said[names] * explained[names],
                sound[names],
                dense[names],
                body[owners] / max(1.0, float(body.max())),
                self._official[names],
                self._asked[owners],
                (self._asked[owners] > 0).astype(np.float32),
                of_topic[owners],
                np.full(len(places), none_of_topic),
                learnt[owners],
                np.full(len(places), none),
            ],
            axis=1,
        ).astype(np.float32)
        return places, rows

    def _word_overlap(self, about: tuple[str, ...]) -> tuple[Floats, Floats]:
        """Per name: the share of the name said in the question, and of the question explained."""
        index = self._index
        vocabulary = index.word_model.vocabulary
        overlap = np.zeros(len(index.names), dtype=np.float32)
        total = 0.0
        for stemmed in dict.fromkeys(stem(word) for word in about):
            column = vocabulary.get(stemmed)
            weight = self._unknown if column is None else float(self._idf[column])
            weight *= _WEAK if lexicon().is_weak(stemmed) else 1.0
            total += weight
            if column is not None:
                start, end = index.word_names.indptr[column : column + 2]
                overlap[index.word_names.indices[start:end]] += weight
        said = np.minimum(1.0, overlap / np.maximum(index.name_weight, 1e-6))
        return said, overlap / max(total, 1e-6)

    def _sounds(self, text: str) -> Floats:
        return gather(self._index.sound_names, *self._index.sound_model.weigh(text))

    def _dense(self, text: str) -> Floats:
        vector = self._index.encoder.encode([text], "query")
        values, places = self._index.dense.search(vector, min(_NAMES, len(self._index.names)))
        scores = np.zeros(len(self._index.names), dtype=np.float32)
        scores[places[0]] = np.maximum(values[0], 0.0)
        return scores

    def _learnt(self, text: str) -> tuple[Floats, float]:
        """What the recogniser says of each procedure, and of there being none."""
        scores = np.full(len(self._index.procedures), _UNLEARNT, dtype=np.float32)
        recognised, places = self._recognised
        found = self._index.recogniser.scores(text)
        scores[places] = found[recognised]
        return scores, float(found[self._none]) if self._none is not None else _UNLEARNT

    def _body(self, about: tuple[str, ...]) -> Floats:
        columns, _ = self._index.word_model.weigh(" ".join(about))
        return gather(self._index.body_words, columns, np.ones(len(columns), dtype=np.float32))


def _titled(features: Floats) -> npt.NDArray[np.bool_]:
    """Which candidates the question calls by their official title, or nearly."""
    official, explained, sound = (
        features[:, FEATURES.index(name)] for name in ("official", "explained", "sound")
    )
    titled: npt.NDArray[np.bool_] = (official > 0) & (explained >= _WHOLE) & (sound >= _ALIKE)
    return titled


def _best_names(quality: Floats, owners: npt.NDArray[np.int32]) -> dict[int, int]:
    """The candidates' best names, by procedure."""
    count = min(_NAMES * 3, len(quality))
    likely = np.argpartition(-quality, count - 1)[:count]
    best: dict[int, int] = {}
    for name in likely[np.argsort(-quality[likely], kind="stable")]:
        best.setdefault(int(owners[name]), int(name))
        if len(best) == _CANDIDATES:
            break
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
