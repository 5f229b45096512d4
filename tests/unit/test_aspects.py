import pytest

from knowledge_base import aspects
from knowledge_base.aspects import AspectReader


@pytest.fixture(scope="module")
def reader() -> AspectReader:
    return AspectReader.train(["έκδοση διαβατηρίου", "ανανέωση διπλώματος", "passport"])


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


def test_words_of_a_kind_stand_for_each_other() -> None:
    at_one, at_another = (
        {term for term in aspects._terms(text, lambda sound: False) if term.startswith("G")}
        for text in ("το κάνει ο δήμος", "το κάνει η εφορία")
    )
    assert "G<office>" in at_one & at_another


@pytest.mark.parametrize("text", ["διαβατήριο", "το διαβατήριο;", "passport"])
def test_a_topic_alone_asks_for_no_aspect(reader: AspectReader, text: str) -> None:
    assert reader.read(text) == ()
