"""What is redacted before a citizen's text is stored, and what must be left as it is.

All numbers are invented: their check digits are right, their owners do not exist.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.redaction import redact

REDACTED = {
    # ΑΦΜ
    "το ΑΦΜ μου είναι 123456783": "το ΑΦΜ μου είναι [ΑΦΜ]",
    "123 456 783": "[ΑΦΜ]",
    "123-456-783, ευχαριστώ": "[ΑΦΜ], ευχαριστώ",
    "123.456.783": "[ΑΦΜ]",
    "EL123456783": "EL[ΑΦΜ]",
    "1 2 3 4 5 6 7 8 3": "[ΑΦΜ]",
    "ΑΦΜ 123456789 (με λάθος ψηφίο)": "ΑΦΜ [ΑΦΜ] (με λάθος ψηφίο)",
    "α.φ.μ.: 123456789": "α.φ.μ.: [ΑΦΜ]",
    "to afm mou einai 123456789": "to afm mou einai [ΑΦΜ]",
    "123456789 είναι το αφμ": "[ΑΦΜ] είναι το αφμ",
    "my tax number is 123456789": "my tax number is [ΑΦΜ]",
    "προσωπικός αριθμός 12Α123456783": "προσωπικός αριθμός [ΑΦΜ]",
    # ΑΜΚΑ
    "ΑΜΚΑ 01018012345": "ΑΜΚΑ [ΑΜΚΑ]",
    "01018012342": "[ΑΜΚΑ]",
    "010180 12342": "[ΑΜΚΑ]",
    "amka 99999999999": "amka [ΑΜΚΑ]",
    # identity card and passport
    "ταυτότητα ΑΒ 123456": "ταυτότητα [ΤΑΥΤΟΤΗΤΑ]",
    "ΑΒ-123456": "[ΤΑΥΤΟΤΗΤΑ]",
    "AB123456": "[ΤΑΥΤΟΤΗΤΑ]",
    "αν123456": "[ΤΑΥΤΟΤΗΤΑ]",
    "Χ123456 είναι η παλιά μου": "[ΤΑΥΤΟΤΗΤΑ] είναι η παλιά μου",
    "αριθμός ταυτότητας: αν 123456": "αριθμός ταυτότητας: [ΤΑΥΤΟΤΗΤΑ]",
    "διαβατήριο ΑΤ1234567": "διαβατήριο [ΤΑΥΤΟΤΗΤΑ]",
    # IBAN
    "GR1601101250000000012300695": "[IBAN]",
    "ο IBAN: GR16 0110 1250 0000 0001 2300 695.": "ο IBAN: [IBAN].",
    "GR16-0110-1250-0000-0001-2300-695": "[IBAN]",
    "gr16 0110 1250 0000 0001 2300 999": "[IBAN]",
    "DE89 3704 0044 0532 0130 00 ευχαριστώ": "[IBAN] ευχαριστώ",
    # telephones
    "κινητό 6944123456": "κινητό [ΤΗΛΕΦΩΝΟ]",
    "69 44 12 34 56": "[ΤΗΛΕΦΩΝΟ]",
    "694 412 3456": "[ΤΗΛΕΦΩΝΟ]",
    "210-1234567": "[ΤΗΛΕΦΩΝΟ]",
    "210/1234567": "[ΤΗΛΕΦΩΝΟ]",
    "(2310) 123456": "[ΤΗΛΕΦΩΝΟ]",
    "+30 210 123 4567": "[ΤΗΛΕΦΩΝΟ]",
    "00306944123456": "[ΤΗΛΕΦΩΝΟ]",
    "+44 20 7946 0958": "[ΤΗΛΕΦΩΝΟ]",
    "6944123456 123456783": "[ΤΗΛΕΦΩΝΟ] [ΑΦΜ]",
    "(κινητό 6944123456)": "(κινητό [ΤΗΛΕΦΩΝΟ])",
    # e-mail
    "maria.dokimastiki@example.gr": "[EMAIL]",
    "γράψτε στο maria@example.co.uk.": "γράψτε στο [EMAIL].",
    "μαρία@παράδειγμα.ελ": "[EMAIL]",
    "maria παπάκι gmail τελεία com": "[EMAIL]",
    "maria at gmail dot com": "[EMAIL]",
    # cards
    "4111 1111 1111 1111": "[ΚΑΡΤΑ]",
    "5500-0000-0000-0004": "[ΚΑΡΤΑ]",
    "378282246310005": "[ΚΑΡΤΑ]",
    "κάρτα 4111111111111112": "κάρτα [ΚΑΡΤΑ]",
    # digits in words
    "ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ τρία": "[ΑΦΜ]",
    "μηδέν, εννέα, τρία, έξι, επτά, οκτώ, δύο, ένα, μηδέν": "[ΑΡΙΘΜΟΣ]",
    "εξακόσια ενενήντα επτά μηδέν μηδέν ένα δύο τρία τέσσερα πέντε": "[ΤΗΛΕΦΩΝΟ]",
    "εξήντα εννιά σαράντα τέσσερα δώδεκα τριάντα τέσσερα πενήντα έξι": "[ΤΗΛΕΦΩΝΟ]",
    "my number is six nine seven double zero one two three four five": "my number is [ΤΗΛΕΦΩΝΟ]",
    "ena dio tria tessera pente exi efta okto tria": "[ΑΦΜ]",
    "694 τέσσερα ένα δύο τρία τέσσερα πέντε έξι": "[ΤΗΛΕΦΩΝΟ]",
}

KEPT = [
    "τι χρειάζομαι για διαβατήριο;",
    "η διαδικασία 144400",
    "Η 144400 ισχύει; το 144400; ΤΟ 144400; no 144400",
    "000000000",
    "κοστίζει 84,40 ευρώ",
    "1.234.567,89 €",
    "100.000.000 ευρώ",
    "στις 21-03-2024 10:30",
    "γεννήθηκα 1/2/1985 ή 01.02.1985",
    "από 2019 έως 2024",
    "ν. 1599/1986 και ν. 4727/2020",
    "ΦΕΚ Β 123456",
    "ΦΕΚ 2346/Β/24-06-2020",
    "καλέστε το 1500, το 112, το 15900 ή το 116000",
    "Τ.Κ. 115 26",
    "υπόθεση ΑΡ-2026-000123",
    "2026-000123",
    "αριθμός πρωτοκόλλου 12345/2024",
    "έντυπο Ε9 και Α21",
    "έχω δύο παιδιά, ένα τριών και ένα πέντε χρονών",
    "ένα δύο τρία τέσσερα",
    "σε 10 με 15 ημέρες, 2 φωτογραφίες 4x6",
    "meet me at noon dot",
    "@ κάτι",
    "",
]


@pytest.mark.parametrize(("text", "expected"), REDACTED.items(), ids=list(REDACTED))
def test_a_personal_number_is_replaced_by_its_placeholder(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_a_text_without_personal_numbers_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_every_number_of_a_long_text_is_found() -> None:
    text = "Είμαι ο Νίκος, ΑΦΜ 123456783, τηλ. 210 1234567 ή 6944123456, nikos@example.gr."
    assert redact(text) == "Είμαι ο Νίκος, ΑΦΜ [ΑΦΜ], τηλ. [ΤΗΛΕΦΩΝΟ] ή [ΤΗΛΕΦΩΝΟ], [EMAIL]."


_PIECES = st.sampled_from(
    [
        *REDACTED,
        *KEPT,
        "123456783",
        "69",
        "-",
        " ",
        ".",
        "+",
        "(",
        "@",
        "GR16",
        "ΑΦΜ",
        "٣",
        "²",
        "İ",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_any_text_at_all_is_accepted(text: str) -> None:
    assert isinstance(redact(text), str)


@pytest.mark.parametrize("text", REDACTED.values())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1", "a", "a.@", "GR1 ", "AB 1234 ", "( (", "ένα ", "12-", "6944123456 ", "a@a."],
)
def test_ten_thousand_hostile_characters_come_back(piece: str) -> None:
    assert isinstance(redact((piece * 10_000)[:10_000]), str)
