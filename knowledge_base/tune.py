"""Fits the fusion weights and thresholds of the search on a development set.

Ranking: the weights under which the right candidates are likeliest among all of their question's
(a conditional logit, McFadden 1974). Confidence: a logistic regression on whether the first
candidate is right. Thresholds and the figures told come from five folds, each judged by the other
four.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from knowledge_base.index import Index
from knowledge_base.lexicon import lexicon
from knowledge_base.search import CONFIDENCE, FEATURES, Floats, Searcher, confidence_features
from knowledge_base.text import words
from knowledge_base.thread import FEATURES as THREAD_FEATURES
from knowledge_base.thread import LOOKED_AT, Thread

_GOOD_LOST_AT_MOST = 0.02
_RIDGE = 0.01
_FOLDS = 5
_RIDGE_OF_THREAD = 0.001
Weights = npt.NDArray[np.float64]
Chosen = tuple[Weights, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class _Case:
    """A development question with its candidates."""

    features: Floats
    right: npt.NDArray[np.bool_]
    length: int
    strange: bool
    """No procedure answers it."""


@dataclass(frozen=True)
class _Judged:
    """How a fold's weights did on a question they had not seen."""

    right: bool
    confidence: float
    strange: bool


def tune(index: Index, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Fits on rows `{"q", "ids"}`; rows without ids teach what to reject.

    Returns:
        `weights`, as `fusion.json` holds them, and `held_out`, how they did on held-out folds.
    """
    cases = list(_cases(index, rows))
    judged = [
        one
        for fold in range(_FOLDS)
        for one in _judge(
            [case for place, case in enumerate(cases) if place % _FOLDS != fold],
            [case for place, case in enumerate(cases) if place % _FOLDS == fold],
        )
    ]
    rank = _fit_rank(cases)
    confidence = _fit_confidence(cases, rank)
    answer_from = _threshold(judged)
    return {
        "weights": {
            "rank": dict(zip(FEATURES, _rounded(rank), strict=True)),
            "confidence": dict(zip(CONFIDENCE, _rounded(confidence), strict=True)),
            "thresholds": {
                "answer_from": answer_from,
                "nearest_from": round(answer_from / 3, 3),
                "clarify_within": 0.1,
            },
        },
        "held_out": _report(judged, answer_from),
    }


def _cases(index: Index, rows: Iterable[dict[str, Any]]) -> Iterable[_Case]:
    searcher = Searcher(index)
    for row in rows:
        known = [number for number in row["ids"] if index.position(number) is not None]
        question = lexicon().read(row["q"])
        if bool(known) != bool(row["ids"]) or not question.about:
            continue
        places, features = searcher.features(question)
        right = np.array([index.procedures[place].id in known for place in places])
        yield _Case(features, right, len(question.about), not known)


def _fit_rank(cases: list[_Case]) -> Weights:
    useful = [(case.features.astype(float), case.right) for case in cases if case.right.any()]
    return _conditional_logit(useful, _RIDGE)


def _conditional_logit(chosen: list[Chosen], ridge: float) -> Weights:
    """The weights under which the right candidates are likeliest.

    Parameters:
        chosen: for each question, its candidates' features and which of them are right.
        ridge: penalty on the squares of the weights.
    """

    def loss(weights: Weights) -> tuple[float, Weights]:
        total, slope = 0.0, np.zeros_like(weights)
        for features, right in chosen:
            scores = features @ weights
            all_of_them, the_right = logsumexp(scores), logsumexp(scores[right])
            total += all_of_them - the_right
            slope += np.exp(scores - all_of_them) @ features
            slope -= np.exp(scores[right] - the_right) @ features[right]
        penalty = ridge * float(weights @ weights)
        return total / len(chosen) + penalty, slope / len(chosen) + 2 * ridge * weights

    size = chosen[0][0].shape[1]
    fitted: Weights = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x
    return fitted


def follow_ups(index: Index, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Fits the weights of `Thread` on second messages.

    Parameters:
        rows: `{"before": {"procedure_id"}, "q", "ids", "kind"}`; `ids` is empty where the message
            is off the topic, and `kind` is `same`, `sibling`, `new` or `off`.

    Returns:
        `weights`, as `thread.json` holds them, and `held_out`, the share that each fold finds right
        by the weights of the others, by kind.
    """
    kinds, chosen = zip(*_second_messages(index, rows), strict=True)
    found: dict[str, list[bool]] = defaultdict(list)
    for fold in range(_FOLDS):
        seen = [case for place, case in enumerate(chosen) if place % _FOLDS != fold]
        weights = _conditional_logit(seen, _RIDGE_OF_THREAD)
        for kind, (features, right) in list(zip(kinds, chosen, strict=True))[fold::_FOLDS]:
            found[kind].append(bool(right[np.argmax(features @ weights)]))
    fitted = _conditional_logit(list(chosen), _RIDGE_OF_THREAD)
    return {
        "weights": dict(zip(THREAD_FEATURES, _rounded(fitted), strict=True)),
        "held_out": {kind: _share(right) for kind, right in found.items()},
    }


def _second_messages(index: Index, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Chosen]]:
    searcher = Searcher(index)
    thread = Thread(index, searcher)
    for row in rows:
        place = index.position(row["before"]["procedure_id"])
        if place is None:
            continue
        question = index.read(row["q"])
        hits = searcher.search(question, LOOKED_AT)
        length, talked_of = len(words(row["q"])), index.procedures[place]
        candidates, features = thread.weigh(question, length, talked_of, hits)
        wanted = set(row["ids"]) or {None}
        right = np.array([one.procedure_id in wanted for one in candidates])
        if right.any():
            yield row["kind"], (features, right)


def _fit_confidence(cases: list[_Case], rank: Weights) -> Weights:
    rows, right = zip(*(_first(case, rank) for case in cases), strict=True)
    model = LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False, class_weight="balanced")
    model.fit(np.array(rows), np.array(right))
    fitted: Weights = model.coef_[0]
    return fitted


def _first(case: _Case, rank: Weights) -> tuple[Floats, bool]:
    """The first candidate's evidence, and whether it is right."""
    ranks = (case.features @ rank).astype(np.float32)
    best = int(np.argmax(ranks))
    return confidence_features(case.features, ranks, case.length)[best], bool(case.right[best])


def _judge(seen: list[_Case], unseen: list[_Case]) -> Iterable[_Judged]:
    rank = _fit_rank(seen)
    confidence = _fit_confidence(seen, rank)
    for case in unseen:
        evidence, right = _first(case, rank)
        sure = 1.0 / (1.0 + np.exp(-float(evidence @ confidence)))
        yield _Judged(right, sure, case.strange)


def _threshold(judged: list[_Judged]) -> float:
    """The confidence under which at most 2 % of the questions rightly answered fall."""
    good = sorted(one.confidence for one in judged if one.right)
    return round(good[int(len(good) * _GOOD_LOST_AT_MOST)], 3)


def _report(judged: list[_Judged], answer_from: float) -> dict[str, Any]:
    askable = [one for one in judged if not one.strange]
    strange = [one for one in judged if one.strange]
    return {
        "questions": len(askable),
        "first_right": _share(one.right for one in askable),
        "good_lost": _share(one.confidence < answer_from for one in askable if one.right),
        "strange": len(strange),
        "strange_rejected": _share(one.confidence < answer_from for one in strange),
    }


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / max(1, len(counted)), 4)


def _rounded(weights: Weights) -> list[float]:
    return [round(float(weight), 4) for weight in weights]
