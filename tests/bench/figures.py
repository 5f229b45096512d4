"""The arithmetic of the benchmark: percentiles, medians over rounds, ratios."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that `share` of the values do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True)
class Spread:
    """A figure measured in several rounds."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of a figure over the rounds."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Level:
    """One load on one assistant, in one round."""

    load: str
    """What was measured: an assistant, with what is said to it."""
    citizens: int
    messages: int
    actions: int
    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    """Processor time of the assistant's processes, for one message."""


FIGURES: tuple[str, ...] = ("per_second", "p50_ms", "p95_ms", "cpu_ms")


@dataclass(frozen=True)
class Row:
    """One load on one assistant, over all rounds."""

    load: str
    citizens: int
    messages: int
    action_share: float
    per_second: Spread
    p50_ms: Spread
    p95_ms: Spread
    cpu_ms: Spread


def rows(levels: Sequence[Level]) -> list[Row]:
    """The rounds of each load at each number of citizens, brought together."""
    rounds: dict[tuple[int, str], list[Level]] = {}
    for level in levels:
        rounds.setdefault((level.citizens, level.load), []).append(level)
    return [_row(rounds[key]) for key in sorted(rounds, key=lambda key: key[0])]


def _row(rounds: Sequence[Level]) -> Row:
    messages = sum(level.messages for level in rounds)
    actions = sum(level.actions for level in rounds)
    spreads = {name: Spread.of([getattr(level, name) for level in rounds]) for name in FIGURES}
    return Row(rounds[0].load, rounds[0].citizens, messages, actions / messages, **spreads)


@dataclass(frozen=True)
class Ratio:
    """Ours against the baseline, at one number of citizens."""

    load: str
    citizens: int
    throughput: float
    """Above 1 is better than the baseline."""
    p95: float
    """Below 1 is better than the baseline."""


def ratios(measured: Sequence[Row], baseline: str) -> list[Ratio]:
    """Every load against the load `baseline` at the same number of citizens."""
    base = {row.citizens: row for row in measured if row.load == baseline}
    figure: Callable[[Row, str], float] = lambda row, name: getattr(row, name).median  # noqa: E731
    return [
        Ratio(
            row.load,
            row.citizens,
            figure(row, "per_second") / figure(base[row.citizens], "per_second"),
            figure(row, "p95_ms") / figure(base[row.citizens], "p95_ms"),
        )
        for row in measured
        if row.load != baseline
    ]
