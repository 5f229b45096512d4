"""How citizens ask for procedures, by official id: `questions/*.yml`. The search learns from it.

A file has, for each id and language, the questions by the aspect that they ask for; the texts of
`none`, which no procedure answers, and of `elsewhere`, which none of those shipped answers, have no
aspect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "questions"
Asked = tuple[str, str, str | None, str]
"""A procedure's id, the language, the aspect and the question."""


@cache
def load(folder: Path = FOLDER) -> dict[str, dict[str, tuple[str, ...]]]:
    """The questions of every file: official id → language → questions."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, language, _, question in _read(folder):
        found[number][language].append(question)
    return {
        number: {language: tuple(questions) for language, questions in languages.items()}
        for number, languages in found.items()
    }


def by_aspect(folder: Path = FOLDER) -> Iterator[tuple[str, str, str]]:
    """The language, the aspect and the text of every question that asks for one."""
    for _, language, aspect, question in _read(folder):
        if aspect is not None:
            yield language, aspect, question


@cache
def _read(folder: Path) -> tuple[Asked, ...]:
    return tuple(
        (str(number), language, aspect, question)
        for path in sorted(folder.glob("*.yml"))
        for number, languages in _entries(path)
        for language, groups in languages.items()
        for aspect, questions in (groups if isinstance(groups, dict) else {None: groups}).items()
        for question in questions
    )


def _entries(path: Path) -> Iterator[tuple[str, dict[str, dict[str, list[str]] | list[str]]]]:
    yield from (yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}).items()
