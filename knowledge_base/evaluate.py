"""How well the search finds what people mean, over a file of questions with their right answers."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from knowledge_base.base import KnowledgeBase
from knowledge_base.registry import read_file

_TAKEN_AS_PROCEDURE = ("answered", "partly_answered", "clarify")


def read_questions(path: Path) -> list[dict[str, Any]]:
    """The rows of a question file.

    Raises:
        ValueError: a row lacks its question or its list of right ids; the message names the line.
    """
    rows = list(read_file(path))
    for number, row in enumerate(rows, 1):
        if not isinstance(row.get("q"), str) or not isinstance(row.get("ids"), list):
            raise ValueError(f'{path}:{number}: needs "q" (text) and "ids" (list)')
    return rows


def evaluate(
    base: KnowledgeBase, rows: Iterable[dict[str, Any]], top: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Measures finding and rejecting.

    Parameters:
        rows: `{"q", "lang", "ids", "style"?}`; without ids, a text no procedure answers.
        top: how many results are looked at.
        tell: receives a line a row.
    """
    asked: list[dict[str, Any]] = []
    strange = rejected_strange = 0
    for row in rows:
        started = time.perf_counter()
        hits = base.search(row["q"], max(top, 5), row.get("lang"))
        elapsed = (time.perf_counter() - started) * 1000
        outcome = base.ask(row["q"], _answer_language(row)).outcome
        if not row["ids"]:
            strange += 1
            rejected_strange += outcome not in _TAKEN_AS_PROCEDURE
            tell(orjson.dumps({"q": row["q"], "ids": [], "outcome": outcome}).decode())
            continue
        found = [hit.procedure_id for hit in hits]
        rank = next((place for place, one in enumerate(found, 1) if one in row["ids"]), None)
        asked.append({**row, "rank": rank, "outcome": outcome, "ms": elapsed})
        tell(
            orjson.dumps(
                {"q": row["q"], "ids": row["ids"], "rank": rank, "found": found[:5]}
                | {"outcome": outcome, "scores": [round(hit.score, 3) for hit in hits[:3]]}
            ).decode()
        )
    summary: dict[str, Any] = _measures(asked)
    summary["rejected"] = _share(row["outcome"] not in _TAKEN_AS_PROCEDURE for row in asked)
    times = [row["ms"] for row in asked] or [0.0]
    summary["p50_ms"] = round(float(np.percentile(times, 50)), 2)
    summary["p95_ms"] = round(float(np.percentile(times, 95)), 2)
    summary["by_language"] = dict(_grouped(asked, "lang"))
    summary["by_style"] = dict(_grouped(asked, "style"))
    summary["out_of_scope_rejected"] = round(rejected_strange / strange, 4) if strange else None
    return summary


def _answer_language(row: dict[str, Any]) -> str:
    return "en" if row.get("lang") == "en" else "el"


def _measures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    ranks = [row["rank"] for row in rows]
    return {
        "n": len(rows),
        **{
            f"recall_at_{top}": _share(rank is not None and rank <= top for rank in ranks)
            for top in (1, 3, 5)
        },
        "mrr": round(sum(1 / rank for rank in ranks if rank) / max(1, len(ranks)), 4),
    }


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / len(counted), 4) if counted else 0.0


def _grouped(rows: list[dict[str, Any]], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row.get(key):
            groups[row[key]].append(row)
    for name in sorted(groups):
        yield name, _measures(groups[name])
