"""Texts as weighted terms: stems of words, and n-grams of their sound.

scikit-learn learns the vocabulary and its weights; questions are weighed here, without the cost of
its general machinery, which for one short text is ten times the work itself.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge_base.text import phonetic_word, stem, words

Analyser = Callable[[Any], list[str]]
Columns = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
_SIZES = (2, 3, 4)


def stems(text: str) -> list[str]:
    """The stems of a text's words."""
    return [stem(word) for word in words(text)]


def write_pickle(learnt: Any, file: Path) -> None:
    """Writes what was learnt to a file of the index."""
    with file.open("wb") as out:
        pickle.dump(learnt, out, protocol=pickle.HIGHEST_PROTOCOL)


def read_pickle(file: Path) -> Any:
    """Reads what `write_pickle` wrote."""
    with file.open("rb") as written:
        return pickle.load(written)  # noqa: S301 - the index is the installer's own


def stem_pairs(text: str) -> list[str]:
    """The stems of a text's words, alone and with the next one."""
    found = stems(text)
    return [*found, *(f"{one} {other}" for one, other in pairwise(found))]


def sounds(text: str) -> list[str]:
    """N-grams of the sound of a text's words, with the words' edges."""
    return [gram for word in words(text) for gram in _sounds_of(word)]


def long_sounds(text: str) -> list[str]:
    """The longest n-grams of `sounds` alone: less to learn from, and as telling in a whole text."""
    return [gram for word in words(text) for gram in _long_sounds_of(word)]


def _sounds_of(word: str) -> list[str]:
    return _grams(word, _SIZES)


def _long_sounds_of(word: str) -> list[str]:
    return _grams(word, _SIZES[-1:])


def _grams(word: str, sizes: tuple[int, ...]) -> list[str]:
    framed = f" {phonetic_word(word)} "
    return [
        framed[start : start + size] for size in sizes for start in range(len(framed) - size + 1)
    ]


_OF_WORDS: dict[Analyser, Callable[[str], list[str]]] = {
    stems: lambda word: [stem(word)],
    sounds: _sounds_of,
    long_sounds: _long_sounds_of,
}
"""What analysers that look at each word alone make of one: it need not be found out again."""
_WORDS_KEPT = 50_000


@dataclass(frozen=True)
class TermModel:
    """A vocabulary of terms with their inverse document frequencies."""

    analyse: Analyser
    vocabulary: dict[str, int]
    idf: Weights
    normalised: bool
    _columns_of: dict[str, list[int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The columns of words met so far."""

    @classmethod
    def fit(
        cls, texts: Iterable[Any], analyse: Analyser, *, rarest: int = 1, normalised: bool = True
    ) -> tuple[TermModel, sparse.csr_matrix]:
        """Learns the vocabulary of `texts`; returns the model and the texts' weighted terms.

        Parameters:
            rarest: texts in which a term must be to count.
            normalised: whether the weights of a text are scaled to unit length.
        """
        model = TfidfVectorizer(
            analyzer=analyse,
            sublinear_tf=True,
            min_df=rarest,
            norm="l2" if normalised else None,
            dtype=np.float32,
        )
        matrix = model.fit_transform(texts)
        vocabulary = {term: int(column) for term, column in model.vocabulary_.items()}
        return cls(analyse, vocabulary, model.idf_.astype(np.float32), normalised), matrix

    def weigh(self, text: Any) -> tuple[Columns, Weights]:
        """The known terms of a text: their columns and weights."""
        of_word = _OF_WORDS.get(self.analyse)
        if of_word is None:
            met = self._known(self.analyse(text))
        else:
            met = [column for word in words(text) for column in self._columns(word, of_word)]
        counts = Counter(met)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights = (1.0 + np.log(often)) * self.idf[columns]
        if self.normalised and len(weights):
            weights /= np.sqrt(weights @ weights)
        return columns, weights

    def _columns(self, word: str, of_word: Callable[[str], list[str]]) -> list[int]:
        found = self._columns_of.get(word)
        if found is None:
            if len(self._columns_of) >= _WORDS_KEPT:
                self._columns_of.clear()
            found = self._columns_of[word] = self._known(of_word(word))
        return found

    def _known(self, terms: Iterable[str]) -> list[int]:
        vocabulary = self.vocabulary
        return [vocabulary[term] for term in terms if term in vocabulary]
