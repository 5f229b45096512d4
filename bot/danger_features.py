"""What the learnt second opinion on danger looks at in a keyed text.

Words, pairs of words, letter groups, and the groups of `danger_words.yml` that its words belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby, pairwise
from pathlib import Path

import yaml

from bot.danger_sound import fold, key

WORDS = Path(__file__).parent / "danger_words.yml"
LETTERS = (3, 4)
LONGEST = 120
"""Words that are looked at."""


def features(keyed: str) -> Iterator[str]:
    """The features of a keyed text, some of them more than once."""
    words = keyed.split()[:LONGEST]
    groups = [_group(word) for word in words]
    yield from (f"w {word}" for word in words)
    yield from _pairs("p", words)
    yield from _pairs("g", [group or word for word, group in zip(words, groups, strict=True)])
    yield from _storyline([group for group in groups if group])
    for word in words:
        yield from _letters(f"^{word}$")


def _storyline(groups: list[str]) -> Iterator[str]:
    """The groups alone, as they follow each other: who, what, to whom."""
    yield from (f"s {group}" for group in groups)
    line = ["^", *(group for group, _ in groupby(groups)), "$"]
    yield from _pairs("s", line[1:-1])
    yield from (" ".join(("s", *three)) for three in zip(line, line[1:], line[2:], strict=False))


def _pairs(name: str, words: Sequence[str]) -> Iterator[str]:
    yield from (f"{name} {first} {second}" for first, second in pairwise(["^", *words, "$"]))


def _letters(marked: str) -> Iterator[str]:
    for size in LETTERS:
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


@lru_cache(maxsize=20_000)
def _group(word: str) -> str | None:
    """The group of a keyed word; the longest beginning that is listed decides."""
    whole, beginnings = _groups()
    if word in whole:
        return whole[word]
    starts = (word[:size] for size in range(len(word), 1, -1))
    return next((beginnings[start] for start in starts if start in beginnings), None)


@cache
def _groups() -> tuple[dict[str, str], dict[str, str]]:
    """Whole words, and beginnings of words, with their groups."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for name, words in yaml.safe_load(WORDS.read_text(encoding="utf-8")).items():
        for word in words.split():
            found = beginnings if word.endswith("*") else whole
            found.setdefault(key(fold(word.rstrip("*"))), name)
    return whole, beginnings
