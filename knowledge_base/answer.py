"""Reads an answer off a procedure's record: a text, a card and its sources. Nothing is made up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge_base.differences import EXCLUSIVE, cases_that_differ, words_that_differ
from knowledge_base.official import shorten
from knowledge_base.procedure import ASPECTS, LAW, Aspect, Fact, Localised, Procedure
from knowledge_base.spoken import choices, tell, to_be_heard

PHRASES = Path(__file__).parent / "phrases"
Outcome = Literal[
    "answered", "clarify", "partly_answered", "not_found", "out_of_scope", "crisis", "handed_over"
]
Sections = dict[str, list[dict[str, Any]]]
"""The items of a card by their aspect."""
_AT_A_GLANCE: tuple[Aspect, ...] = ("documents", "cost", "time", "where", "how")
_KINDS = {"documents": "checklist", "how": "steps"}
_SECTIONS = (*ASPECTS, LAW)
_REMOTE = ("online", "app", "video")
"""Channels for which nobody has to leave home."""
_OFFERED = 3
_MANY = 3
"""Documents that only some bring, from which on they are told apart from the others."""


@dataclass(frozen=True)
class Context:
    """What the conversation is about so far: ids and cases, never a citizen's words."""

    procedure_id: str | None = None
    aspect: str | None = None
    cases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """Procedures offered in the turn before, if any were."""

    def as_dict(self) -> dict[str, Any]:
        """The context as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Context:
        """The inverse of `as_dict`; unknown and missing keys are no fault."""
        return cls(
            procedure_id=data.get("procedure_id"),
            aspect=data.get("aspect"),
            cases=tuple(data.get("cases") or ()),
            choices=tuple(data.get("choices") or ()),
        )


@dataclass(frozen=True)
class Choice:
    """A procedure offered as a button."""

    procedure_id: str
    title: str


@dataclass(frozen=True)
class Answer:
    """What the citizen is told, and where it was read."""

    outcome: Outcome
    language: str
    text: str
    """Complete by itself, for every channel."""
    procedure_id: str | None = None
    aspect: str | None = None
    told: tuple[str, ...] = ()
    """The aspects that the text tells: one, or two where two were asked for or may be meant."""
    card: dict[str, Any] | None = None
    choices: tuple[Choice, ...] = ()
    sources: tuple[dict[str, str], ...] = ()
    offers: tuple[tuple[Aspect, str], ...] = ()
    """Other aspects that the record has, each with the question it answers."""
    spoken: tuple[str, ...] = ()
    """The same to be heard, part by part: two sentences each, and whether to go on."""
    score: float = 0.0
    context: Context = field(default_factory=Context)

    def as_json(self) -> dict[str, Any]:
        """The answer as `python -m knowledge_base answer` prints it."""
        return {
            "outcome": self.outcome,
            "procedure_id": self.procedure_id,
            "aspect": self.aspect,
            "language": self.language,
            "text": self.text,
            "card": self.card,
            "choices": [asdict(choice) for choice in self.choices],
            "sources": list(self.sources),
            "score": round(self.score, 4),
        }


def compose(
    procedure: Procedure,
    aspects: tuple[str, ...],
    language: str,
    cases: tuple[str, ...],
    *,
    doubtful: str | None = None,
) -> Answer:
    """The answer to a question about some aspects of a procedure.

    Parameters:
        aspects: what is asked for, the first first; empty for an overview.
        language: of the answer; a text the record lacks in it is shown in another, and said to be.
        cases: the citizen's cases; facts that exclude them are left out.
        doubtful: an aspect that is perhaps not meant: where it is missing nothing is said of it.
    """
    asked: list[str] = [aspect for aspect in aspects[:2] if aspect in _SECTIONS] or ["overview"]
    if procedure.pays and asked == ["cost"]:
        asked.append("overview")
    sections = _sections(procedure, language, cases)
    asked = _answerable(asked, sections, doubtful)
    known = [aspect for aspect in asked if aspect in sections]
    parts = [
        _apology(procedure, aspect, {} if "where" in asked else sections, language)
        for aspect in asked
        if aspect not in sections
    ]
    if known:
        parts.insert(asked.index(known[0]), _text(procedure, known, sections, language))
    return Answer(
        outcome="answered" if known == asked else "partly_answered",
        language=language,
        text="\n".join(parts),
        spoken=_spoken(procedure, asked, sections, language),
        procedure_id=procedure.id,
        aspect=asked[0],
        told=tuple(known),
        card=_card(procedure, language, sections, known or asked),
        sources=(_source(procedure, language),),
        offers=_offers(sections, asked, language),
        context=Context(procedure.id, asked[0], cases),
    )


def _answerable(asked: list[str], sections: Sections, doubtful: str | None) -> list[str]:
    """What is asked, with what else there is at a glance where the record tells no overview."""
    glance = [aspect for aspect in _AT_A_GLANCE if aspect in sections and aspect not in asked]
    if "overview" in asked and "overview" not in sections and glance:
        asked = [glance[0] if aspect == "overview" else aspect for aspect in asked]
    meant = [aspect for aspect in asked if aspect != doubtful or aspect in sections]
    return meant or asked


def _apology(procedure: Procedure, aspect: str, sections: Sections, language: str) -> str:
    """That the record lacks what was asked; for what is not online, where it is done.

    Parameters:
        sections: what may be told instead; none where the place is told anyway.
    """
    said = phrases(language)
    apology = str(
        said["partly"].format(
            title=localised(procedure.title, language),
            missing=said["missing"][aspect],
            link=procedure.link,
        )
    )
    if aspect == "online" and "where" in sections:
        return f"{apology}\n{_lines(sections['where'])}"
    return apology


def nothing_different(
    procedure: Procedure, aspect: str, cases: tuple[str, ...], language: str
) -> str | None:
    """What to tell a citizen who named a case that the record does not tell apart, if so."""
    facts: tuple[Fact, ...] = getattr(procedure, aspect, ())
    told = {case for fact in facts for case in fact.when}
    alike = [case for case in cases if not told & _group(case)]
    if not facts or not alike:
        return None
    said = phrases(language)
    return str(said["alike"].format(when=said["when"][alike[0]]))


def _group(case: str) -> set[str]:
    return next((group for group in EXCLUSIVE if case in group), {case})


def facts_told(procedure: Procedure, aspect: str, cases: tuple[str, ...]) -> tuple[str, ...]:
    """The facts of one aspect that hold in the citizen's cases, as the record words them."""
    facts: tuple[Fact, ...] = getattr(procedure, aspect)
    return tuple(localised(fact.text, "el") for fact in facts if _fits(fact, cases))


def choose(
    procedures: Iterable[Procedure], language: str, outcome: Outcome, context: Context
) -> Answer:
    """Asks which of two to four procedures is meant, or offers the nearest when none fits."""
    listed = list(procedures)[: _OFFERED + 1]
    offered = [Choice(one.id, _choice_title(one, language)) for one in listed]
    said = phrases(language)
    text = said["not_found_near"] if offered else said["not_found"]
    heard = choices(text, [one.title for one in offered], said, language)
    if outcome == "clarify":
        text = said["clarify"] if offered else said["clarify_open"]
        heard = choices(text, [one.title for one in offered], said, language)
        if asked := _which(listed, language):
            text = heard = asked
    return Answer(
        outcome=outcome,
        language=language,
        text=text,
        spoken=(to_be_heard(heard, language),),
        choices=tuple(offered),
        context=Context(
            context.procedure_id,
            context.aspect,
            context.cases,
            tuple(c.procedure_id for c in offered),
        ),
    )


def _which(procedures: list[Procedure], language: str) -> str | None:
    """A question made of what differs between procedures, where it is short."""
    if len(procedures) < 2:
        return None
    said = phrases(language)
    if cases := cases_that_differ(procedures):
        asked = _one_of([said["when"][case] for case in cases], said)
        return f"{asked[0].upper()}{asked[1:]}{said['question_mark']}"
    titles = [_choice_title(one, language) for one in procedures]
    if differing := words_that_differ(titles):
        between = f"{_one_of(differing.alone, said)} {differing.after}".strip()
        return f"{differing.before}: {between}{said['question_mark']}"
    return None


def _one_of(alternatives: Sequence[str], said: dict[str, Any]) -> str:
    return f"{', '.join(alternatives[:-1])} {said['spoken']['or']} {alternatives[-1]}"


@cache
def phrases(language: str) -> dict[str, Any]:
    """The fixed texts of a language; English for a language that has none."""
    path = PHRASES / f"{language}.yml"
    if not path.exists():
        path = PHRASES / "en.yml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def localised(text: Localised, language: str) -> str:
    """A text in a language, or else in English, or else in Greek."""
    return text.get(language) or text.get("en") or text.get("el", "")


def _choice_title(procedure: Procedure, language: str) -> str:
    return localised(procedure.title, language)


def _fits(fact: Fact, cases: tuple[str, ...]) -> bool:
    for group in EXCLUSIVE:
        named = group & set(cases)
        needed = group & set(fact.when)
        if named and needed and not named & needed:
            return False
    return True


def _sections(procedure: Procedure, language: str, cases: tuple[str, ...]) -> Sections:
    """The record's fields that have something to say, as items of a card."""
    found: Sections = {}
    if summary := localised(procedure.summary, language):
        found["overview"] = [_item(Fact({language: summary}), language, ())]
    for name in _SECTIONS:
        facts = [fact for fact in getattr(procedure, name, ()) if _fits(fact, cases)]
        if name == "online":
            facts = [_unsaid(fact) for fact in procedure.where if fact.channel in _REMOTE]
        if facts:
            ordered = facts if name == "how" else sorted(facts, key=lambda fact: bool(fact.when))
            found[name] = [_item(fact, language, cases) for fact in ordered]
    return found


def _unsaid(fact: Fact) -> Fact:
    """Under «Ηλεκτρονικά» only what is not a page says its channel."""
    return replace(fact, channel=None) if fact.channel == "online" else fact


def _item(fact: Fact, language: str, cases: tuple[str, ...]) -> dict[str, Any]:
    said = phrases(language)
    open_ones = [case for case in fact.when if not _group(case) & set(cases)]
    when = [said["when"][case] for case in open_ones]
    if fact.condition:
        when.append(localised(fact.condition, language))
    text = localised(fact.text, language)
    short = shorten(text)
    return {
        "text": short,
        "more": text if short != text else None,
        "type": localised(fact.type, language) or None,
        "when": ", ".join(when) or None,
        "url": fact.url,
        "channel": said["channel"][fact.channel] if fact.channel else None,
        "language": next((code for code, value in fact.text.items() if value == text), "el"),
    }


def _shown(aspects: list[str], sections: Sections) -> list[str]:
    """The aspects told, what it is first; with an overview or the documents, what else matters."""
    shown = sorted(aspects, key=lambda aspect: aspect != "overview")
    if aspects[0] in ("overview", "documents"):
        shown += [
            aspect
            for aspect in _AT_A_GLANCE
            if aspect in sections and aspect not in shown and (aspect != "how")
        ]
    return shown


def _text(
    procedure: Procedure,
    aspects: list[str],
    sections: Sections,
    language: str,
) -> str:
    shown = _shown(aspects, sections)
    said = phrases(language)
    parts = [f"{localised(procedure.title, language)}."]
    if any(item["language"] != language for aspect in shown for item in sections[aspect]):
        parts.append(said["only_in"])
    for aspect in shown:
        items = sections[aspect]
        parts.append(items[0]["text"] if aspect == "overview" else _said(aspect, items, said))
    if any(item["more"] for aspect in shown for item in sections[aspect]):
        parts.append(said["more"].format(link=procedure.link))
    return "\n".join(parts)


def _spoken(
    procedure: Procedure,
    asked: list[str],
    sections: Sections,
    language: str,
) -> tuple[str, ...]:
    """What is heard: what the record lacks first, then what it has."""
    said = phrases(language)
    title = localised(procedure.title, language)
    missing = [said["missing"][aspect] for aspect in asked if aspect not in sections]
    known = [aspect for aspect in asked if aspect in sections]
    shown = _shown(known, sections) if known else []
    first = []
    if missing:
        lacking = f" {said['spoken']['and']} ".join(missing)
        first.append(said["spoken"]["partly"].format(title=title, missing=lacking))
    if any(item["language"] != language for aspect in shown for item in sections[aspect]):
        first.append(said["only_in"].replace(":", "."))
    told = tell(
        "" if missing else title, [(aspect, sections[aspect]) for aspect in shown], said, language
    )
    return (" ".join([*(to_be_heard(one, language) for one in first), *told[:1]]), *told[1:])


def _said(aspect: str, items: list[dict[str, Any]], said: dict[str, Any]) -> str:
    """One field in words; of many documents, those that only some bring come under a line."""
    title = said["aspect"][aspect]
    if len(items) == 1:
        return f"{title}: {_line(items[0])}"
    always = [item for item in items if not item["when"]]
    if aspect == "documents" and always and len(items) - len(always) >= _MANY:
        sometimes = _lines([item for item in items if item["when"]])
        return f"{title}:\n{_lines(always)}\n{said['sometimes']}:\n{sometimes}"
    return f"{title}:\n{_lines(items)}"


def _lines(items: list[dict[str, Any]]) -> str:
    return "\n".join(f"• {_line(item)}" for item in items)


def _line(item: dict[str, Any]) -> str:
    head = "".join(f"{item[key]}: " for key in ("channel", "type") if item[key])
    tail = f" ({item['when']})" if item["when"] else ""
    link = f" {item['url']}" if item["url"] else ""
    return f"{head}{item['text']}{tail}{link}"


def _card(
    procedure: Procedure,
    language: str,
    sections: Sections,
    shown: list[str],
) -> dict[str, Any]:
    said = phrases(language)
    focus = shown[0]
    open_ones = {*shown, *(_AT_A_GLANCE if focus in ("overview", "documents") else ())}
    order = sorted(
        (name for name in _SECTIONS if name in sections and name != "overview"),
        key=lambda name: shown.index(name) if name in shown else len(shown),
    )
    return {
        "title": localised(procedure.title, language),
        "summary": _summary(sections, shown),
        "more": sections["overview"][0]["more"] if _summary(sections, shown) else None,
        "sections": [
            {
                "aspect": name,
                "title": said["aspect"][name],
                "kind": _KINDS.get(name, "list"),
                "open": name in open_ones,
                "items": sections[name],
            }
            for name in order
            if name != "online" or name in shown
        ],
        "focus": focus,
        "source": _source(procedure, language),
    }


def _summary(sections: Sections, shown: list[str]) -> str | None:
    """What the procedure is; not again in an answer about one field."""
    if "overview" not in sections or not ("overview" in shown or shown[0] == "documents"):
        return None
    return str(sections["overview"][0]["text"])


def _source(procedure: Procedure, language: str) -> dict[str, str]:
    said = phrases(language)
    name = said["source_govgr"] if procedure.id.startswith("govgr-") else said["source"]
    return {
        "title": f"{name}: {procedure.official_title}",
        "url": procedure.link,
        "checked": procedure.checked.isoformat(),
    }


def _offers(sections: Sections, asked: list[str], language: str) -> tuple[tuple[Aspect, str], ...]:
    said = phrases(language)["ask"]
    told = set(asked)
    if asked[0] in ("overview", "documents"):
        told |= {"documents", "cost", "time", "where"}
    order: tuple[Aspect, ...] = (
        "documents", "how", "cost", "time", "where", "validity", "eligibility",
    )  # fmt: skip
    return tuple((a, said[a]) for a in order if a in sections and a not in told)[:_OFFERED]
