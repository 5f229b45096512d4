"""`python -m tests.bench`: the whole path beside a bare Rasa server; the search, and its growth."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench import growth, machine, messages, search, systems, table
from tests.bench.figures import Spread, ratios, rows
from tests.bench.measure import CONVERSATIONS, Round, Talk, measure
from tests.bench.processes import BenchError

BASELINE = "bare Rasa"
SAME_MIX = "Ariadne, the same mix"
QUESTIONS = "Ariadne, all questions"
ROUNDS = 3


def main() -> int:
    """Measures, prints, and keeps a copy; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default: {ROUNDS}")
    parser.add_argument("--citizens", type=int, nargs="+", choices=list(CONVERSATIONS))
    options = parser.parse_args()
    made = Path(os.environ.get("ARIADNE_HOME") or "var").resolve()
    try:
        report = asyncio.run(_bench(made, options.rounds, options.citizens or list(CONVERSATIONS)))
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    _keep(report, made / "bench" / "latest.json")
    return 0


async def _bench(made: Path, count: int, citizens: Sequence[int]) -> dict[str, Any]:
    bare = systems.bare(made / "bench" / "bare")
    ours = systems.ariadne(made / "bench" / "ariadne", made)
    talks = (
        [Talk(BASELINE, bare, messages.bare())],
        [
            Talk(SAME_MIX, ours, messages.same_mix()),
            Talk(QUESTIONS, ours, messages.questions_only()),
        ],
    )
    described = machine.describe()
    print(_conditions(described, count), flush=True)
    rounds: list[Round] = []
    for number in range(count):
        for spoken in talks:
            _tell(f"round {number + 1} of {count}: {spoken[0].system.name}")
            rounds.append(await measure(spoken, citizens))
    measured = rows([level for one in rounds for level in one.levels])
    compared = ratios(measured, BASELINE)
    whole = _processes(rounds)
    for shown in (
        table.measurements(measured),
        table.ratio_lines(compared, BASELINE),
        table.processes(whole),
    ):
        print(shown, end="\n\n", flush=True)
    _tell("the knowledge base alone")
    found = [search.shipped(made), search.whole(made / "bench" / "registry")]
    searches = [one for one in found if one]
    print(table.searches(searches), end="\n\n", flush=True)
    _tell("the search as the registry grows")
    grown = growth.grow(made / "bench" / "registry", growth.SIZES)
    print(growth.shown(grown))
    return {
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "machine": described,
        "rounds": [asdict(one) for one in rounds],
        "rows": [asdict(row) for row in measured],
        "ratios": [asdict(ratio) for ratio in compared],
        "processes": {name: {k: asdict(v) for k, v in one.items()} for name, one in whole.items()},
        "search": [asdict(one) for one in searches],
        "growth": [asdict(one) for one in grown],
    }


def _processes(rounds: Sequence[Round]) -> dict[str, dict[str, Spread]]:
    """Memory and start of each system, over its rounds."""
    names = dict.fromkeys(one.system for one in rounds)
    return {
        name: {
            key: Spread.of([getattr(one, key) for one in rounds if one.system == name])
            for key in ("memory_mb", "start_s")
        }
        for name in names
    }


def _conditions(described: dict[str, Any], count: int) -> str:
    levels = ", ".join(f"{c} × {n}" for c, n in CONVERSATIONS.items())
    return "\n".join(
        (
            f"{described['cores']} cores, {described['processor']}, {described['memory_gb']} GB, "
            f"{described['system']}, Python {described['python']}",
            f"{count} rounds, the two assistants by turns, never together; figures are the median "
            "of the rounds (lowest–highest).",
            f"Citizens × conversations of {messages.TURNS} messages: {levels}; no pause between "
            "answer and next message.",
            f"Load of the machine before: {described['load_before'][0]}; Python keeps compiled "
            f"modules: {'yes' if described['keeps_bytecode'] else 'no, so starts are slower'}.",
            "Ariadne's limits a minute are raised: "
            + ", ".join(f"{name}={value}" for name, value in systems.RAISED_LIMITS.items())
            + ".",
            "",
        )
    )


def _keep(report: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _tell(f"kept in {path}")


def _tell(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
