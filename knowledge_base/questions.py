"""How citizens ask for procedures, by official id: `questions/*.yml`. The search learns from it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "questions"


@cache
def load(folder: Path = FOLDER) -> dict[str, dict[str, tuple[str, ...]]]:
    """The questions of every file: official id → language → questions."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for path in sorted(folder.glob("*.yml")):
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
        for number, texts in entries.items():
            for language, questions in texts.items():
                found[str(number)][language] = found[str(number)].get(language, ()) + tuple(
                    questions
                )
    return dict(found)
