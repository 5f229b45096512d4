"""Questions in, answers out, over what ships."""

from __future__ import annotations

import pytest

from knowledge_base import Context, KnowledgeBase

PASSPORT, IDENTITY_LOST = "144400", "880224"
IDENTITY = ("707544", "656804")
"""The first one and its renewal: either may be meant by «ταυτότητα», and they cost the same."""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("τι χρειάζομαι για να βγάλω διαβατήριο;", "el"),
        ("ti xreiazomai gia na vgalw diabathrio", "el"),
        ("what do I need for a passport?", "en"),
    ],
)
def test_the_passport_question_is_answered_at_once(
    shipped: KnowledgeBase, text: str, language: str
) -> None:
    answer = shipped.ask(text, language)
    assert (answer.outcome, answer.procedure_id, answer.aspect) == (
        "answered",
        PASSPORT,
        "documents",
    )
    assert answer.sources[0]["url"] == "https://id.mitos.gov.gr/144400"


def test_an_aspect_alone_is_about_the_procedure_talked_of(shipped: KnowledgeBase) -> None:
    first = shipped.ask("τι χρειάζομαι για διαβατήριο;", "el")
    then = shipped.ask("και πόσο κοστίζει;", "el", first.context)
    assert (then.procedure_id, then.aspect) == (PASSPORT, "cost")


def test_a_case_alone_narrows_the_procedure_talked_of(shipped: KnowledgeBase) -> None:
    first = shipped.ask("τι χρειάζομαι για διαβατήριο;", "el")
    then = shipped.ask("όχι, για ανήλικο", "el", first.context)
    assert (then.procedure_id, then.aspect) == (PASSPORT, "documents")
    assert "minor" in then.context.cases


def test_a_case_alone_moves_to_the_sibling_it_names(shipped: KnowledgeBase) -> None:
    first = shipped.read("707544", "cost", "el")
    then = shipped.ask("την έχασα", "el", first.context)
    assert (then.procedure_id, then.aspect) == (IDENTITY_LOST, "cost")


@pytest.mark.parametrize("context", [Context(), Context(PASSPORT, "documents")], ids=["", "after"])
@pytest.mark.parametrize("text", ["επίδομα", "πιστοποιητικό", "δίπλωμα", "benefit"])
def test_a_kind_alone_is_asked_back(shipped: KnowledgeBase, text: str, context: Context) -> None:
    answer = shipped.ask(text, "el", context)
    assert answer.outcome == "clarify"
    assert len(answer.choices) >= 2


@pytest.mark.parametrize("text", ["ανανέωση", "γάμος", "άδεια διαμονής", "ανεργία"])
def test_few_words_that_several_procedures_share_are_asked_back(
    shipped: KnowledgeBase, text: str
) -> None:
    assert shipped.ask(text, "el").outcome == "clarify"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("πόσο κάνει το διαβατήριο;", "el"),
        ("διαβατήριο τιμή", "el"),
        ("how much is a passport", "en"),
        ("passport fee", "en"),
    ],
)
def test_a_short_name_is_found_however_it_is_asked_about(
    shipped: KnowledgeBase, text: str, language: str
) -> None:
    answer = shipped.ask(text, language)
    assert (answer.outcome, answer.procedure_id, answer.aspect) == ("answered", PASSPORT, "cost")


@pytest.mark.parametrize(
    "text", ["πόσο κάνει το εισιτήριο για Πάρο;", "how much is a gym membership"]
)
def test_asking_as_one_asks_about_procedures_does_not_make_it_one(
    shipped: KnowledgeBase, text: str
) -> None:
    assert shipped.ask(text, "el").outcome == "not_found"


def test_a_new_topic_leaves_the_old_one(shipped: KnowledgeBase) -> None:
    first = shipped.ask("τι χρειάζομαι για διαβατήριο;", "el")
    then = shipped.ask("ποιος δικαιούται επίδομα θέρμανσης;", "el", first.context)
    assert (then.procedure_id, then.aspect) == ("153020", "eligibility")


@pytest.mark.parametrize(
    "text",
    [
        "η φωτογραφία πρέπει να είναι έγχρωμη;",
        "πρέπει να έρθει και ο άντρας μου μαζί για το παιδί;",
        "does the old one have to be handed in?",
    ],
)
def test_a_detail_is_asked_of_the_procedure_talked_of(shipped: KnowledgeBase, text: str) -> None:
    assert shipped.ask(text, "el", Context(PASSPORT, "documents")).procedure_id == PASSPORT


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        ("880224", "κι αν μου την έκλεψαν;", "987748"),
        ("106576", "του θανάτου εννοούσα", "167470"),
    ],
)
def test_a_sibling_told_in_words_is_answered(
    shipped: KnowledgeBase, before: str, text: str, meant: str
) -> None:
    assert shipped.ask(text, "el", Context(before, "documents")).procedure_id == meant


def test_another_procedure_named_in_passing_is_a_new_topic(shipped: KnowledgeBase) -> None:
    answer = shipped.ask("πόσο κάνει η ταυτότητα;", "el", Context("664541", "documents"))
    assert answer.procedure_id in IDENTITY
    assert answer.aspect == "cost"


def test_what_is_off_the_topic_is_not_answered_out_of_the_record(shipped: KnowledgeBase) -> None:
    answer = shipped.ask("ποιος βγήκε πρωταθλητής στο μπάσκετ;", "el", Context(PASSPORT, "cost"))
    assert answer.procedure_id is None


def test_an_aspect_alone_without_a_topic_asks_which(shipped: KnowledgeBase) -> None:
    assert shipped.ask("πόσο κοστίζει;", "el").outcome == "clarify"


def test_a_reply_to_a_question_back_is_not_asked_back_again(shipped: KnowledgeBase) -> None:
    choices = ("707544", "656804", IDENTITY_LOST)
    answer = shipped.ask("ανανέωση", "el", Context(aspect="cost", choices=choices))
    assert (answer.procedure_id, answer.aspect) == ("656804", "cost")


def test_an_aspect_alone_before_a_choice_is_made_is_kept_for_it(shipped: KnowledgeBase) -> None:
    choices = ("707544", "656804", IDENTITY_LOST)
    again = shipped.ask("πόσο κάνει;", "el", Context(choices=choices))
    assert tuple(choice.procedure_id for choice in again.choices) == choices
    assert shipped.ask("ανανέωση", "el", again.context).aspect == "cost"


def test_a_message_without_a_word_does_not_repeat_the_answer(shipped: KnowledgeBase) -> None:
    assert shipped.ask("🙂", "el", Context(PASSPORT, "cost")).outcome == "clarify"


def test_a_case_that_makes_no_difference_is_answered_and_said_so(shipped: KnowledgeBase) -> None:
    answer = shipped.ask("για ανήλικο;", "el", Context("707544", "cost"))
    assert (answer.procedure_id, answer.aspect) == ("707544", "cost")
    assert "δεν αναφέρει κάτι διαφορετικό για ανήλικο" in answer.text


@pytest.mark.parametrize("text", ["", " ", "🙂🙂🙂", "…", "1", "ζζζζζ ξξξξξ", "α" * 2000])
def test_what_says_nothing_is_not_answered_as_a_procedure(
    shipped: KnowledgeBase, text: str
) -> None:
    assert shipped.ask(text, "el").outcome in ("clarify", "not_found")


def test_ten_thousand_characters_are_read(shipped: KnowledgeBase) -> None:
    assert shipped.ask("τι χρειάζομαι για διαβατήριο; " * 340, "el").procedure_id == PASSPORT


def test_an_unknown_procedure_cannot_be_read(shipped: KnowledgeBase) -> None:
    with pytest.raises(KeyError):
        shipped.read("000000", "cost", "el")


def test_a_context_of_a_procedure_that_is_gone_asks_which(shipped: KnowledgeBase) -> None:
    assert shipped.ask("πόσο κοστίζει;", "el", Context("000000")).outcome == "clarify"


def test_a_registry_record_without_the_field_is_partly_answered(whole: KnowledgeBase) -> None:
    answer = whole.ask("πόσο κοστίζει ο ακατάσχετος λογαριασμός;", "el")
    assert (answer.outcome, answer.procedure_id) == ("partly_answered", "895302")
    assert "https://id.mitos.gov.gr/895302" in answer.text


def test_every_real_procedure_can_be_answered_in_every_aspect(whole: KnowledgeBase) -> None:
    for procedure in whole.procedures():
        for aspect in ("overview", "documents", "cost", "validity"):
            answer = whole.read(procedure.id, aspect, "el")
            assert answer.outcome in ("answered", "partly_answered")
            assert answer.text
            assert answer.sources[0]["checked"]


def test_what_another_service_answers_is_declined_until_its_record_is_known(
    shipped: KnowledgeBase, whole: KnowledgeBase
) -> None:
    text = "Μετατόπιση Περιπτέρου"
    assert shipped.ask(text, "el").procedure_id is None
    assert whole.title(whole.ask(text, "el").procedure_id or "", "el") == text


def test_a_title_typed_as_it_is_written_is_found_before_what_is_asked_for_more(
    whole: KnowledgeBase,
) -> None:
    title = "Άδεια διύλισης-Ανανέωση"
    assert whole.title(whole.search(title, 1)[0].procedure_id, "el") == title


def test_every_real_title_finds_its_procedure_among_the_first(whole: KnowledgeBase) -> None:
    sample = [one for one in whole.procedures() if not one.shipped][::40]
    missed = [
        one.official_title
        for one in sample
        if one.official_title
        not in [whole.title(hit.procedure_id, "el") for hit in whole.search(one.official_title, 3)]
    ]
    assert missed == []
