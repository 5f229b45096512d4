import pytest

from knowledge_base.glossary import also_called
from knowledge_base.lexicon import lexicon


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("τι χρειάζομαι για να βγάλω διαβατήριο;", "documents"),
        ("ti xartia thelei to diavatirio", "documents"),
        ("πόσο κάνει η ταυτότητα;", "cost"),
        ("how much is a passport", "cost"),
        ("σε πόσες μέρες βγαίνει;", "time"),
        ("πού πάω για την ταυτότητα;", "where"),
        ("πώς ανανεώνω το δίπλωμα", "how"),
        ("δικαιούμαι επίδομα θέρμανσης;", "eligibility"),
        ("γίνεται ηλεκτρονικά;", "online"),
        ("για πόσα χρόνια ισχύει η ταυτότητα;", "validity"),
    ],
)
def test_the_aspect_asked_for_is_read(text: str, aspect: str) -> None:
    assert lexicon().read(text).aspects[0] == aspect


@pytest.mark.parametrize("text", ["διαβατήριο", "θέλω διαβατήριο", "passport please"])
def test_a_topic_alone_asks_for_no_aspect(text: str) -> None:
    assert lexicon().read(text).aspects == ()


@pytest.mark.parametrize("text", ["και πόσο κοστίζει;", "πού;", "kai poso kostizei", "how much?"])
def test_an_aspect_alone_is_about_nothing(text: str) -> None:
    question = lexicon().read(text)
    assert question.aspects
    assert not question.about


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("όχι, για ανήλικο", "minor"),
        ("το έχασα", "loss"),
        ("my passport was stolen", "theft"),
        ("lhgmeno diploma", "renewal"),
    ],
)
def test_the_case_is_read(text: str, case: str) -> None:
    assert case in lexicon().read(text).cases


@pytest.mark.parametrize("text", ["", "🙂🙂", "??!", "όχι", "άλλο ήθελα"])
def test_a_text_without_content_is_about_nothing(text: str) -> None:
    question = lexicon().read(text)
    assert (question.about, question.cases) == ((), ())


def test_a_body_is_meant_by_the_names_it_used_to_have() -> None:
    assert also_called(("καρτα", "οαεδ")) == ("δυπα",)
    assert also_called(("δυπα", "οαεδ")) == ()
    assert also_called(("δυπα",)) == ()
