"""What words of other languages are called in Greek: `glossary/<language>.yml`, by concept.

A concept has an English name ("fishing boat"); `glossary/el.yml` has its Greek words, the other
files those of their language. A question in Hungarian thus finds procedures that nobody has named
in it. Public bodies are known by the names they used to have, too (`lexicon/bodies.yml`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from knowledge_base.lexicon import FOLDER as LEXICON
from knowledge_base.text import fold, stem, words

FOLDER = Path(__file__).parent / "glossary"
_LONGEST = 4
"""Words of a term."""
Term = tuple[str, ...]
"""Folded Greek words."""


class Glossary:
    """The terms of one language, with what they are called in Greek."""

    def __init__(self, own: dict[str, list[str]], greek: dict[str, list[str]]) -> None:
        self._meanings: dict[tuple[str, ...], tuple[Term, ...]] = {}
        for concept, terms in own.items():
            meant = tuple(tuple(words(term)) for term in greek.get(concept, ()))
            for term in terms:
                key = tuple(map(stem, words(term)))
                self._meanings[key] = (*self._meanings.get(key, ()), *meant)

    def read(self, said: tuple[str, ...]) -> list[tuple[Term, ...]]:
        """The concepts in folded words, the longest first; each as the Greek terms for it."""
        keys = tuple(map(stem, said))
        found, place = [], 0
        while place < len(keys):
            for length in range(min(_LONGEST, len(keys) - place), 0, -1):
                if meant := self._meanings.get(keys[place : place + length]):
                    found.append(meant)
                    break
            else:
                length = 1
            place += length
        return found


@cache
def glossary(language: str) -> Glossary:
    """The glossary of a language; an empty one where it has none, and for Greek itself."""
    if language == "el" or not (FOLDER / f"{language}.yml").exists():
        return Glossary({}, {})
    return Glossary(load(language), load("el"))


@cache
def load(language: str) -> dict[str, list[str]]:
    """The terms of a language by concept."""
    text = (FOLDER / f"{language}.yml").read_text(encoding="utf-8")
    terms: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return terms


def also_called(said: tuple[str, ...]) -> tuple[str, ...]:
    """What the public bodies of old among folded words are called today: «οαεδ» is «δυπα»."""
    today = (_bodies().get(stem(word)) for word in said)
    return tuple(dict.fromkeys(name for name in today if name and name not in said))


@cache
def _bodies() -> dict[str, str]:
    listed = yaml.load((LEXICON / "bodies.yml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {stem(fold(old)): fold(today) for today, names in listed.items() for old in names}
