"""Fits the fusion weights and thresholds of the search on a development set.

The weights are those of a logistic regression over (question, candidate) pairs, right or wrong, so
that its probability is a confidence. The thresholds come from the same rows, cross-validated.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from knowledge_base.index import Index
from knowledge_base.lexicon import lexicon
from knowledge_base.search import FEATURES, Searcher, fusion_weights

_GOOD_LOST_AT_MOST = 0.03
_HARD_NEGATIVES = 12


def tune(index: Index, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Fits on rows `{"q", "ids"}`; rows without ids teach what to reject.

    Returns:
        The weights and thresholds, as `fusion.json` holds them, and how they did on held-out folds.
    """
    searcher = Searcher(index)
    features, labels, groups = [], [], []
    for number, row in enumerate(rows):
        places, found = searcher.features(lexicon().read(row["q"]))
        right = [index.procedures[place].id in row["ids"] for place in places]
        order = np.argsort(-searcher.scores(found), kind="stable")
        kept = [p for r, p in enumerate(order) if right[p] or r < _HARD_NEGATIVES]
        features += [found[place] for place in kept]
        labels += [right[place] for place in kept]
        groups += [number] * len(kept)
    matrix, truth, asked = np.array(features), np.array(labels), np.array(groups)
    model = LogisticRegression(C=3.0, max_iter=2000)
    held_out = cross_val_predict(
        model, matrix, truth, groups=asked, cv=GroupKFold(5), method="predict_proba"
    )[:, 1]
    model.fit(matrix, truth)
    weights = dict(zip(FEATURES, (round(float(w), 4) for w in model.coef_[0]), strict=True))
    weights["bias"] = round(float(model.intercept_[0]), 4)
    best = _best_of_each(held_out, truth, asked)
    answer_from = _threshold(best)
    weights["answer_from"] = answer_from
    weights["nearest_from"] = round(answer_from / 2, 4)
    weights["clarify_within"] = fusion_weights()["clarify_within"]
    return {"weights": weights, "held_out": _report(best, answer_from)}


def _best_of_each(
    scores: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64]
) -> list[tuple[float, bool, bool]]:
    """Per question: its best score, whether the best is right, whether any candidate is."""
    best = []
    for group in np.unique(groups):
        places = np.flatnonzero(groups == group)
        top = places[np.argmax(scores[places])]
        best.append((float(scores[top]), bool(truth[top]), bool(truth[places].any())))
    return best


def _threshold(best: list[tuple[float, bool, bool]]) -> float:
    """The score under which at most 3 % of the questions rightly answered fall."""
    good = sorted(score for score, right, _ in best if right)
    return round(good[int(len(good) * _GOOD_LOST_AT_MOST)], 4) if good else 0.5


def _report(best: list[tuple[float, bool, bool]], answer_from: float) -> dict[str, float]:
    askable = [item for item in best if item[2]]
    strange = [item for item in best if not item[2]]
    return {
        "first_right": round(sum(right for _, right, _ in askable) / max(1, len(askable)), 4),
        "rejected_of_strange": round(
            sum(score < answer_from for score, _, _ in strange) / max(1, len(strange)), 4
        ),
    }
