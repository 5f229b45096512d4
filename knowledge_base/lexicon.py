"""What the words of a question do: ask for an aspect, name a case, or say what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.procedure import Aspect
from knowledge_base.text import fold, phonetic_word, stem, words

_SHORT = 5
"""Sounds up to which a word is matched whole: «πώς» is not «πόσο»."""
FOLDER = Path(__file__).parent / "lexicon"
_TOGETHER = ("el", "en")
"""Read with one lexicon: people mix them («θέλω passport»), and Greeklish is neither."""
_ASPECT_ORDER: tuple[Aspect, ...] = (
    "law", "documents", "cost", "validity", "time", "eligibility", "online", "where", "how",
    "overview",
)  # fmt: skip


TURNS = {"and": 1, "no": 3, "if": 4}
"""Ways to go on («και …», «όχι, …», «κι αν …»), each with the first words in which it is told."""


@dataclass(frozen=True)
class Question:
    """A citizen's text, taken apart."""

    aspects: tuple[Aspect, ...]
    """What is asked for, the surest first; empty when nothing says."""
    cases: tuple[str, ...]
    """The cases named (`minor`, `loss`, …)."""
    about: tuple[str, ...]
    """Folded words that say what it is about, cases and the words for them included."""
    beyond_cases: tuple[str, ...]
    """The same without the words of the cases."""
    turns: tuple[str, ...] = ()
    """How it goes on about what was said before, of `TURNS`."""
    tokens: tuple[str, ...] = ()
    """All its words, folded, in order."""
    language: str = "el"
    """Of the lexicon that read it."""
    doubtful: Aspect | None = None
    """The one of two aspects that is perhaps not meant."""

    @property
    def sound(self) -> str:
        """The sound of all its words: the same for «άδεια» and `adeia`."""
        return " ".join(map(phonetic_word, self.tokens))


@dataclass(frozen=True)
class _Phrase:
    stems: tuple[str, ...]
    kind: str
    value: str


class Lexicon:
    """The phrases of all languages, matched by the sound of their stems."""

    def __init__(self, entries: dict[str, dict[str, Any]]) -> None:
        self._entries = entries
        self._language = next(iter(entries))
        self._stop: set[str] = set()
        self._weak: set[str] = set()
        self._asking: set[str] = set()
        self._interrogatives: set[str] = set()
        self._joins: set[str] = set()
        self._greetings: list[tuple[str, ...]] = []
        self._names_of_cases: dict[str, str] = {}
        self._turns: dict[str, set[str]] = {turn: set() for turn in TURNS}
        self._phrases: dict[str, list[_Phrase]] = {}
        for entry in entries.values():
            self._stop |= {_key(word) for word in entry["stop"]}
            self._names_of_cases |= {k: fold(v) for k, v in entry.get("named", {}).items()}
            self._weak |= {stem(word) for item in entry["weak"] for word in words(item)}
            self._asking |= self._stop
            self._joins |= {fold(word) for word in entry["joins"]}
            self._greetings += [tuple(map(_key, words(said))) for said in entry["greetings"]]
            for word in entry["interrogatives"]:
                self._interrogatives |= {fold(word), _typed_in_latin(word)}
            for turn, said in entry["turns"].items():
                self._turns[turn] |= {_key(word) for word in said}
            for kind in ("aspects", "cases"):
                for value, phrases in entry[kind].items():
                    for phrase in phrases:
                        self._add(kind, value, phrase)

    def _add(self, kind: str, value: str, phrase: str) -> None:
        stems = tuple(_key(word) for word in words(phrase))
        if kind == "aspects":
            self._asking |= set(stems)
        self._phrases.setdefault(stems[0], []).append(_Phrase(stems, kind, value))

    def asks(self, word: str) -> bool:
        """Whether a folded word is of those that ask, not of those that say about what."""
        return _key(word) in self._asking

    def interrogates(self, word: str) -> bool:
        """Whether a folded word is one that questions begin with: «τι», «πόσο», "where".

        Greek is compared as it is spelt («τη» is not «τι»), Greeklish by its sound.
        """
        return (_typed_in_latin(word) if word.isascii() else word) in self._interrogatives

    def joins(self, word: str) -> bool:
        """Whether a folded word joins two questions: «και»."""
        return word in self._joins

    def greets(self, text: str) -> bool:
        """Whether a text asks how one is: «τι κάνεις;»."""
        keys = tuple(map(_key, words(text)))
        return any(
            keys[start : start + len(said)] == said
            for said in self._greetings
            for start in range(len(keys))
        )

    def is_weak(self, stemmed: str) -> bool:
        """Whether a stem says what is done rather than with what («έκδοση»)."""
        return stemmed in self._weak

    def phrases(self, language: str) -> list[str]:
        """Every word and phrase of one language."""
        entry = self._entries.get(language, {"stop": [], "aspects": {}, "cases": {}})
        groups = [*entry["aspects"].values(), *entry["cases"].values()]
        return [*entry["stop"], *(phrase for group in groups for phrase in group)]

    def read(self, text: str) -> Question:
        """Takes a question apart."""
        tokens = words(text)
        keys = [_key(token) for token in tokens]
        scores: dict[str, int] = {}
        cases: dict[str, int] = {}
        asked: set[int] = set()
        of_cases: set[int] = set()
        for start, phrase in self._matches(keys):
            places = set(range(start, start + len(phrase.stems)))
            if phrase.kind == "cases":
                cases.setdefault(phrase.value, start)
                of_cases |= places
            else:
                scores[phrase.value] = max(scores.get(phrase.value, 0), len(phrase.stems))
                asked |= places
        about = [
            place
            for place, key in enumerate(keys)
            if key not in self._stop and place not in asked and not _is_filler(tokens[place])
        ]
        ranked = sorted(
            (aspect for aspect in _ASPECT_ORDER if aspect in scores),
            key=lambda aspect: (-scores[aspect], _ASPECT_ORDER.index(aspect)),
        )
        return Question(
            aspects=tuple(ranked),
            cases=tuple(cases),
            about=tuple(tokens[place] for place in about) + self._said_by(cases),
            beyond_cases=tuple(tokens[place] for place in about if place not in of_cases),
            turns=tuple(
                turn for turn, first in TURNS.items() if self._turns[turn] & set(keys[:first])
            ),
            tokens=tuple(tokens),
            language=self._language,
        )

    def _said_by(self, cases: Iterable[str]) -> tuple[str, ...]:
        """What names of procedures call the cases that the citizen told in other words."""
        return tuple(self._names_of_cases[case] for case in cases if case in self._names_of_cases)

    def _matches(self, keys: list[str]) -> Iterator[tuple[int, _Phrase]]:
        """Phrases found, the longest first where they start alike; none inside a longer one."""
        taken: dict[str, list[tuple[int, int]]] = {"aspects": [], "cases": []}
        found = [
            (start, phrase)
            for start, key in enumerate(keys)
            for phrase in self._phrases.get(key, ())
            if tuple(keys[start : start + len(phrase.stems)]) == phrase.stems
        ]
        for start, phrase in sorted(found, key=lambda item: -len(item[1].stems)):
            end = start + len(phrase.stems)
            if any(start < other_end and end > other for other, other_end in taken[phrase.kind]):
                continue
            taken[phrase.kind].append((start, end))
            yield start, phrase


@lru_cache(maxsize=50_000)
def _key(word: str) -> str:
    """What words are matched by: the stem of long words, the whole sound of short ones."""
    folded = words(word)
    sound = phonetic_word(folded[0]) if folded else ""
    return stem(folded[0]) if len(sound) > _SHORT else sound


def _typed_in_latin(word: str) -> str:
    """The sound of a word, marked, so that no Greek spelling is taken for it."""
    return f"~{phonetic_word(fold(word))}"


def _is_filler(token: str) -> bool:
    return len(token) == 1 and not token.isdigit()


def lexicon(language: str = "el") -> Lexicon:
    """The lexicon by which a language is read; that of Greek and English where it has none."""
    known = language in languages() and language not in _TOGETHER
    return _lexicon((language,) if known else _TOGETHER)


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a lexicon."""
    return tuple(path.stem for path in sorted(FOLDER.glob("??.yml")))


@cache
def _lexicon(read: tuple[str, ...]) -> Lexicon:
    paths = {language: FOLDER / f"{language}.yml" for language in read}
    return Lexicon(
        {
            language: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            for language, path in paths.items()
        }
    )
