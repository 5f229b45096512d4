"""Inverted lists with a bound on the work of a search, whatever the number of texts.

A search reads the lists of its rarest terms first and stops where the budget ends: what the common
terms would add hardly tells one text from another. What was found is then weighed exactly, on the
texts' own terms.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

_NOT_ASKED = -1
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass
class Postings:
    """Texts by term, and terms by text."""

    by_text: sparse.csr_matrix
    """Texts × terms, the terms' weights in the text."""
    by_term: sparse.csc_matrix
    """The same by columns; in each, the weightiest texts first."""

    @classmethod
    def of(cls, weighed: sparse.csr_matrix) -> Postings:
        """Of the weighed terms of texts, one text a row."""
        by_term = weighed.tocsc()
        columns = np.repeat(np.arange(by_term.shape[1]), np.diff(by_term.indptr))
        order = np.lexsort((by_term.indices, -by_term.data, columns))
        by_term.indices, by_term.data = by_term.indices[order], by_term.data[order]
        by_term.has_sorted_indices = False
        return cls(weighed.tocsr(), by_term)

    def __post_init__(self) -> None:
        self._own = threading.local()

    def __getstate__(self) -> dict[str, sparse.spmatrix]:
        return {"by_text": self.by_text, "by_term": self.by_term}

    def __setstate__(self, state: dict[str, sparse.spmatrix]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def best(self, columns: Places, weights: Floats, count: int, budget: int) -> Places:
        """The texts, up to `count`, in which the terms weigh most.

        Parameters:
            columns: of the question's terms; `weights` are theirs.
            budget: entries of the lists that may be read; the list in which it ends is cut.
        """
        starts = self.by_term.indptr[columns]
        lengths = self.by_term.indptr[columns + 1] - starts
        order = np.argsort(lengths, kind="stable")
        read = np.minimum(lengths[order], np.maximum(budget - _before(lengths[order]), 0))
        entries = _runs(starts[order], read)
        texts = self.by_term.indices[entries]
        added = self.by_term.data[entries] * np.repeat(weights[order], read)
        found, which = self._distinct(texts)
        sums = np.bincount(which, added, minlength=len(found)).astype(np.float32)
        best: Places = found[_largest(sums, count)].astype(np.int64)
        return best

    def matches(self, texts: Places, columns: Places) -> tuple[Places, Places, Floats]:
        """Where `texts` have the terms of `columns`.

        Returns:
            Of each match, the place in `texts`, the place in `columns`, and the term's weight.
        """
        asked = self._scratch("asked", self.by_text.shape[1])
        asked[columns] = np.arange(len(columns), dtype=np.int32)
        starts = self.by_text.indptr[texts]
        lengths = self.by_text.indptr[texts + 1] - starts
        entries = _runs(starts, lengths)
        terms = asked[self.by_text.indices[entries]]
        asked[columns] = _NOT_ASKED
        met = np.flatnonzero(terms >= 0)
        rows = np.searchsorted(np.cumsum(lengths), met, side="right")
        return rows, terms[met], self.by_text.data[entries[met]]

    def weigh(self, texts: Places, columns: Places, weights: Floats) -> Floats:
        """The exact sums of the terms' weights in each of `texts`."""
        rows, terms, found = self.matches(texts, columns)
        return np.bincount(rows, found * weights[terms], minlength=len(texts)).astype(np.float32)

    def _distinct(self, texts: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], Places]:
        """The texts that occur, and of each occurrence which of them it is; without sorting."""
        place = self._scratch("place", self.by_text.shape[0])
        occurrences = np.arange(len(texts), dtype=np.int32)
        place[texts] = occurrences
        found = texts[np.flatnonzero(place[texts] == occurrences)]
        place[found] = np.arange(len(found), dtype=np.int32)
        return found, place[texts]

    def _scratch(self, name: str, size: int) -> npt.NDArray[np.int32]:
        """A row of numbers of the thread's own, -1 where nobody wrote."""
        kept: npt.NDArray[np.int32] | None = getattr(self._own, name, None)
        if kept is None:
            kept = np.full(size, _NOT_ASKED, dtype=np.int32)
            setattr(self._own, name, kept)
        return kept


def _before(lengths: Places) -> Places:
    """What the runs before each one have together."""
    before: Places = np.cumsum(lengths) - lengths
    return before


def _runs(starts: Places, lengths: Places) -> Places:
    """The places of several runs, one after the other."""
    runs: Places = np.repeat(starts - _before(lengths), lengths)
    runs += np.arange(len(runs))
    return runs


def _largest(values: Floats, count: int) -> Places:
    """The places of the `count` largest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    places: Places = np.argpartition(-values, count - 1)[:count]
    return places
