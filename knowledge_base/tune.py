"""Fits the weights and thresholds of the search on questions with their right answers.

Ranking: see `ranker`. Scope: a logistic regression on whether any procedure answers, apart for
where the first candidate is one that the recogniser has learnt. Thresholds and the figures told
come from five folds, each judged by the other four.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logit, logsumexp
from sklearn.linear_model import LogisticRegression

from knowledge_base import ranker
from knowledge_base.aspects import topic_frames
from knowledge_base.candidates import FEATURES, Candidates
from knowledge_base.index import Index
from knowledge_base.lexicon import lexicon
from knowledge_base.postings import Floats
from knowledge_base.ranker import Ranker
from knowledge_base.recogniser import ELSEWHERE
from knowledge_base.search import (
    LEARNT,
    SCOPE,
    UNLEARNT,
    Searcher,
    is_learnt,
    scope_features,
    shares,
)
from knowledge_base.text import words
from knowledge_base.thread import FEATURES as THREAD_FEATURES
from knowledge_base.thread import LOOKED_AT, Thread

_GOOD_LOST_AT_MOST = {False: 0.01, True: 0.02}
"""By whether the whole registry is searched: there, more that is strange looks like a procedure."""
_ASKED_BACK_IDLY_AT_MOST = 0.02
_NEAREST = 24
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
class _First:
    """The first candidate of a question."""

    evidence: Floats
    share: float
    right: bool
    strange: bool

    @property
    def kind(self) -> str:
        return LEARNT if is_learnt(self.evidence) else UNLEARNT


@dataclass(frozen=True)
class _Judged:
    """How a fold's weights did on a question they had not seen."""

    first: _First
    scope: float


def tune(index: Index, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Fits on rows `{"q", "lang", "ids"}`; rows without ids teach what to reject.

    Parameters:
        index: of the shipped procedures, or of the registry too.
        rows: those about procedures that the index lacks are left out.

    Returns:
        `weights`, as `fusion.json` holds them for such an index, and `held_out`, how they did on
        held-out folds.
    """
    registry = index.has_registry
    cases = list(_cases(index, [*rows, *_titles(index)], registry))
    folds = list(_in_folds(cases))
    rank = _fit_rank(cases)
    firsts = [_first(case, rank) for case in cases]
    lost = _GOOD_LOST_AT_MOST[registry]
    weights: dict[str, Any] = {"rank": rank.as_json(FEATURES)}
    answer_from = 0.0
    held_out = {}
    for kind in (LEARNT, UNLEARNT) if registry else (LEARNT,):
        judged = [one for one in folds if one.first.kind == kind]
        lowest = _lowest(lost, [one.scope for one in judged if one.first.right])
        scope = _fit_scope([one for one in firsts if one.kind == kind])
        answer_from = answer_from or lowest
        scope[SCOPE.index("bias")] += logit(answer_from) - logit(lowest)
        weights[kind] = dict(zip(SCOPE, _rounded(scope), strict=True))
        held_out[kind] = _report(judged, lowest)
    weights["thresholds"] = {
        "answer_from": answer_from,
        "nearest_from": round(answer_from / _NEAREST, 3),
        "sure_from": _lowest(
            _ASKED_BACK_IDLY_AT_MOST, [one.first.share for one in folds if one.first.right]
        ),
    }
    return {"weights": weights, "held_out": held_out}


def _titles(index: Index) -> Iterator[dict[str, Any]]:
    """Titles of the registry as people may type them."""
    draw = random.Random(_SEED)  # noqa: S311 - reproducible, not secret
    others = [one for one in index.procedures if not one.shipped]
    for one in draw.sample(others, min(_TITLES, len(others))):
        frame = draw.choice(["{}", draw.choice(topic_frames()["el"])])
        yield {"q": frame.replace("{}", one.official_title), "ids": [one.id]}


def _cases(index: Index, rows: Iterable[dict[str, Any]], registry: bool) -> Iterator[_Case]:
    candidates = Candidates(index)
    for row in rows:
        if registry and row.get("style") == ELSEWHERE:
            continue
        known = [number for number in row["ids"] if index.position(number) is not None]
        question = lexicon(row.get("lang", "el")).read(row["q"])
        if bool(known) != bool(row["ids"]) or not question.about:
            continue
        places, features = candidates.features(question)
        right = np.array([index.lexical.ids[place] in known for place in places])
        yield _Case(features, right, len(question.about), not known)


def _in_folds(cases: list[_Case]) -> Iterator[_Judged]:
    """Each case judged by weights fitted on the others."""
    for fold in range(_FOLDS):
        seen = [case for place, case in enumerate(cases) if place % _FOLDS != fold]
        rank = _fit_rank(seen)
        firsts = [_first(case, rank) for case in seen]
        scopes = {
            kind: _fit_scope([one for one in firsts if one.kind == kind])
            for kind in {one.kind for one in firsts}
        }
        for case in cases[fold::_FOLDS]:
            first = _first(case, rank)
            yield _Judged(first, float(expit(first.evidence @ scopes[first.kind])))


def _fit_rank(cases: list[_Case]) -> Ranker:
    return ranker.fit([(c.features, c.right) for c in cases if c.right.any()], _SEED)


def _fit_scope(firsts: list[_First]) -> Weights:
    """Of what is not learnt, a first candidate that is wrong counts as strange too."""
    model = LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False, class_weight="balanced")
    model.fit(
        [one.evidence for one in firsts],
        [one.right or (one.kind == LEARNT and not one.strange) for one in firsts],
    )
    fitted: Weights = model.coef_[0]
    return fitted


def _first(case: _Case, rank: Ranker) -> _First:
    ranks = rank.weigh(case.features)
    best = int(np.argmax(ranks))
    evidence = scope_features(case.features, ranks, case.length)
    return _First(evidence, float(shares(ranks)[best]), bool(case.right[best]), case.strange)


def _report(judged: list[_Judged], answer_from: float) -> dict[str, Any]:
    askable = [one for one in judged if not one.first.strange]
    strange = [one for one in judged if one.first.strange]
    return {
        "questions": len(askable),
        "first_right": _share(one.first.right for one in askable),
        "good_lost": _share(one.scope < answer_from for one in askable if one.first.right),
        "wrong_doubted": _share(one.scope < answer_from for one in askable if not one.first.right),
        "strange": len(strange),
        "strange_rejected": _share(one.scope < answer_from for one in strange),
    }


def _conditional_logit(chosen: list[Chosen], ridge: float) -> Weights:
    """The weights under which the right candidates are likeliest (McFadden 1974).

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


def _lowest(lost: float, values: list[float]) -> float:
    """The threshold under which a share `lost` of the values falls."""
    return round(sorted(values)[int(len(values) * lost)], 3)


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / max(1, len(counted)), 4)


def _rounded(weights: Weights) -> list[float]:
    return [round(float(weight), 4) for weight in weights]
