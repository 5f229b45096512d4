"""Corrections by staff: a question, and the procedure that it is about.

Each is a row of `evaluate` in one file, so it can be measured for good; the next build learns it,
and finds that question as the staff say.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import orjson

from knowledge_base.registry import read_file
from knowledge_base.text import phonetic

LONGEST = 300
"""Characters of a question; a longer one would teach a story, not a way to ask."""


class CorrectionError(ValueError):
    """A correction that cannot be kept; the message says why."""


class Corrections:
    """The corrections kept under a home, the latest of each question."""

    def __init__(self, home: Path) -> None:
        self.path = home / "registry" / "corrections.jsonl"

    def rows(self) -> list[dict[str, Any]]:
        """Rows `{"q", "lang", "ids", "corrected"}`; `corrected` is the time, UTC."""
        return list(read_file(self.path)) if self.path.exists() else []

    def by_procedure(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """The language and text of the questions about each procedure."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for row in self.rows():
            asked = (row.get("lang") or "el", row["q"])
            found[row["ids"][0]] = (*found.get(row["ids"][0], ()), asked)
        return found

    def add(self, question: str, procedure_id: str, language: str) -> dict[str, Any]:
        """Keeps one, in the place of an earlier one of a question that sounds the same.

        Raises:
            CorrectionError: the question has no words, or too many characters.
        """
        question = " ".join(question.split())
        key = phonetic(question)
        if not key:
            raise CorrectionError("the question has no words")
        if len(question) > LONGEST:
            raise CorrectionError(f"the question is longer than {LONGEST} characters: shorten it")
        time = datetime.now(timezone.utc).isoformat(timespec="seconds")
        row = {"q": question, "lang": language, "ids": [procedure_id], "corrected": time}
        self._write([*(one for one in self.rows() if phonetic(one["q"]) != key), row])
        return row

    def _write(self, rows: list[dict[str, Any]]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(f".{os.getpid()}")
        beside.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        beside.replace(self.path)
