"""The knowledge base alone, in process: over what ships, and over the whole registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from knowledge_base import KnowledgeBase, build, index, registry
from tests.bench.figures import percentile
from tests.bench.messages import QUESTIONS

REGISTRY = Path(__file__).parents[3] / "shared" / "registry" / "services.jsonl"


@dataclass(frozen=True)
class Search:
    """How long the knowledge base takes."""

    over: str
    procedures: int
    questions: int
    search_p50_ms: float
    search_p95_ms: float
    answer_p50_ms: float
    answer_p95_ms: float


def shipped(home: Path) -> Search:
    """Over the index of a home."""
    return _measure("what ships", KnowledgeBase.open(home), len(index.open_index(home).procedures))


def whole(home: Path) -> Search | None:
    """Over what ships and the registry's snapshot, built in `home` where stale.

    Returns:
        `None` where there is no snapshot.
    """
    if not REGISTRY.is_file():
        return None
    registry.Registry(home).replace(registry.read_file(REGISTRY))
    build.build(home, build.Model(), _quietly)
    count = len(index.open_index(home).procedures)
    return _measure("with the whole registry", KnowledgeBase.open(home), count)


def _measure(over: str, base: KnowledgeBase, procedures: int) -> Search:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line]
    texts = [str(row["q"]) for row in rows]
    for text in texts[:20]:
        base.search(text)
        base.ask(text, "el")
    search = _times_ms(lambda text: base.search(text), texts)
    answer = _times_ms(lambda text: base.ask(text, "el"), texts)
    shares = (0.5, 0.95)
    figures = [percentile(times, share) for times in (search, answer) for share in shares]
    return Search(over, procedures, len(texts), *figures)


def _times_ms(ask: Callable[[str], Any], texts: Iterable[str]) -> list[float]:
    times = []
    for text in texts:
        started = perf_counter()
        ask(text)
        times.append((perf_counter() - started) * 1000)
    return times


def _quietly(items: Iterable[Any], what: str) -> Iterable[Any]:
    return items
