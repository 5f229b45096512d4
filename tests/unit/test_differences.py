"""The question back: made of what differs between the procedures that may be meant."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base import content
from knowledge_base.answer import Context, choose
from knowledge_base.procedure import Procedure


def asked(*titles: str, language: str = "el") -> str:
    listed = [
        Procedure(str(place), title, {language: title, "el": title}, "", date(2024, 5, 10))
        for place, title in enumerate(titles)
    ]
    return choose(listed, language, "clarify", Context()).text


@pytest.mark.parametrize(
    ("titles", "question"),
    [
        (
            ("Διαβατήριο για ενήλικο", "Διαβατήριο για ανήλικο"),
            "Για ενήλικο ή για ανήλικο;",
        ),
        (
            ("Πρώτη έκδοση", "Ανανέωση άδειας", "Απώλεια άδειας"),
            "Για πρώτη φορά, για ανανέωση ή σε απώλεια;",
        ),
        (
            ("Άδεια διαμονής για σπουδές", "Άδεια διαμονής για εργασία"),
            "Άδεια διαμονής: για σπουδές ή για εργασία;",
        ),
        (
            ("Μετατροπή αλβανικού διπλώματος", "Μετατροπή βρετανικού διπλώματος"),
            "Μετατροπή: αλβανικού ή βρετανικού διπλώματος;",
        ),
        (
            ("Αίτηση λόγω γάμου", "Αίτηση λόγω θανάτου"),
            "Αίτηση: λόγω γάμου ή λόγω θανάτου;",
        ),
    ],
)
def test_siblings_are_told_apart_by_what_they_do_not_share(
    titles: tuple[str, ...], question: str
) -> None:
    assert asked(*titles) == question


def test_in_english_too() -> None:
    titles = ("Residence permit for studies", "Residence permit for work")
    assert asked(*titles, language="en") == "Residence permit: for studies or for work?"


@pytest.mark.parametrize(
    "titles",
    [
        ("Έκδοση ταυτότητας", "Έκδοση ταυτότητας λόγω απώλειας"),
        ("Άδεια ταξί", "Σύνταξη χηρείας"),
        ("Δίπλωμα λόγω απώλειας ή κλοπής", "Δίπλωμα λόγω φθοράς"),
        ("Βεβαίωση πολίτη ΕΕ (εργαζόμενοι)", "Βεβαίωση πολίτη ΕΕ (χωρίς εργασία)"),
    ],
)
def test_where_the_difference_is_no_short_question_the_titles_are_shown(
    titles: tuple[str, ...],
) -> None:
    question = asked(*titles)
    assert question in ("Ποιο από αυτά σας ενδιαφέρει;",) or question.count("(") == 2


def test_the_shipped_identity_cards_are_asked_for_by_what_happened() -> None:
    titled = {one.title["el"]: one for one in content.load()}
    lost, stolen = (titled[f"Νέα ταυτότητα λόγω {what}"] for what in ("απώλειας", "κλοπής"))
    answer = choose([lost, stolen], "el", "clarify", Context())
    assert answer.text == "Σε απώλεια ή σε κλοπή;"
    assert [choice.title for choice in answer.choices] == [lost.title["el"], stolen.title["el"]]
