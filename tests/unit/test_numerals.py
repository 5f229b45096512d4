"""Numbers as they are said aloud."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.numerals import english, greek, say


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "μηδέν"),
        (1, "ένα"),
        (14, "δεκατέσσερα"),
        (21, "είκοσι ένα"),
        (100, "εκατό"),
        (101, "εκατόν ένα"),
        (244, "διακόσια σαράντα τέσσερα"),
        (900, "εννιακόσια"),
        (1000, "χίλια"),
        (1500, "χίλια πεντακόσια"),
        (2024, "δύο χιλιάδες είκοσι τέσσερα"),
        (4495, "τέσσερις χιλιάδες τετρακόσια ενενήντα πέντε"),
        (21_000, "είκοσι μία χιλιάδες"),
        (200_000, "διακόσιες χιλιάδες"),
        (1_000_001, "ένα εκατομμύριο ένα"),
        (3_200_000, "τρία εκατομμύρια διακόσιες χιλιάδες"),
    ],
)
def test_a_greek_number(number: int, words: str) -> None:
    assert greek(number) == words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3 ημέρες", "τρεις ημέρες"),
        ("1 ημέρα", "μία ημέρα"),
        ("1 μήνας", "ένας μήνας"),
        ("1 έτος", "ένα έτος"),
        ("4 μήνες", "τέσσερις μήνες"),
        ("3 μηνών", "τριών μηνών"),
        ("14 ετών", "δεκατεσσάρων ετών"),
        ("200 ετών", "διακοσίων ετών"),
        ("3 αντίγραφα", "τρία αντίγραφα"),
        ("201 αιτήσεις", "διακόσιες μία αιτήσεις"),
        ("84,40 €", "ογδόντα τέσσερα ευρώ και σαράντα λεπτά"),
        ("5 – 84,4 €", "πέντε έως ογδόντα τέσσερα ευρώ και σαράντα λεπτά"),
        ("0,50 ευρώ", "πενήντα λεπτά"),
        ("10 ευρώ", "δέκα ευρώ"),
        ("1.200,50 €", "χίλια διακόσια ευρώ και πενήντα λεπτά"),
        ("67%", "εξήντα επτά τοις εκατό"),
        ("1,05 %", "ένα κόμμα μηδέν πέντε τοις εκατό"),
        ("31/12/2026", "τριάντα μία Δεκεμβρίου δύο χιλιάδες είκοσι έξι"),
        ("1/1/2027", "πρώτη Ιανουαρίου δύο χιλιάδες είκοσι επτά"),
        ("29/2/2028", "είκοσι εννέα Φεβρουαρίου δύο χιλιάδες είκοσι οκτώ"),
        ("2024-05-10", "δέκα Μαΐου δύο χιλιάδες είκοσι τέσσερα"),
        ("έως 1 Μαρτίου", "έως πρώτη Μαρτίου"),
        ("στις 14:30", "στις δεκατέσσερις και τριάντα"),
        ("στις 9:00", "στις εννέα"),
        (
            "ν. 4495/2017",
            "ν. τέσσερις χιλιάδες τετρακόσια ενενήντα πέντε του δύο χιλιάδες δεκαεπτά",
        ),
        ("2103332555", "δύο ένα μηδέν, τρία τρία τρία, δύο πέντε πέντε, πέντε"),
        ("Ε9 και Α4", "Ε9 και Α4"),
        ("45/13/2024", "45/13/2024"),
        ("20 κυβικά", "είκοσι κυβικά"),
    ],
)
def test_greek_digits_are_said_as_they_agree(written: str, said: str) -> None:
    assert say(written, "el") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3 days", "three days"),
        ("€84.40, then 10 euros", "eighty-four euros and forty cents, then ten euros"),
        ("84,40 €", "eighty-four euros and forty cents"),
        ("1 euro", "one euro"),
        ("31/12/2026", "the thirty-first of December twenty twenty-six"),
        ("2 May 2005", "the second of May two thousand and five"),
        ("25%", "twenty-five per cent"),
        ("9:05", "nine five"),
        ("365 days", "three hundred and sixty-five days"),
        ("1.250 people", "one thousand two hundred and fifty people"),
    ],
)
def test_english_digits_are_said(written: str, said: str) -> None:
    assert say(written, "en") == said


def test_another_language_keeps_its_digits_for_its_own_voice() -> None:
    assert say("3 Tage, 31.12.2026", "de") == "3 Tage, 31.12.2026"


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_a_number_beyond_what_is_said_is_refused(number: int) -> None:
    for words in (greek, english):
        with pytest.raises(ValueError, match=str(number)):
            words(number)


@given(st.integers(0, 999_999_999))
def test_every_number_has_words_and_no_digit(number: int) -> None:
    for said in (greek(number), greek(number, "feminine"), english(number)):
        assert said
        assert not re.search(r"\d|  ", said)


@given(st.text(alphabet="0123456789.,/:-–% €ευρώ ημέρες\n", max_size=60))
def test_whatever_is_written_is_said_without_a_fault(text: str) -> None:
    say(text, "el")
    say(text, "en")
