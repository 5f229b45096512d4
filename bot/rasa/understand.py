"""What the trained model makes of first utterances: `python -m bot understand FILE.jsonl`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.rasa.environment import environment, home

ASKED = "ask_procedure"
UNSURE = "nlu_fallback"


class UnderstandError(Exception):
    """The file or the model cannot be used; the message is one line."""


def main(path: Path) -> int:
    """Classifies the rows `{"q","lang","task"}` of a file; prints the figures as JSON."""
    try:
        rows = read(path)
        with contextlib.redirect_stdout(sys.stderr):
            predicted = classify([row["q"] for row in rows], newest(home() / "models"))
    except UnderstandError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    json.dump(figures(rows, predicted), sys.stdout, ensure_ascii=False, indent=2)
    print()  # noqa: T201
    return 0


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a JSON-lines file.

    Raises:
        UnderstandError: it cannot be read, or a row lacks a field.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    except (OSError, ValueError) as error:
        raise UnderstandError(f"{path}: {error}") from error
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not {"q", "lang", "task"} <= row.keys():
            raise UnderstandError(f"{path}: row {number} lacks q, lang or task")
    return rows


def newest(models: Path) -> Path:
    """The model trained last.

    Raises:
        UnderstandError: there is none.
    """
    found = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise UnderstandError(f"no model in {models}: run `make run` or `python -m bot.rasa.train`")
    return found[-1]


def classify(texts: Iterable[str], model: Path) -> list[tuple[str, float]]:
    """The task the assistant goes by for each text, and its confidence.

    A text it is not sure of is looked up as a question, so it counts as one.
    """
    os.environ.update(environment(home()))
    from rasa.core.agent import Agent

    agent = Agent.load(model)

    async def parse() -> list[tuple[str, float]]:
        parsed = [(await agent.parse_message(text))["intent"] for text in texts]
        return [(_task(intent["name"]), float(intent["confidence"])) for intent in parsed]

    return asyncio.run(parse())


def figures(rows: list[dict[str, str]], predicted: list[tuple[str, float]]) -> dict[str, Any]:
    """Accuracy, overall, by task and by language, and every row that was taken for another task."""
    tasks, languages = defaultdict(list), defaultdict(list)
    confusions = []
    for row, (task, confidence) in zip(rows, predicted, strict=True):
        right = task == row["task"]
        tasks[row["task"]].append(right)
        languages[row["lang"]].append(right)
        if not right:
            confusions.append(
                {
                    "q": row["q"],
                    "task": row["task"],
                    "predicted": task,
                    "confidence": round(confidence, 4),
                }
            )
    return {
        "n": len(rows),
        "accuracy": _share([right for found in tasks.values() for right in found]),
        "by_task": {task: _share(found) for task, found in sorted(tasks.items())},
        "by_language": {code: _share(found) for code, found in sorted(languages.items())},
        "confusions": confusions,
    }


def _task(intent: str | None) -> str:
    return ASKED if intent in (None, "", UNSURE) else str(intent)


def _share(found: list[bool]) -> float:
    return round(sum(found) / len(found), 4) if found else 0.0
