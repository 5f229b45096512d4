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
        starts, ends = self.by_term.indptr[columns], self.by_term.indptr[columns + 1]
        sums = self._sums()
        touched = [np.empty(0, dtype=np.int32)]
        for place in np.argsort(ends - starts, kind="stable"):
            start, end = int(starts[place]), int(min(ends[place], starts[place] + budget))
            rows = self.by_term.indices[start:end]
            before = sums[rows]
            touched.append(rows[before == 0.0])
            sums[rows] = before + self.by_term.data[start:end] * weights[place]
            budget -= end - start
            if budget <= 0:
                break
        found = np.concatenate(touched)
        best: Places = found[_largest(sums[found], count)].astype(np.int64)
        sums[found] = 0.0
        return best

    def matches(self, texts: Places, columns: Places) -> tuple[Places, Places, Floats]:
        """Where `texts` have the terms of `columns`.

        Returns:
            Of each match, the place in `texts`, the place in `columns`, and the term's weight.
        """
        asked = np.full(self.by_text.shape[1], -1, dtype=np.int64)
        asked[columns] = np.arange(len(columns))
        starts, ends = self.by_text.indptr[texts], self.by_text.indptr[texts + 1]
        lengths = ends - starts
        entries = np.repeat(ends - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
        terms = asked[self.by_text.indices[entries]]
        met = np.flatnonzero(terms >= 0)
        rows = np.repeat(np.arange(len(texts)), lengths)[met]
        return rows, terms[met], self.by_text.data[entries[met]]

    def weigh(self, texts: Places, columns: Places, weights: Floats) -> Floats:
        """The exact sums of the terms' weights in each of `texts`."""
        rows, terms, found = self.matches(texts, columns)
        return np.bincount(rows, found * weights[terms], minlength=len(texts)).astype(np.float32)

    def _sums(self) -> Floats:
        """A row of zeros for each text, the thread's own; who uses it leaves it clean."""
        if not hasattr(self._own, "sums"):
            self._own.sums = np.zeros(self.by_text.shape[0], dtype=np.float32)
        sums: Floats = self._own.sums
        return sums


def _largest(values: Floats, count: int) -> Places:
    """The places of the `count` largest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    places: Places = np.argpartition(-values, count - 1)[:count]
    return places
