"""The registry of administrative procedures (Mitos): reads its records, keeps those fetched.

The detail record is that of `GET /services-extended/{id}`. Everything but `id` and a title may be
absent; a text may be a string or an object by language.
"""

from __future__ import annotations

import html
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from knowledge_base.official import take_condition
from knowledge_base.procedure import Fact, Localised, Procedure
from knowledge_base.terms import stems
from knowledge_base.text import greek_letters, words

PUBLIC_PAGE = "https://id.mitos.gov.gr/"
_SPACES = re.compile(r"\s+")
_LONG_TITLE = 200
_TOLD_WITHIN = 6
"""First words of a description in which its type may be named."""
_TYPES_THAT_SAY_NOTHING = ("Έγγραφο", "Υπηρεσιακό έγγραφο", "Άλλο")


class RejectedRecordError(ValueError):
    """A record that cannot be answered from; the message says why."""


@dataclass
class Report:
    """What a sync did."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    rejected: list[dict[str, str]] = field(default_factory=list)
    """Each with its id and the reason; what was kept of it before stays."""
    odd: Counter[str] = field(default_factory=Counter)
    """What was mended or is unusual in the titles, and in how many."""

    def as_json(self) -> dict[str, Any]:
        """The report as the command prints it."""
        reasons = Counter(item["reason"] for item in self.rejected)
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "retired": self.retired,
            "rejected": {"count": len(self.rejected), "reasons": dict(reasons)},
            "rejected_records": self.rejected[:50],
            "oddities": dict(self.odd),
        }


class Registry:
    """The records fetched so far, in one file that is replaced as a whole."""

    def __init__(self, home: Path) -> None:
        self.path = home / "registry" / "records.jsonl"
        self.progress = home / "registry" / "fetching.jsonl"
        """What an unfinished fetch brought."""

    def records(self) -> dict[str, dict[str, Any]]:
        """Every record kept, by id."""
        if not self.path.exists():
            return {}
        with self.path.open("rb") as lines:
            return {record["id"]: record for record in map(orjson.loads, lines)}

    def procedures(self) -> list[Procedure]:
        """Every record kept, as procedures."""
        return [procedure(record) for record in self.records().values()]

    def replace(self, incoming: Iterable[dict[str, Any]]) -> Report:
        """Takes a full listing of the registry; what it no longer lists is retired.

        An empty listing is refused, and a faulty record leaves the one kept: a failed fetch must
        not leave less than there was.

        Raises:
            RejectedRecordError: when no usable record came.
        """
        report = Report()
        kept = self.records()
        fresh: dict[str, dict[str, Any]] = {}
        for record in incoming:
            try:
                read = procedure(record)
                if read.id in fresh:
                    raise RejectedRecordError("duplicate id")
            except RejectedRecordError as error:
                number = str(record.get("id", "")).strip()
                report.rejected.append({"id": number, "reason": str(error)})
                if number in kept:
                    fresh.setdefault(number, kept[number])
                continue
            report.odd.update(_oddities(record.get("title")))
            fresh[read.id] = {**record, "id": read.id}
            if read.id not in kept:
                report.new += 1
            elif kept[read.id] != fresh[read.id]:
                report.changed += 1
            else:
                report.unchanged += 1
        if not fresh:
            raise RejectedRecordError("no usable record came; what was kept stays")
        report.retired = len(kept.keys() - fresh.keys())
        self._write(fresh.values())
        self.progress.unlink(missing_ok=True)
        return report

    def _write(self, records: Iterable[dict[str, Any]]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_suffix(".new")
        with beside.open("wb") as file:
            for record in records:
                file.write(orjson.dumps(record) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)


def read_file(path: Path) -> Iterator[dict[str, Any]]:
    """Detail records from a JSON-lines file; a line that is no object becomes an empty one."""
    with path.open("rb") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError:
                record = {}
            yield record if isinstance(record, dict) else {}


def procedure(record: dict[str, Any]) -> Procedure:
    """A registry record as a procedure.

    Raises:
        RejectedRecordError: when it has no id or no title.
    """
    number = str(record.get("id") or "").strip()
    if why := record.get("unreachable"):
        raise RejectedRecordError(str(why))
    title = _localised(record.get("title"))
    if not number:
        raise RejectedRecordError("no id")
    if not title.get("el"):
        raise RejectedRecordError("no Greek title")
    metadata = record.get("metadata") or {}
    process = metadata.get("process") or {}
    return Procedure(
        id=number,
        official_title=title["el"],
        title=title,
        link=f"{PUBLIC_PAGE}{number}",
        checked=_day(record.get("last_updated")),
        summary=_localised(process.get("description")),
        names={"el": tuple(_texts(process.get("alternative_titles")))},
        eligibility=(
            *_addressed(process.get("provided_to")),
            *(
                _conditional(fact.text)
                for fact in _facts(metadata.get("process_conditions"), "conditions_name")
            ),
        ),
        documents=tuple(_documents(metadata.get("process_evidences"))),
        cost=tuple(_costs(process, metadata.get("process_evidences_cost"))),
        time=(
            *_durations(process.get("estimated_implementation_time")),
            *_deadline(process.get("deadline_duration")),
        ),
        where=tuple(_places(process, metadata)),
        how=(
            *_facts(metadata.get("process_steps"), "step_title", "step_description"),
            *_digital_steps(metadata.get("process_steps_digital")),
        ),
        validity=tuple(_durations(process.get("validity_duration"))),
        law=tuple(_rules(metadata.get("process_rules"))),
    )


def _oddities(title: Any) -> Iterator[str]:
    raw = title.get("el") if isinstance(title, dict) else title
    if not isinstance(raw, str):
        return
    plain = html.unescape(raw)
    if isinstance(title, str):
        yield "a text where an object is due"
    if plain != raw:
        yield "HTML entities"
    if greek_letters(plain) != plain:
        yield "Latin letters in Greek words"
    if plain.isupper():
        yield "capitals alone"
    if len(plain) > _LONG_TITLE:
        yield f"over {_LONG_TITLE} characters"


def _clean(text: str) -> str:
    return greek_letters(_SPACES.sub(" ", html.unescape(text)).strip())


def _localised(value: Any) -> Localised:
    if isinstance(value, str):
        value = {"el": value}
    if not isinstance(value, dict):
        return {}
    if "title" in value and isinstance(value["title"], dict | str):
        return _localised(value["title"])
    return {
        str(language): cleaned
        for language, text in value.items()
        if isinstance(text, str) and (cleaned := _clean(text))
    }


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := _localised(item).get("el", ""))]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    yield from (item for item in items if isinstance(item, dict))


def _facts(value: Any, *keys: str) -> tuple[Fact, ...]:
    found = []
    for item in _objects(value):
        parts = [_localised(item.get(key)) for key in keys]
        text = {
            language: ". ".join(part[language] for part in parts if language in part)
            for language in {language for part in parts for language in part}
        }
        if text:
            found.append(Fact(text))
    return tuple(found)


def _documents(value: Any) -> Iterator[Fact]:
    for item in _objects(value):
        type_ = _localised(item.get("evidence_type"))
        described = _with_note(_localised(item.get("evidence_description")), item, "evidence_note")
        if described or type_:
            url = item.get("evidence_related_url") or item.get("evidence_url")
            yield replace(
                _conditional(described or type_),
                type=_telling_type(type_, described),
                url=_link(url),
                registry=_numbers(item.get("evidence_num_id")),
            )


def _addressed(value: Any) -> Iterator[Fact]:
    """Whom the procedure is for, as one fact."""
    if whom := _texts(value):
        yield Fact({"el": ", ".join(whom)})


def _digital_steps(value: Any) -> Iterator[Fact]:
    for item in _objects(value):
        for step in _facts([item], "step_digital_title", "step_digital_description"):
            url = _link(item.get("step_digital_url")) or _link(item.get("process_step_digital_url"))
            yield replace(step, channel="online", url=url)


def _with_note(text: Localised, item: dict[str, Any], key: str) -> Localised:
    note = _localised(item.get(key))
    return {one: f"{said} {note[one]}" if one in note else said for one, said in text.items()}


def _conditional(text: Localised) -> Fact:
    """The text with its condition apart, where it is told in Greek alone."""
    if text.keys() != {"el"}:
        return Fact(text)
    condition, rest = take_condition(text["el"])
    return Fact({"el": rest}, condition={"el": condition} if condition else {})


def _telling_type(type_: Localised, described: Localised) -> Localised:
    """The type of a document, where its description does not name it."""
    told = set(stems(" ".join(words(described.get("el", ""))[:_TOLD_WITHIN])))
    own = type_.get("el", "")
    if not described or own in _TYPES_THAT_SAY_NOTHING or set(stems(own)) <= told:
        return {}
    return type_


def _numbers(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else ()


def _costs(process: dict[str, Any], value: Any) -> Iterator[Fact]:
    for item in _objects(value):
        name = _localised(item.get("evidence_cost_description"))
        amount = _amount(item.get("evidence_cost_min"), item.get("evidence_cost_max"))
        label = name.get("el", "")
        if label or amount:
            yield Fact({"el": ": ".join(part for part in (label, amount) if part)})
    amount = _amount(process.get("cost_min"), process.get("cost_max"))
    if amount:
        yield Fact({"el": amount, "en": amount})


def _amount(low: Any, high: Any) -> str:
    figures = [figure for value in (low, high) if (figure := _figure(value)) is not None]
    if not figures:
        return ""
    shown = [f"{figure:.2f}".replace(".", ",").removesuffix(",00") for figure in sorted(figures)]
    return f"{shown[0]} €" if shown[0] == shown[-1] else f"{shown[0]} – {shown[-1]} €"


def _figure(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", ".")) if value not in (None, "") else None
    except ValueError:
        return None


_DURATION = re.compile(
    r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?$"
)
_DEADLINE = {"el": "Προθεσμία", "en": "Deadline"}
_UNITS = (
    ("έτος", "έτη", "year"),
    ("μήνας", "μήνες", "month"),
    ("εβδομάδα", "εβδομάδες", "week"),
    ("ημέρα", "ημέρες", "day"),
    ("ώρα", "ώρες", "hour"),
    ("λεπτό", "λεπτά", "minute"),
)


def _durations(value: Any) -> Iterator[Fact]:
    """An ISO 8601 duration, or a text, as a fact."""
    text = _localised(value)
    if not text:
        return
    match = _DURATION.match(text.get("el", ""))
    if not match:
        yield Fact(text)
        return
    parts = [(int(n), unit) for n, unit in zip(match.groups(), _UNITS, strict=True) if n and int(n)]
    if parts:
        yield Fact(
            {
                "el": " ".join(f"{n} {one if n == 1 else many}" for n, (one, many, _) in parts),
                "en": " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, (_, _, unit) in parts),
            }
        )


def _deadline(value: Any) -> Iterator[Fact]:
    for fact in _durations(value):
        yield Fact({one: f"{_DEADLINE[one]}: {said}" for one, said in fact.text.items()})


def _places(process: dict[str, Any], metadata: dict[str, Any]) -> Iterator[Fact]:
    for item in _objects(metadata.get("process_provision_digital_locations")):
        title = _localised(item.get("provision_digital_location_title"))
        url = _link(item.get("provision_digital_location_url"))
        if title or url:
            yield Fact(title or {"el": str(url), "en": str(url)}, channel="online", url=url)
    for item in _objects(process.get("govgr_codes")):
        url = _link(item.get("url"))
        title = _localised(item.get("title"))
        if url and title:
            yield Fact(title, channel="online", url=url)
    office = _localised(process.get("provision_org"))
    if office:
        yield Fact(office, channel="counter")


def _rules(value: Any) -> Iterator[Fact]:
    for item in _objects(value):
        kind = _localised(item.get("rule_type")).get("el", "")
        number, year = item.get("rule_decision_number"), item.get("rule_decision_year")
        number = f"{number}/{year}" if number and year else number
        article = item.get("rule_article")
        head = " ".join(str(part) for part in (kind or "Αριθμός", number) if part)
        if article:
            head = f"{head}, άρθρο {article}"
        gazette = item.get("rule_gazette_doc_number"), item.get("rule_gazette_doc_issue")
        if all(gazette):
            head = f"{head} (ΦΕΚ {gazette[1]} {gazette[0]})"
        described = _localised(item.get("rule_description")).get("el", "")
        told = [part for part in (head if number or kind else "", described) if part]
        if told:
            url = _link(item.get("rule_url")) or _link(item.get("rule_ada"))
            yield Fact({"el": ": ".join(told)}, url=url)


def _link(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def _day(value: Any) -> date:
    """The day of `last_updated`.

    Raises:
        RejectedRecordError: when there is none; an answer must be able to say its date.
    """
    try:
        return datetime.fromisoformat(str(value).strip()).date()
    except ValueError as error:
        raise RejectedRecordError("no date of last update") from error
