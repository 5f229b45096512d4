"""A procedure of the registry, as every part of the knowledge base sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

Aspect = Literal[
    "overview", "documents", "cost", "time", "where", "how", "eligibility", "online", "validity",
    "law",
]  # fmt: skip
LAW: Aspect = "law"
ASPECTS: tuple[Aspect, ...] = tuple(one for one in get_args(Aspect) if one != LAW)
"""What every language has words for; the law is told to who asks for it."""

Localised = dict[str, str]
"""A text by language code; Greek (`el`) is the original."""


@dataclass(frozen=True)
class Fact:
    """One thing that is true of a procedure, and when it is."""

    text: Localised
    when: tuple[str, ...] = ()
    """The cases it holds for (`minor`, `renewal`, …); empty: always."""
    condition: Localised = field(default_factory=dict)
    """The condition it holds under, in the record's own words."""
    type: Localised = field(default_factory=dict)
    """Of a document: what the registry says it is, such as «Υπεύθυνη δήλωση»."""
    channel: str | None = None
    """`online`, `counter`, `video`, `phone`, `post` or `app`; `None`: any."""
    url: str | None = None
    registry: tuple[int, ...] = ()
    """Numbers of the registry's required documents that it covers."""
    why: str = ""
    """Why it is here although the registry's record lacks it."""


@dataclass(frozen=True)
class Difference:
    """A deviation from the registry's record that an editor has explained."""

    why: str
    evidence: tuple[int, ...] = ()
    title: bool = False


@dataclass(frozen=True)
class Procedure:
    """A record: answers are read off it, never written freely."""

    id: str
    """The official registry id."""
    official_title: str
    title: Localised
    link: str
    checked: date
    """The day of the official record that the facts were compared with."""
    summary: Localised = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What people call it, by language."""
    corrected: tuple[tuple[str, str], ...] = ()
    """Questions that are about it by the word of staff: language and text."""
    contrast: Localised = field(default_factory=dict)
    """What tells it apart from its siblings («λόγω απώλειας»)."""
    body: Localised = field(default_factory=dict)
    popularity: int = 0
    """How many people ask for it, 1 to 5; 0 where nobody has said."""
    shipped: bool = False
    """Whether it is written and kept by the product itself."""
    pays: bool = False
    """Whether the citizen is paid: a benefit, a pension."""
    eligibility: tuple[Fact, ...] = ()
    documents: tuple[Fact, ...] = ()
    cost: tuple[Fact, ...] = ()
    time: tuple[Fact, ...] = ()
    where: tuple[Fact, ...] = ()
    how: tuple[Fact, ...] = ()
    validity: tuple[Fact, ...] = ()
    law: tuple[Fact, ...] = ()
    related: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
