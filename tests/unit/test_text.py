import pytest

from knowledge_base import text


@pytest.mark.parametrize(
    ("greek", "typed"),
    [
        ("ταυτότητα", "taytothta"),
        ("ταυτότητα", "taftotita"),
        ("ταυτότητα", "ταφτότιτα"),
        ("διαβατήριο", "diavatirio"),
        ("διαβατήριο", "diabathrio"),
        ("υπεύθυνη δήλωση", "upeu8unh dhlwsh"),
        ("υπεύθυνη δήλωση", "ypefthini dilosi"),
        ("πιστοποιητικό γέννησης", "pistopoihtiko gennhshs"),
        ("πιστοποιητικό γέννησης", "pistopiitiko genisis"),
        ("χωρίς", "xwris"),
        ("χωρίς", "horis"),
        ("χρόνος", "hronos"),
        ("ξένος", "3enos"),
        ("αντίγραφο", "antigrafo"),
        ("σύνταξη", "suntaksi"),
        ("ευρωπαϊκή κάρτα", "eyrwpaikh karta"),
        ("ηλεκτρονικό", "hlektroniko"),
        ("άνθρωπος", "anthropos"),
        ("μπορώ", "boro"),
    ],
)
def test_greek_and_greeklish_sound_the_same(greek: str, typed: str) -> None:
    assert text.phonetic(typed) == text.phonetic(greek)


@pytest.mark.parametrize(
    "forms",
    [
        ("διαβατήριο", "διαβατήρια", "διαβατηρίου", "ΔΙΑΒΑΤΗΡΙΩΝ"),
        ("ταυτότητα", "ταυτότητας", "ταυτότητες"),
        ("γάμος", "γάμου", "γάμο"),
        ("passport", "passports"),
    ],
)
def test_inflections_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({text.stem(text.fold(form)) for form in forms}) == 1


def test_folding_forgets_case_accents_and_the_final_sigma() -> None:
    assert text.fold("Ταυτότητας ΐ") == "ταυτοτητασ ι"


def test_latin_letters_inside_a_greek_word_are_mended() -> None:
    assert text.greek_letters("Aίτηση για e-mail") == "Αίτηση για e-mail"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("στη Δ.Ο.Υ. Αθηνών", ["στη", "δου", "αθηνων"]),
        ("κάρτα Δ.ΥΠ.Α", ["καρτα", "δυπα"]),
        ("π.χ. το www.gov.gr", ["πχ", "το", "www", "gov", "gr"]),
        ("ν. 1599/1986, παρ. 2", ["ν", "1599", "1986", "παρ", "2"]),
        ("10.5.2024", ["10", "5", "2024"]),
        ("τέλος. Ο ν. λέει", ["τελοσ", "ο", "ν", "λεει"]),
    ],
)
def test_an_abbreviation_with_dots_is_one_word(written: str, found: list[str]) -> None:
    assert text.words(written) == found
