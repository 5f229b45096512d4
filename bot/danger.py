"""Signs of danger in what a citizen says, and whom to call, before anything else is done.

Needs neither the engine nor the index nor the network: `danger.yml` lists the signs, and
`responses/<language>.yml` the words of the reply. Signs and text meet in one phonetic key, so that
«θέλω να πεθάνω», `thelo na pethano` and `8elw na pe8anw` are the same sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot import danger_learnt
from bot.danger_sound import fold, key, keyed

_HERE: Final = Path(__file__).parent
_GAP: Final = r"(?:\w+ ){0,4}"
_NEAR: Final = r"(?:\w+ ){0,2}"


@dataclass(frozen=True)
class Contact:
    """A telephone number to call in Greece, and who answers it."""

    number: str
    name: str


@dataclass(frozen=True)
class Reply:
    """What to tell a citizen in danger: the text, and the numbers in the order to call them."""

    text: str
    contacts: tuple[Contact, ...]


def detect(text: str) -> str | None:
    """Return the kind of danger that `text` (Greek, Greeklish or English) tells of, or None.

    The kinds are the keys of `danger.yml`, the most urgent first: the first that matches is given.
    Where none does, the learnt model is asked.
    """
    told = telling(text)
    return listed(told) or _second_opinion(told)


def telling(text: str) -> str:
    """The keyed words of `text` without its `harmless` phrases."""
    return _signs().harmless.sub(" | ", keyed(text))


def listed(told: str) -> str | None:
    """The kind of danger that a sign of `danger.yml` shows in a telling text, or None."""
    administrative = is_administrative(told)
    for kind in _signs().kinds:
        if kind.certain.search(told) or (not administrative and kind.likely.search(told)):
            return kind.name
    return None


def is_administrative(told: str) -> bool:
    """Whether a telling text has an `administrative` word."""
    return _signs().administrative.search(told) is not None


def _second_opinion(told: str) -> str | None:
    """What the learnt model hears in a text, or in a part of it, without `administrative` words."""
    learnt = danger_learnt.model()
    if learnt is None:
        return None
    for part, margin in danger_learnt.parts(told):
        kind = None if is_administrative(part) else learnt.detect(part, margin)
        if kind:
            return kind
    return None


def reply(kind: str, language: str) -> Reply:
    """Return the reply for a `kind` that `detect` gave, in `language`.

    Greeklish is answered in Greek, a language without a text of its own in English. An unknown kind
    gets the general emergency numbers.
    """
    numbers = _definitions()["kinds"]
    kind = kind if kind in numbers else "general"
    texts = _texts(language)
    names = texts["contacts"]
    contacts = tuple(Contact(number, names[number]) for number in numbers[kind]["contacts"])
    return Reply(texts["replies"][kind], contacts)


# --- signs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    name: str
    certain: re.Pattern[str]
    likely: re.Pattern[str]


@dataclass(frozen=True)
class _Signs:
    kinds: tuple[_Kind, ...]
    harmless: re.Pattern[str]
    administrative: re.Pattern[str]


@cache
def _definitions() -> dict[str, Any]:
    with (_HERE / "danger.yml").open(encoding="utf-8") as file:
        definitions: dict[str, Any] = yaml.safe_load(file)
    return definitions


@cache
def _signs() -> _Signs:
    definitions = _definitions()
    return _Signs(
        kinds=tuple(
            _Kind(name, _compile(kind["certain"]), _compile(kind.get("likely", [])))
            for name, kind in definitions["kinds"].items()
        ),
        harmless=_compile(definitions["harmless"]),
        administrative=_compile(definitions["administrative"]),
    )


def _compile(signs: list[str]) -> re.Pattern[str]:
    """One pattern of many signs; the notation is explained at the head of `danger.yml`."""
    return re.compile("|".join(map(_sign_pattern, signs)) or r"(?!)")


def _sign_pattern(sign: str) -> str:
    terms = sign.split()
    pattern = "^ " if terms[0] == "^" else "(?<= )"
    for term in terms[1:] if terms[0] == "^" else terms:
        pattern += _term_pattern(term)
    return f"(?:{pattern})"


def _term_pattern(term: str) -> str:
    if term == "..":
        return _GAP
    if term == "$":
        return r"(?=$|\|)"
    if term.startswith("!"):
        return f"(?!{_NEAR}{_words_pattern(term[1:])} )"
    if term.endswith("?"):
        return f"(?:{_words_pattern(term[:-1])} )?"
    return f"{_words_pattern(term)} "


def _words_pattern(term: str) -> str:
    words = (
        key(fold(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
        for word in term.split("/")
    )
    return f"(?:{'|'.join(words)})"


# --- replies --------------------------------------------------------------------------------------


@cache
def _texts(language: str) -> dict[str, Any]:
    """The `danger` section of a language's texts."""
    language = "el" if language.startswith("el") else language
    path = _HERE / "responses" / f"{language}.yml"
    if re.fullmatch(r"[a-z]{2}", language) and path.is_file():
        with path.open(encoding="utf-8") as file:
            texts: dict[str, Any] = (yaml.safe_load(file) or {}).get("danger") or {}
        if texts:
            return texts
    return _texts("en")
