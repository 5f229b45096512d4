"""Recognises the procedures people ask for most by how they ask: a linear classifier.

It learns from all that is written about a shipped procedure: titles, everyday names, the citizens'
questions of `questions/*.yml` and the facts. A support-vector machine (Joachims 1998) over stems,
their pairs and sound n-grams learns which words tell («φαντάρος», «ροζ») and which not («χαρτί»).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from knowledge_base.terms import (
    TermModel,
    Weights,
    long_sounds,
    read_pickle,
    stem_pairs,
    write_pickle,
)

FILE = "recogniser.pickle"
NONE = "none"
"""The class of texts that no procedure answers."""
ELSEWHERE = "elsewhere"
"""What other procedures answer than those shipped: strange while no registry has been synced."""
_PENALTY = 0.5
_TOLERANCE = 0.01
_OTHERS = ""


class Recogniser:
    """Tells how well a question suits each procedure that it knows."""

    def __init__(
        self, ids: list[str], models: list[TermModel], weights: Weights, bias: Weights
    ) -> None:
        self.ids = ids
        self._models = models
        self._weights = weights
        self._bias = bias

    @classmethod
    def train(cls, texts: Iterable[str], ids: Iterable[str], seed: int) -> Recogniser:
        """Learns from texts and the procedure that each is about, or `NONE`."""
        texts = list(texts)
        by_stem, stem_terms = TermModel.fit(texts, stem_pairs, rarest=2)
        by_sound, sound_terms = TermModel.fit(texts, long_sounds, rarest=2)
        features = sparse.hstack([stem_terms, sound_terms]).tocsr().astype(np.float64)
        known, weights, bias = _machines(features, list(ids), seed)
        return cls(known, [by_stem, by_sound], weights, bias)

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        write_pickle((self.ids, self._models, self._weights, self._bias), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Reads what `save` wrote."""
        return cls(*read_pickle(folder / FILE))

    def scores(self, text: str) -> Weights:
        """How well `text` suits each of `ids`: above 0 for the class, mostly within -1 to 1."""
        scores = self._bias.copy()
        offset = 0
        for model in self._models:
            columns, weights = model.weigh(text)
            scores += weights @ self._weights[columns + offset]
            offset += len(model.vocabulary)
        return scores


def _machines(
    features: sparse.csr_matrix, ids: list[str], seed: int
) -> tuple[list[str], Weights, Weights]:
    """One machine a class against all others, the classes shared out among the processors.

    Returns:
        The classes, and their weights (features × classes) and biases.
    """
    known = sorted(set(ids))
    parts = max(1, min(os.cpu_count() or 1, len(known) // 2))
    shared_out = [known[part::parts] for part in range(parts)]
    with ThreadPoolExecutor(parts) as processors:
        fitted = processors.map(lambda part: _machines_of(part, features, ids, seed), shared_out)
        weights, biases = zip(*fitted, strict=True)
    return (
        [one for part in shared_out for one in part],
        np.ascontiguousarray(np.vstack(weights).T, dtype=np.float32),
        np.concatenate(biases).astype(np.float32),
    )


def _machines_of(
    part: list[str], features: sparse.csr_matrix, ids: list[str], seed: int
) -> tuple[Weights, Weights]:
    """The machines of some classes: all other classes count as one."""
    wanted = set(part)
    machine = LinearSVC(C=_PENALTY, tol=_TOLERANCE, random_state=seed)
    machine.fit(features, [one if one in wanted else _OTHERS for one in ids])
    own = [place for place, one in enumerate(machine.classes_) if one != _OTHERS]
    return machine.coef_[own], machine.intercept_[own]
