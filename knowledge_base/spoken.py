"""An answer as it is heard: two sentences at a time, numbers in words, and a question to go on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from knowledge_base import numerals
from knowledge_base.official import sentences, shorten

Section = tuple[str, list[dict[str, Any]]]
"""An aspect and the items of its card."""
_ITEMS = 3
"""Things that are told in one sentence."""
_LONGEST = 150
"""Characters of a sentence, beyond which it takes no other item."""
_LONGEST_PART = 260
"""Characters up to which two sentences are told together: some twenty seconds."""
_LONGEST_ITEM = 110
_ADDRESS = re.compile(r"\s*\(?https?://\S+\)?")
_ABBREVIATIONS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\bτου [νΝ]\.\s?(?=\d)", "του νόμου "),
        (r"\b[νΝ]\.\s?(?=\d)", "νόμος "),
        (r"\bπ\.\s?χ\.", "για παράδειγμα"),
        (r"\bκ\.?\s?λπ\.?", "και λοιπά"),
        (r"\bτηλ\.", "τηλέφωνο"),
        (r"\bαρ\.\s?(?=\d)", "αριθμός "),
    )
)
_LIST = re.compile(r"[.;:,·…\s]+$")


def tell(
    title: str, sections: Iterable[Section], said: dict[str, Any], language: str
) -> tuple[str, ...]:
    """What is said of a procedure, part by part; all but the last ask whether to go on.

    Parameters:
        title: of the procedure; empty where it has been said.
        sections: what is told, in order.
        said: the fixed texts of the language.
    """
    spoken = said["spoken"]
    told = [
        sentence
        for aspect, items in sections
        for sentence in _section(aspect, items, spoken, language)
    ]
    if told and title:
        told[0] = f"{title}. {told[0]}"
    parts = [_in_words(part, language) for part in _by_twos(told)]
    return tuple(
        f"{part} {spoken['go_on']}" if place < len(parts) - 1 else part
        for place, part in enumerate(parts)
    )


def choices(question: str, titles: Iterable[str], said: dict[str, Any], language: str) -> str:
    """A question back, with what can be chosen said after it."""
    offered = _joined(list(titles), said["spoken"]["or"])
    return _in_words(f"{question} {offered}." if offered else question, language)


def to_be_heard(text: str, language: str) -> str:
    """A text to be heard: what can only be clicked is left out."""
    return _in_words(_ADDRESS.sub("", text), language)


def _section(
    aspect: str, items: list[dict[str, Any]], spoken: dict[str, str], language: str
) -> Iterator[str]:
    """The sentences of one aspect, each with a few of its items."""
    if aspect == "overview":
        yield sentences(shorten(items[0]["text"], _LONGEST))[0]
        return
    lead = spoken[aspect]
    for group in _groups([_item(item, language) for item in items]):
        yield f"{lead} {_joined(group, spoken['and'])}."
        lead = spoken["also"]


def _item(item: dict[str, Any], language: str) -> str:
    text = _LIST.sub("", _ADDRESS.sub("", shorten(item["text"], _LONGEST_ITEM)))
    channel = (
        item["channel"] if not text.lower().startswith((item["channel"] or "").lower()) else None
    )
    said = [_small(one) for one in (item["when"], channel, item["type"], text) if one]
    return _in_words(", ".join(said), item["language"])


def _small(text: str) -> str:
    """Within a sentence, where it is no abbreviation or name that is written large."""
    return text[0].lower() + text[1:] if not text[1:2].isupper() else text


def _groups(items: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for item in items:
        if group and (len(group) == _ITEMS or sum(map(len, group)) + len(item) > _LONGEST):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _joined(items: list[str], last: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def _by_twos(told: list[str]) -> Iterator[str]:
    """Two sentences together where they are short, else one."""
    waiting = ""
    for sentence in told:
        if waiting and len(waiting) + len(sentence) <= _LONGEST_PART:
            yield f"{waiting} {sentence}"
            waiting = ""
        else:
            if waiting:
                yield waiting
            waiting = sentence
    if waiting:
        yield waiting


def _in_words(text: str, language: str) -> str:
    for pattern, words in _ABBREVIATIONS if language == "el" else ():
        text = pattern.sub(words, text)
    return numerals.say(" ".join(text.split()), language)
