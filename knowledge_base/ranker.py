"""Orders the candidates of a search: a linear sum of their features and a few units beside it.

`python -m knowledge_base tune` fits it so that the right candidates are likeliest among all of
their question's (a conditional logit, McFadden 1974, with units as in ListNet, Cao et al. 2007).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.postings import Floats

UNITS = 16
_EPOCHS = 60
_BATCH = 64
_LEARNING_RATE = 0.01
_DECAY = 0.1
_UNCHANGING = 0.001
_IMPOSSIBLE = -1e9
Chosen = tuple[Floats, npt.NDArray[np.bool_]]
"""A question's candidates, a row of features each, and which of them are right."""


@dataclass(frozen=True)
class Ranker:
    """Weighs candidates by their features."""

    mean: Floats
    spread: Floats
    linear: Floats
    inner: Floats
    """Features × units."""
    bias: Floats
    outer: Floats

    def weigh(self, features: Floats) -> Floats:
        """The ranks of candidates, one row of features each: log odds but for a constant."""
        plain = (features - self.mean) / self.spread
        ranks: Floats = plain @ self.linear + np.tanh(plain @ self.inner + self.bias) @ self.outer
        return ranks

    def as_json(self, names: Sequence[str]) -> dict[str, Any]:
        """The fitted numbers, by the names of the features."""
        per_feature = zip(names, self.mean, self.spread, self.linear, self.inner, strict=True)
        return {
            "features": {
                name: [round(float(number), 4) for number in (mean, spread, weight, *inner)]
                for name, mean, spread, weight, inner in per_feature
            },
            "bias": [round(float(number), 4) for number in self.bias],
            "outer": [round(float(number), 4) for number in self.outer],
        }

    @classmethod
    def from_json(cls, fitted: dict[str, Any], names: Sequence[str]) -> Ranker:
        """The inverse of `as_json`."""
        rows = np.array([fitted["features"][name] for name in names], dtype=np.float32)
        bias, outer = (np.array(fitted[part], dtype=np.float32) for part in ("bias", "outer"))
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:], bias, outer)


def fit(chosen: Sequence[Chosen], seed: int) -> Ranker:
    """The ranker under which the right candidates are likeliest; the same for a seed."""
    import torch

    torch.manual_seed(seed)
    mean, spread = _scale(np.vstack([features for features, _ in chosen]))
    candidates, possible, right = map(torch.from_numpy, _padded(chosen, mean, spread))
    size = candidates.shape[2]
    linear = torch.nn.Linear(size, 1, bias=False)
    units, outer = torch.nn.Linear(size, UNITS), torch.nn.Linear(UNITS, 1, bias=False)
    parameters = [p for layer in (linear, units, outer) for p in layer.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=_LEARNING_RATE, weight_decay=_DECAY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda epoch: 1 - epoch / _EPOCHS)
    for _ in range(_EPOCHS):
        for batch in torch.split(torch.randperm(len(chosen)), _BATCH):
            shown = candidates[batch]
            ranks = (linear(shown) + outer(torch.tanh(units(shown)))).squeeze(-1)
            of_all = torch.logsumexp(ranks + possible[batch], 1)
            of_right = torch.logsumexp(ranks + right[batch], 1)
            optimiser.zero_grad()
            (of_all - of_right).mean().backward()
            optimiser.step()
        pace.step()
    weight, inner, bias, out = (p.detach().numpy() for p in parameters)
    return Ranker(mean, spread, weight[0], np.ascontiguousarray(inner.T), bias, out[0])


def _scale(features: Floats) -> tuple[Floats, Floats]:
    """The mean and spread of each feature; one that never changes is left as it is."""
    spread = features.std(axis=0)
    return features.mean(axis=0), np.where(spread < _UNCHANGING, 1.0, spread)


def _padded(chosen: Sequence[Chosen], mean: Floats, spread: Floats) -> tuple[Floats, ...]:
    """Candidates in one array, and what to add to their ranks: nothing, or the impossible."""
    most = max(len(right) for _, right in chosen)
    candidates = np.zeros((len(chosen), most, len(mean)), dtype=np.float32)
    possible = np.full((len(chosen), most), _IMPOSSIBLE, dtype=np.float32)
    wanted = possible.copy()
    for row, (features, right) in enumerate(chosen):
        candidates[row, : len(right)] = (features - mean) / spread
        possible[row, : len(right)] = 0.0
        wanted[row, : len(right)][right] = 0.0
    return candidates, possible, wanted
