from pathlib import Path

import pytest

from knowledge_base import aspects, index
from knowledge_base.aspects import AspectReader


@pytest.fixture(scope="module")
def reader(home: Path) -> AspectReader:
    return index.open_index(home).aspects


def test_the_topic_of_an_example_is_learnt_as_a_topic() -> None:
    sounds = [word.sound for word in aspects._words("χαρτιά για {}")]
    assert sounds == ["xartia", "gia", aspects._TOPIC]


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("μετακόμισα χθες, πώς το δηλώνω;", "how"),
        ("πλήρωσα ήδη το παράβολο, πού πάω τώρα;", "where"),
        ("τι να πάρω μαζί μου για το διαβατήριο", "documents"),
        ("poso kanei to diavatirio", "cost"),
        ("how long is a passport valid", "validity"),
    ],
)
def test_the_clause_that_asks_tells_the_aspect(
    reader: AspectReader, text: str, aspect: str
) -> None:
    assert reader.read(text)[0] == aspect


@pytest.mark.parametrize(
    ("text", "aspects"),
    [
        ("πόσο κάνει το διαβατήριο και τι χαρτιά θέλει;", ("cost", "documents")),
        ("που παω και τι χρειαζομαι για αμκα", ("where", "documents")),
        ("how much is a passport and how long does it take?", ("cost", "time")),
        ("poso kanei h tautothta kai se poses meres vgainei", ("cost", "time")),
        ("τι είναι η ταυτότητα και πόσο κάνει;", ("cost", "overview")),
    ],
)
def test_two_questions_joined_are_both_read_in_their_order(
    reader: AspectReader, text: str, aspects: tuple[str, str]
) -> None:
    assert reader.read(text) == aspects


def test_a_story_before_a_question_is_not_a_second_question(reader: AspectReader) -> None:
    told = "Μου είπαν στην τράπεζα τι να κάνω και γύρισα σπίτι. Πόσο κοστίζει το διαβατήριο;"
    assert reader.read(told) == ("cost",)


def test_a_stop_inside_an_address_ends_no_question() -> None:
    assert "πόσο κάνει στο gov." in aspects._parts("πόσο κάνει στο gov.gr και πού πάω;")


def test_a_greeting_is_not_a_question(reader: AspectReader) -> None:
    assert reader.read("Γεια σου, τι κάνεις; Πόσο κάνει το διαβατήριο;") == ("cost",)


def test_words_of_a_kind_stand_for_each_other() -> None:
    at_one, at_another = (
        {term for term in aspects._terms(text, lambda sound: False) if term.startswith("G")}
        for text in ("το κάνει ο δήμος", "το κάνει η εφορία")
    )
    assert "G<office>" in at_one & at_another


@pytest.mark.parametrize("text", ["διαβατήριο", "το διαβατήριο;", "passport"])
def test_a_topic_alone_asks_for_no_aspect(reader: AspectReader, text: str) -> None:
    assert reader.read(text) == ()
