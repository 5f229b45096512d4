"""Answers to be heard: two sentences a part, numbers in words, nothing to click."""

from __future__ import annotations

import re
from datetime import date

import pytest

from knowledge_base import content
from knowledge_base.answer import Context, choose, compose
from knowledge_base.procedure import ASPECTS, Fact, Procedure
from knowledge_base.registry import procedure

PASSPORT = Procedure(
    id="1",
    official_title="Έκδοση διαβατηρίου",
    title={"el": "Έκδοση διαβατηρίου", "en": "Getting a passport"},
    link="https://id.mitos.gov.gr/1",
    checked=date(2024, 5, 10),
    documents=tuple(
        Fact({"el": f"Χαρτί {name}, στη θυρίδα", "en": f"Paper {name}"})
        for name in ("άλφα", "βήτα", "γάμμα", "δέλτα", "έψιλον", "ζήτα", "ήτα", "θήτα")
    ),
    cost=(Fact({"el": "84,40 € https://www.gov.gr", "en": "84.40 €"}, when=("adult",)),),
    time=(Fact({"el": "3 ημέρες", "en": "3 days"}),),
)
SPOKEN = {
    "cost": ("Έκδοση διαβατηρίου. Κόστος: για ενήλικο, ογδόντα τέσσερα ευρώ και σαράντα λεπτά.",),
    "time": ("Έκδοση διαβατηρίου. Χρόνος: τρεις ημέρες.",),
    "where": ("Για «Έκδοση διαβατηρίου» δεν έχω επιβεβαιωμένο πού γίνεται.",),
}


@pytest.mark.parametrize("aspect", SPOKEN)
def test_one_aspect_is_said_with_its_title_in_words(aspect: str) -> None:
    assert compose(PASSPORT, (aspect,), "el", ()).spoken == SPOKEN[aspect]


def test_what_does_not_fit_in_two_sentences_is_asked_for() -> None:
    first, *more = compose(PASSPORT, ("documents",), "el", ()).spoken
    assert first.endswith("Να συνεχίσω;")
    assert "άλφα" in first
    assert "θήτα" not in first
    assert "θήτα" in " ".join(more)
    assert not more[-1].endswith("Να συνεχίσω;")


def test_what_is_missing_and_what_is_known_are_said_together() -> None:
    (said,) = compose(PASSPORT, ("where", "time"), "el", ()).spoken
    assert said == (
        "Για «Έκδοση διαβατηρίου» δεν έχω επιβεβαιωμένο πού γίνεται. Χρόνος: τρεις ημέρες."
    )


def test_an_official_text_in_greek_is_announced_to_who_hears_english() -> None:
    greek = Procedure(
        "1", "Άδεια", {"el": "Άδεια"}, "", date(2024, 5, 10), time=(Fact({"el": "3 ημέρες"}),)
    )
    (said,) = compose(greek, ("time",), "en", ()).spoken
    assert said == "The official text exists only in Greek. Άδεια. Time: τρεις ημέρες."


def test_choices_are_said_after_the_question() -> None:
    other = Procedure("2", "Ταυτότητα", {"el": "Ταυτότητα"}, "", date(2024, 5, 10))
    (said,) = choose([PASSPORT, other], "el", "clarify", Context()).spoken
    assert said.endswith("Έκδοση διαβατηρίου ή Ταυτότητα.")


def test_a_law_is_said_as_a_law() -> None:
    read = procedure(
        {
            "id": "100001",
            "title": {"el": "Βεβαίωση"},
            "last_updated": "2024-05-10",
            "metadata": {
                "process_evidences": [{"evidence_description": "Δήλωση του ν. 1599/1986"}]
            },
        }
    )
    (said,) = compose(read, ("documents",), "el", ()).spoken
    assert said == (
        "Βεβαίωση. Χρειάζεστε: δήλωση του νόμου χίλια πεντακόσια ενενήντα εννέα "
        "του χίλια εννιακόσια ογδόντα έξι."
    )


@pytest.mark.parametrize("language", ["el", "en"])
def test_every_shipped_procedure_can_be_heard_in_every_aspect(language: str) -> None:
    for one in content.load():
        for aspect in ASPECTS:
            for part in compose(one, (aspect,), language, ()).spoken:
                assert 0 < len(part) <= 480, (one.id, aspect, part)
                assert "http" not in part
                assert not re.search(r"(?<![\w./×-])\d{1,3}(?![\w./×-])", part), (
                    one.id,
                    aspect,
                    part,
                )
