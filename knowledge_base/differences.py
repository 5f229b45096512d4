"""What tells the procedures apart that a question may be about, so that it can be asked back.

Titles of siblings share most of their words: what they do not share is the question. «Άδεια για
σπουδές» and «Άδεια για εργασία» make «Άδεια: για σπουδές ή για εργασία;».
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.lexicon import lexicon
from knowledge_base.procedure import Procedure
from knowledge_base.text import fold

EXCLUSIVE = (
    {"adult", "minor"},
    {"first", "renewal", "loss", "theft", "damage", "change", "copy"},
    {"greek", "eu", "non_eu"},
    {"man", "woman"},
    {"online", "counter"},
)
"""Cases of which one procedure, and one citizen, has one."""
_LONGEST = 6
"""Words of a difference, or shared after it; longer ones are read better as titles."""
_SMALL = 4
"""Letters of a word that leads to the next («για», «λόγω»): it belongs to the difference."""
_TOKEN = re.compile(r"\S+")
_EDGES = ".,:;·–- "
_CHOICE = re.compile(r"\s(?:ή|or|και|and|&)\s")


@dataclass(frozen=True)
class Differing:
    """What titles share, and what each has alone between."""

    before: str
    alone: tuple[str, ...]
    after: str


def cases_that_differ(procedures: Sequence[Procedure]) -> list[str] | None:
    """For each procedure its case of one group, where all have one and no two the same."""
    told = [cases_of(one) for one in procedures]
    for group in EXCLUSIVE:
        own = [group & cases for cases in told]
        if all(len(cases) == 1 for cases in own):
            listed = [next(iter(cases)) for cases in own]
            if len(set(listed)) == len(listed):
                return listed
    return None


def words_that_differ(titles: Sequence[str]) -> Differing | None:
    """What tells titles apart; nothing where that is empty for one, long, or a choice itself."""
    tokens = [_TOKEN.findall(title) for title in titles]
    folded = [[fold(token.strip(_EDGES)) for token in one] for one in tokens]
    start = _shared(folded)
    while start and len(folded[0][start - 1]) <= _SMALL:
        start -= 1
    end = _shared([one[start:][::-1] for one in folded])
    if not start or any(len(one) <= start + end for one in tokens):
        return None
    alone = tuple(_joined(one[start : len(one) - end]) for one in tokens)
    if any(_unfit(own) for own in alone):
        return None
    after = tokens[0][len(tokens[0]) - end :]
    return Differing(
        _joined(tokens[0][:start]), alone, _joined(after) if len(after) <= _LONGEST else ""
    )


def _joined(tokens: Sequence[str]) -> str:
    return " ".join(tokens).strip(_EDGES)


def _unfit(own: str) -> bool:
    odd = own.count("(") != own.count(")") or own.count("«") != own.count("»")
    return not own or odd or len(own.split()) > _LONGEST or bool(_CHOICE.search(own))


def _shared(rows: Sequence[Sequence[str]]) -> int:
    """How many first items all rows share."""
    shared = 0
    for column in zip(*rows, strict=False):
        if len(set(column)) > 1:
            break
        shared += 1
    return shared


def cases_of(procedure: Procedure) -> set[str]:
    """The cases that a procedure's title names: «λόγω απώλειας» is `loss`."""
    texts = (procedure.title.get("el", ""), procedure.contrast.get("el", ""))
    return {case for text in texts for case in lexicon().read(text).cases}
