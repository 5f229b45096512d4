"""Official sentences: conditions taken apart, length cut, nothing invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.official import LONGEST, sentences, shorten, take_condition

LONG = (
    "Υπεύθυνη δήλωση του ν. 1599/1986 ότι ο ενδιαφερόμενος δεν έχει καταδικαστεί για τα αδικήματα "
    "της παρ. Α του άρθρου. Η δήλωση υποβάλλεται μέσω του gov.gr και θεωρείται χωριστά για κάθε "
    "εταίρο, διαχειριστή ή μέλος του διοικητικού συμβουλίου που μετέχει στην επιχείρηση."
)


@pytest.mark.parametrize(
    ("text", "condition", "rest"),
    [
        (
            "Σε περίπτωση συνταξιούχου, απόφαση συνταξιοδότησης",
            "σε περίπτωση συνταξιούχου",
            "Απόφαση συνταξιοδότησης",
        ),
        ("Κάτοψη του χώρου (εφόσον απαιτείται).", "εφόσον απαιτείται", "Κάτοψη του χώρου"),
        ("Για νομικά πρόσωπα: καταστατικό", "για νομικά πρόσωπα", "Καταστατικό"),
        ("Αίτηση, αν υπάρχει", "", "Αίτηση, αν υπάρχει"),
        ("Αντίγραφο άδειας", "", "Αντίγραφο άδειας"),
        ("(εφόσον απαιτείται)", "", "(εφόσον απαιτείται)"),
    ],
)
def test_a_condition_is_taken_apart_where_a_clause_says_it(
    text: str, condition: str, rest: str
) -> None:
    assert take_condition(text) == (condition, rest)


def test_a_short_text_stays_as_it_is() -> None:
    text = "Αίτηση (άρθρο 3 του ν. 2690/1999)."
    assert shorten(text) == text


def test_a_long_text_ends_where_a_sentence_does() -> None:
    assert shorten(LONG) == LONG[: LONG.index(" Η δήλωση")]


def test_references_to_laws_in_brackets_go_first() -> None:
    text = f"Βεβαίωση (άρθρο 8 του ν. 1599/1986, ΦΕΚ Α 75) {'του δήμου ' * 19}"
    assert shorten(text) == f"Βεβαίωση {'του δήμου ' * 19}"


def test_a_sentence_too_long_is_cut_at_a_pause_and_says_so() -> None:
    text = (
        f"Πιστοποιητικό της αρμόδιας αρχής για το επάγγελμα του μεσίτη, {'που να βεβαιώνει ' * 20}"
    )
    assert shorten(text) == "Πιστοποιητικό της αρμόδιας αρχής για το επάγγελμα του μεσίτη…"


@pytest.mark.parametrize("text", ["Βλ. παρ. Α του νόμου", "Στη Δ.Ο.Υ. Αθηνών", "Ο ν. Χ ισχύει"])
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


@given(st.text(alphabet="αβγ ΑΒ.,;()«»-–…😀\n", max_size=600))
def test_whatever_it_is_the_cut_is_short_and_of_the_text(text: str) -> None:
    short = shorten(text)
    assert len(short) <= LONGEST + 1 or short == text
    condition, rest = take_condition(text)
    assert len(condition) + len(rest) <= len(text)
