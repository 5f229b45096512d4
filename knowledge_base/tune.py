"""Fits the fusion weights and thresholds of the search on a development set.

Ranking: the weights under which the right candidates are likeliest among all of their question's
(a conditional logit, McFadden 1974). Scope: a logistic regression on whether any procedure answers.
Thresholds and the figures told come from five folds, each judged by the other four.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logit, logsumexp
from sklearn.linear_model import LogisticRegression

from knowledge_base.aspects import topic_frames
from knowledge_base.index import Index
from knowledge_base.lexicon import lexicon
from knowledge_base.postings import Floats
from knowledge_base.recogniser import ELSEWHERE
from knowledge_base.search import (
    FEATURES,
    SCOPE,
    Searcher,
    is_learnt,
    load_fusion,
    scope_features,
    shares,
)
from knowledge_base.text import words
from knowledge_base.thread import FEATURES as THREAD_FEATURES
from knowledge_base.thread import LOOKED_AT, Thread

_GOOD_LOST_AT_MOST = 0.01
_ASKED_BACK_IDLY_AT_MOST = 0.02
_RIDGE = 0.01
_NEAREST = 8
"""The nearest are offered down to so small a part of the scope from which one is answered."""
_FOLDS = 5
_TITLES = 400
_SEED = 20
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
    scope: float
    share: float
    """Of the first candidate."""
    strange: bool


def tune(index: Index, rows: Iterable[dict[str, Any]], synced: Index | None) -> dict[str, Any]:
    """Fits on rows `{"q", "ids"}`; rows without ids teach what to reject.

    Parameters:
        index: with the shipped procedures alone.
        synced: with the registry too, for the scope of what the recogniser has not learnt; without
            it, the weights in use are kept for that.

    Returns:
        `weights`, as `fusion.json` holds them, and `held_out`, how they did on held-out folds.
    """
    rows = list(rows)
    cases = list(_cases(index, rows))
    beyond = list(_cases_of_registry(synced, rows)) if synced else []
    judged = list(_in_folds(cases, beyond))
    rank = _fit_rank([*cases, *beyond])
    good = [one for one in judged if one.right]
    answer_from = _lowest(_GOOD_LOST_AT_MOST, [one.scope for one in good])
    thresholds = {
        "answer_from": answer_from,
        "nearest_from": round(answer_from / _NEAREST, 3),
        "sure_from": _lowest(_ASKED_BACK_IDLY_AT_MOST, [one.share for one in good]),
    }
    held_out = {"shipped": _report(judged, thresholds)}
    unlearnt = load_fusion()["scope of unlearnt"]
    if beyond:
        unlearnt, held_out["registry"] = _of_unlearnt(beyond, rank, answer_from)
    return {
        "weights": {
            "rank": dict(zip(FEATURES, _rounded(rank), strict=True)),
            "scope": dict(zip(SCOPE, _rounded(_fit_scope(cases, rank)), strict=True)),
            "scope of unlearnt": unlearnt,
            "thresholds": thresholds,
        },
        "held_out": held_out,
    }


def _of_unlearnt(
    cases: list[_Case], rank: Weights, answer_from: float
) -> tuple[dict[str, float], dict[str, Any]]:
    """The scope where the first candidate is not learnt, for the same threshold; how it did."""
    unlearnt: list[_Case] = []
    learnt: list[_Case] = []
    for case in cases:
        evidence, _, right = _first(case, rank)
        (learnt if is_learnt(evidence) else unlearnt).append(replace(case, strange=not right))
    judged = list(_in_folds(unlearnt, learnt))
    lowest = _lowest(_GOOD_LOST_AT_MOST, [one.scope for one in judged if one.right])
    scope = _fit_scope(unlearnt, rank)
    scope[SCOPE.index("bias")] += logit(answer_from) - logit(lowest)
    report = _report(judged, {"answer_from": lowest, "sure_from": 0.0})
    return dict(zip(SCOPE, _rounded(scope), strict=True)), report


def _cases_of_registry(synced: Index, rows: list[dict[str, Any]]) -> Iterator[_Case]:
    """The rows, and titles of the registry as people may type them, over the whole registry."""
    yield from _cases(synced, (row for row in rows if row.get("style") != ELSEWHERE))
    draw = random.Random(_SEED)  # noqa: S311 - reproducible, not secret
    others = [one for one in synced.procedures if not one.shipped]
    for one in draw.sample(others, min(_TITLES, len(others))):
        frame = draw.choice(["{}", draw.choice(topic_frames()["el"])])
        asked = {"q": frame.replace("{}", one.official_title), "ids": [one.id]}
        yield from _cases(synced, [asked])


def _in_folds(cases: list[_Case], beyond: list[_Case]) -> Iterator[_Judged]:
    """Each case judged by weights fitted on the others; those `beyond` teach the ranking too."""
    for fold in range(_FOLDS):
        seen = [case for place, case in enumerate(cases) if place % _FOLDS != fold]
        rank = _fit_rank([*seen, *beyond])
        scope = _fit_scope(seen, rank)
        for case in cases[fold::_FOLDS]:
            evidence, share, right = _first(case, rank)
            sure = float(expit(evidence @ scope))
            yield _Judged(right, sure, share, case.strange)


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


def _fit_scope(cases: list[_Case], rank: Weights) -> Weights:
    model = LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False, class_weight="balanced")
    model.fit([_first(case, rank)[0] for case in cases], [not case.strange for case in cases])
    fitted: Weights = model.coef_[0]
    return fitted


def _first(case: _Case, rank: Weights) -> tuple[Floats, float, bool]:
    """What tells the scope, and of the first candidate its share and whether it is right."""
    ranks = (case.features @ rank).astype(np.float32)
    best = int(np.argmax(ranks))
    evidence = scope_features(case.features, ranks, case.length)
    return evidence, float(shares(ranks)[best]), bool(case.right[best])


def _lowest(lost: float, values: list[float]) -> float:
    """The threshold under which a share `lost` of the values falls."""
    return round(sorted(values)[int(len(values) * lost)], 3)


def _report(judged: list[_Judged], thresholds: dict[str, float]) -> dict[str, Any]:
    askable = [one for one in judged if not one.strange]
    strange = [one for one in judged if one.strange]
    answer_from, sure_from = thresholds["answer_from"], thresholds["sure_from"]
    return {
        "questions": len(askable),
        "first_right": _share(one.right for one in askable),
        "good_lost": _share(one.scope < answer_from for one in askable if one.right),
        "wrong_doubted": _share(
            one.share < sure_from or one.scope < answer_from for one in askable if not one.right
        ),
        "strange": len(strange),
        "strange_rejected": _share(one.scope < answer_from for one in strange),
    }


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / max(1, len(counted)), 4)


def _rounded(weights: Weights) -> list[float]:
    return [round(float(weight), 4) for weight in weights]
