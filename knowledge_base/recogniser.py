"""Recognises the procedures people ask for most by how they ask: a linear classifier.

It learns from all that is written about a shipped procedure: titles, everyday names, the citizens'
questions of `questions/*.yml` and the facts. A support-vector machine over stems and sound n-grams
(Joachims 1998) learns which words tell («φαντάρος», «ροζ») and which do not («χαρτί»).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from knowledge_base.text import phonetic, stem, words

FILE = "recogniser.joblib"
_PENALTY = 0.5


def stems(text: str) -> list[str]:
    """The stems of a text's words."""
    return [stem(word) for word in words(text)]


class Recogniser:
    """Tells how well a question suits each procedure that it knows."""

    def __init__(self, ids: list[str], models: tuple[Any, Any], weights: Any, bias: Any) -> None:
        self.ids = ids
        self._models = models
        self._weights = weights
        self._bias = bias

    @classmethod
    def train(cls, texts: Iterable[str], ids: Iterable[str], seed: int) -> Recogniser:
        """Learns from texts and the procedure that each is about."""
        texts, ids = list(texts), list(ids)
        models = (
            TfidfVectorizer(analyzer=stems, sublinear_tf=True, dtype=np.float32),
            TfidfVectorizer(
                preprocessor=phonetic,
                analyzer="char_wb",
                ngram_range=(2, 5),
                sublinear_tf=True,
                min_df=2,
                dtype=np.float32,
            ),
        )
        features = sparse.hstack([model.fit_transform(texts) for model in models]).tocsr()
        machine = LinearSVC(C=_PENALTY, random_state=seed)
        machine.fit(features, ids)
        weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float32)
        return cls(list(machine.classes_), models, weights, machine.intercept_.astype(np.float32))

    def save(self, folder: Path) -> None:
        """Writes what was learnt."""
        joblib.dump((self.ids, self._models, self._weights, self._bias), folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Recogniser:
        """Reads what `save` wrote."""
        return cls(*joblib.load(folder / FILE))

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """How well `text` suits each of `ids`: above 0 for the class, mostly within -1 to 1."""
        features = sparse.hstack([model.transform([text]) for model in self._models]).tocsr()
        found: npt.NDArray[np.float32] = (features @ self._weights)[0] + self._bias
        return found
