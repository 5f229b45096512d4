"""What citizens said of procedures, and what they asked in vain, most wanted first.

It reads the assistant's database (`messages` and `feedback`, whose texts are redacted before they
are kept) and writes nothing to it. What a citizen deletes, or the retention ends, is in no report.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from knowledge_base.text import phonetic

KINDS = ("wrong", "outdated", "unclear", "proposal")
IN_VAIN = {"not_found": "unanswered", "clarify": "clarified", "partly_answered": "partly_answered"}
"""The lists of questions by the outcome of their answer."""
_REMARK = ("kind", "aspect", "language", "text", "time")
_QUESTION = ("question", "language", "conversations", "last")
_LISTED = 200
"""Questions of each list that are reported."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a cell begins that a spreadsheet would compute."""

_MESSAGES = sa.table(
    "messages",
    sa.column("conversation_id"),
    sa.column("id"),
    sa.column("author"),
    sa.column("text"),
    sa.column("language"),
    sa.column("turn_id"),
    sa.column("time", sa.DateTime),
    sa.column("answer", sa.JSON),
)
_FEEDBACK = sa.table(
    "feedback",
    *map(sa.column, ("procedure_id", "aspect", "kind", "language", "text")),
    sa.column("created", sa.DateTime),
)


@dataclass
class _Question:
    """A question however it was spelt."""

    spelt: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    conversations: set[str] = field(default_factory=set)
    last: datetime = datetime.min

    def as_json(self) -> dict[str, Any]:
        """The question in its usual spelling, and how many asked it."""
        return {
            "question": self.spelt.most_common(1)[0][0],
            "language": self.languages.most_common(1)[0][0],
            "conversations": len(self.conversations),
            "last": self.last.date().isoformat(),
        }


def report(
    url: str,
    describe: Callable[[str], dict[str, str]],
    *,
    since: datetime = datetime.min,
    procedure_id: str | None = None,
) -> dict[str, Any]:
    """The remarks by procedure and the questions asked in vain, the most frequent first.

    Parameters:
        url: of the assistant's database, as SQLAlchemy names it.
        describe: the title and link of a procedure, by its id.
        since: UTC; nothing earlier is reported.
        procedure_id: reports the remarks on one procedure alone.

    Raises:
        ValueError: the database cannot be read.
    """
    database = sa.create_engine(url)
    try:
        with database.connect() as connection:
            remarks = list(_remarks(connection, since, procedure_id))
            questions = {} if procedure_id else _questions(connection, since)
    except sa.exc.SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise ValueError(f"the assistant's database cannot be read: {reason}") from error
    finally:
        database.dispose()
    return {"procedures": _by_procedure(remarks, describe), **questions}


def write_csv(reported: dict[str, Any], folder: Path) -> list[str]:
    """Writes `feedback.csv` and `questions.csv` for a spreadsheet; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    remarks = (
        (one["procedure_id"], one["title"], *(remark[key] for key in _REMARK))
        for one in reported["procedures"]
        for remark in one["remarks"]
    )
    questions = (
        (name, *(row[key] for key in _QUESTION))
        for name in IN_VAIN.values()
        for row in reported.get(name, ())
    )
    heads = ("procedure_id", "title", *_REMARK)
    return [
        _write(folder / "feedback.csv", heads, remarks),
        _write(folder / "questions.csv", ("list", *_QUESTION), questions),
    ]


def _write(path: Path, heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(map(_cell, row) for row in rows)
    return str(path)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _remarks(
    connection: sa.engine.Connection, since: datetime, procedure_id: str | None
) -> Iterator[dict[str, Any]]:
    wanted = sa.select(_FEEDBACK).where(_FEEDBACK.c.created >= since)
    if procedure_id is not None:
        wanted = wanted.where(_FEEDBACK.c.procedure_id == procedure_id)
    for row in connection.execute(wanted.order_by(_FEEDBACK.c.created.desc())).mappings():
        yield {**row, "time": row["created"].date().isoformat()}


def _by_procedure(
    remarks: list[dict[str, Any]], describe: Callable[[str], dict[str, str]]
) -> list[dict[str, Any]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for remark in remarks:
        grouped[remark["procedure_id"]].append(remark)
    return [
        {
            "procedure_id": one,
            **describe(one),
            **{kind: sum(remark["kind"] == kind for remark in said) for kind in KINDS},
            "remarks": [{key: remark[key] for key in _REMARK} for remark in said],
        }
        for one, said in sorted(grouped.items(), key=lambda item: -len(item[1]))
    ]


def _questions(connection: sa.engine.Connection, since: datetime) -> dict[str, list[Any]]:
    said, reply = _MESSAGES.alias("said"), _MESSAGES.alias("reply")
    outcome = reply.c.answer["outcome"].as_string()
    wanted = (
        sa.select(said.c.conversation_id, said.c.text, said.c.language, said.c.time, outcome)
        .where(reply.c.conversation_id == said.c.conversation_id, reply.c.turn_id == said.c.id)
        .where(said.c.author == "citizen", said.c.time >= since, outcome.in_(IN_VAIN))
    )
    found: dict[str, dict[str, _Question]] = {name: {} for name in IN_VAIN.values()}
    for conversation, text, language, time, how in connection.execute(wanted):
        if key := phonetic(text):
            question = found[IN_VAIN[how]].setdefault(key, _Question())
            question.spelt[text] += 1
            question.languages[language] += 1
            question.conversations.add(conversation)
            question.last = max(question.last, time)
    return {name: _most_wanted(questions.values()) for name, questions in found.items()}


def _most_wanted(questions: Iterable[_Question]) -> list[dict[str, Any]]:
    wanted = sorted(questions, key=lambda one: (-len(one.conversations), -one.last.timestamp()))
    return [question.as_json() for question in wanted[:_LISTED]]
