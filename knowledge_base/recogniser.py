"""Recognises the procedures people ask for most by how they ask: a linear classifier.

It learns from all that is written about a shipped procedure: titles, everyday names, the citizens'
questions of `questions/*.yml` and the facts. A support-vector machine over stems and sound n-grams
(Joachims 1998) learns which words tell («φαντάρος», «ροζ») and which do not («χαρτί»).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import joblib
import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from knowledge_base.terms import TermModel, Weights, sounds, stems

FILE = "recogniser.joblib"
NONE = "none"
"""The class of texts that no procedure answers."""
ELSEWHERE = "elsewhere"
"""What other procedures answer than those shipped: strange while no registry has been synced."""
_PENALTY = 0.5
_TOLERANCE = 0.01


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
        by_stem, stem_terms = TermModel.fit(texts, stems)
        by_sound, sound_terms = TermModel.fit(texts, sounds, rarest=2)
        machine = LinearSVC(C=_PENALTY, tol=_TOLERANCE, random_state=seed)
        machine.fit(sparse.hstack([stem_terms, sound_terms]).tocsr(), list(ids))
        weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float32)
        bias = machine.intercept_.astype(np.float32)
        return cls([str(one) for one in machine.classes_], [by_stem, by_sound], weights, bias)

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        joblib.dump((self.ids, self._models, self._weights, self._bias), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Reads what `save` wrote."""
        return cls(*joblib.load(folder / FILE))

    def scores(self, text: str) -> Weights:
        """How well `text` suits each of `ids`: above 0 for the class, mostly within -1 to 1."""
        scores = self._bias.copy()
        offset = 0
        for model in self._models:
            columns, weights = model.weigh(text)
            scores += weights @ self._weights[columns + offset]
            offset += len(model.vocabulary)
        return scores
