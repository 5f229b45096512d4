"""Answers are read off the record: these use a record made for the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.answer import Context, choose, compose, nothing_different
from knowledge_base.procedure import Fact, Procedure

RECORD = Procedure(
    id="123456",
    official_title="Έκδοση δοκιμαστικού",
    title={"el": "Δοκιμαστικό", "en": "Trial paper"},
    link="https://id.mitos.gov.gr/123456",
    checked=date(2024, 5, 10),
    summary={"el": "Ένα δοκιμαστικό χαρτί.", "en": "A trial paper."},
    popularity=3,
    documents=(
        Fact({"el": "Συναίνεση γονέα", "en": "A parent's consent"}, when=("minor",)),
        Fact({"el": "Ταυτότητα", "en": "Identity card"}),
        Fact({"el": "Το παλιό", "en": "The old one"}, when=("renewal",)),
    ),
    cost=(
        Fact({"el": "10 €", "en": "€10"}, when=("adult",)),
        Fact({"el": "5 €", "en": "€5"}, when=("minor",)),
    ),
    where=(
        Fact({"el": "Στο gov.gr", "en": "On gov.gr"}, channel="online", url="https://www.gov.gr"),
        Fact({"el": "Στο ΚΕΠ", "en": "At a ΚΕΠ"}, channel="counter"),
    ),
    how=(Fact({"el": "Κάνετε αίτηση.", "en": "Apply."}),),
)


def test_a_question_about_documents_also_tells_cost_and_place_at_once() -> None:
    text = compose(RECORD, ("documents",), "el", ()).text
    assert text.index("Ταυτότητα") < text.index("10 €") < text.index("Στο ΚΕΠ")


def test_a_question_about_cost_tells_the_cost_only() -> None:
    answer = compose(RECORD, ("cost",), "el", ())
    assert "10 €" in answer.text
    assert "Ταυτότητα" not in answer.text


def test_facts_of_another_case_are_left_out_and_those_of_the_case_unlabelled() -> None:
    text = compose(RECORD, ("cost",), "el", ("minor",)).text
    assert "5 €" in text
    assert "10 €" not in text
    assert "για ανήλικο" not in text


def test_without_a_case_each_conditional_fact_says_when_it_holds() -> None:
    assert "5 € (για ανήλικο)" in compose(RECORD, ("cost",), "el", ()).text


def test_what_always_holds_comes_before_what_sometimes_does() -> None:
    card = compose(RECORD, ("documents",), "el", ()).card
    assert card is not None
    texts = [item["text"] for item in card["sections"][0]["items"]]
    assert texts == ["Ταυτότητα", "Συναίνεση γονέα", "Το παλιό"]


def test_the_section_asked_for_comes_first_and_open() -> None:
    card = compose(RECORD, ("cost",), "en", ()).card
    assert card is not None
    assert [(s["aspect"], s["open"]) for s in card["sections"]][:2] == [
        ("cost", True),
        ("documents", False),
    ]


def test_an_answer_about_one_field_does_not_tell_again_what_the_procedure_is() -> None:
    card = compose(RECORD, ("cost",), "el", ()).card
    assert card is not None
    assert card["summary"] is None


def test_of_many_documents_those_that_only_some_bring_come_under_a_line_of_their_own() -> None:
    some = tuple(
        Fact({"el": f"Χαρτί {case}", "en": case}, when=(case,))
        for case in ("minor", "renewal", "abroad")
    )
    record = replace(RECORD, documents=(*some, Fact({"el": "Ταυτότητα", "en": "Card"})))
    text = compose(record, ("documents",), "el", ()).text
    assert text.index("• Ταυτότητα") < text.index("Μόνο αν ισχύει") < text.index("• Χαρτί minor")


def test_the_channel_is_not_said_twice_of_what_is_done_online() -> None:
    assert "Ηλεκτρονικά: Στο gov.gr" in compose(RECORD, ("online",), "el", ()).text


def test_a_case_that_the_record_does_not_tell_apart_is_said_so() -> None:
    said = nothing_different(RECORD, "how", ("minor",), "el")
    assert said == "Το μητρώο δεν αναφέρει κάτι διαφορετικό για ανήλικο."
    assert nothing_different(RECORD, "cost", ("minor",), "el") is None


def test_a_missing_field_is_said_to_be_missing_with_the_official_link() -> None:
    answer = compose(RECORD, ("validity",), "el", ())
    assert answer.outcome == "partly_answered"
    assert "https://id.mitos.gov.gr/123456" in answer.text


def test_two_aspects_asked_together_are_both_answered() -> None:
    answer = compose(RECORD, ("cost", "where"), "en", ())
    assert "€10" in answer.text
    assert "At a ΚΕΠ" in answer.text


def test_one_known_and_one_missing_aspect_is_a_partial_answer() -> None:
    answer = compose(RECORD, ("cost", "validity"), "en", ())
    assert answer.outcome == "partly_answered"
    assert "€10" in answer.text


def test_what_was_asked_first_is_told_or_said_to_be_missing_first() -> None:
    text = compose(RECORD, ("validity", "cost"), "en", ()).text
    assert text.index("period of validity") < text.index("€10")


def test_what_is_online_is_not_called_online_twice_on_the_card() -> None:
    (online,) = (
        section["items"]
        for section in compose(RECORD, ("online",), "el", ()).card["sections"]
        if section["aspect"] == "online"
    )
    assert [item["channel"] for item in online] == [None]


def test_what_a_benefit_pays_is_told_to_who_asks_how_much() -> None:
    text = compose(replace(RECORD, pays=True), ("cost",), "el", ()).text
    assert text.index(RECORD.summary["el"]) < text.index("10 €")


def test_one_of_several_cases_that_is_met_leaves_no_condition() -> None:
    replaced = replace(RECORD, documents=(Fact({"el": "Το παλιό"}, when=("renewal", "loss")),))
    assert "Το παλιό (" not in compose(replaced, ("documents",), "el", ("renewal",)).text


def test_where_it_is_done_is_told_once_though_nothing_is_online() -> None:
    at_office = replace(RECORD, where=RECORD.where[1:])
    assert compose(at_office, ("online", "where"), "el", ()).text.count("Στο ΚΕΠ") == 1


def test_a_text_only_in_greek_is_said_to_be_so_in_english() -> None:
    greek = replace(RECORD, cost=(Fact({"el": "10 €, με παράβολο"}),))
    assert "only in Greek" in compose(greek, ("cost",), "en", ()).text


def test_the_source_carries_title_link_and_day() -> None:
    (source,) = compose(RECORD, (), "el", ()).sources
    assert source == {
        "title": "Εθνικό Μητρώο Διοικητικών Διαδικασιών: Έκδοση δοκιμαστικού",
        "url": "https://id.mitos.gov.gr/123456",
        "checked": "2024-05-10",
    }


@pytest.mark.parametrize("language", ["el", "en"])
def test_an_answer_without_an_aspect_is_an_overview(language: str) -> None:
    answer = compose(RECORD, (), language, ())
    assert (answer.aspect, answer.outcome) == ("overview", "answered")
    assert answer.text.count(RECORD.summary[language]) == 1


def test_two_aspects_are_both_told_and_both_open_on_the_card() -> None:
    answer = compose(RECORD, ("where", "cost"), "el", ())
    opened = [section["aspect"] for section in answer.card["sections"] if section["open"]]
    assert (answer.told, opened) == (("where", "cost"), ["where", "cost"])


def test_what_a_benefit_pays_is_told_beside_its_fee_where_either_may_be_meant() -> None:
    answer = compose(RECORD, ("cost", "overview"), "el", ())
    assert answer.text.index(RECORD.summary["el"]) < answer.text.index("Κόστος")
    assert answer.card["summary"] == RECORD.summary["el"]


def test_at_most_four_choices_are_offered() -> None:
    many = [replace(RECORD, id=str(number)) for number in range(100000, 100009)]
    assert len(choose(many, "el", "clarify", Context()).choices) == 4


def test_nothing_to_offer_still_says_where_else_to_ask() -> None:
    assert "1500" in choose([], "el", "not_found", Context()).text


def test_the_context_survives_a_trip_through_json() -> None:
    context = Context("123456", "cost", ("minor",), ("1", "2"))
    assert Context.from_dict(context.as_dict()) == context


def test_a_record_without_a_summary_tells_what_it_has_to_who_asks_what_it_is() -> None:
    bare = replace(RECORD, summary={})
    answer = compose(bare, (), "el", ())
    assert (answer.outcome, answer.aspect) == ("answered", "documents")
    assert "Ταυτότητα" in answer.text


def test_an_aspect_that_is_perhaps_not_meant_is_not_missed() -> None:
    unknown = replace(RECORD, validity=())
    asked = ("validity", "documents")
    assert compose(unknown, asked, "el", ()).outcome == "partly_answered"
    answer = compose(unknown, asked, "el", (), doubtful="validity")
    assert (answer.outcome, answer.told) == ("answered", ("documents",))
    assert compose(unknown, asked, "el", (), doubtful="documents").outcome == "partly_answered"


def test_a_long_official_text_is_cut_and_says_where_the_whole_is() -> None:
    long = (
        "Αντίγραφο της άδειας ίδρυσης που εκδόθηκε από τον δήμο της περιοχής, "
        + "όπου έχει την έδρα του " * 12
    )
    record = replace(RECORD, documents=(Fact({"el": long}, type={"el": "Άδεια"}),))
    answer = compose(record, ("documents",), "el", ())
    assert answer.card is not None
    (section,) = (one for one in answer.card["sections"] if one["aspect"] == "documents")
    (item,) = section["items"]
    assert item["text"] == "Αντίγραφο της άδειας ίδρυσης που εκδόθηκε από τον δήμο της περιοχής…"
    assert (item["more"], item["type"]) == (long, "Άδεια")
    assert answer.text.splitlines()[-1].endswith(RECORD.link)
    assert "Άδεια: Αντίγραφο" in answer.text


def test_a_condition_in_the_records_own_words_is_shown_as_one() -> None:
    pension = Fact({"el": "Απόφαση σύνταξης"}, condition={"el": "σε περίπτωση συνταξιούχου"})
    record = replace(RECORD, documents=(pension,))
    text = compose(record, ("documents",), "el", ()).text
    assert "Απόφαση σύνταξης (σε περίπτωση συνταξιούχου)" in text


def test_the_law_is_told_to_who_asks_and_to_nobody_else() -> None:
    record = replace(RECORD, law=(Fact({"el": "ν. 1545/1985"}),))
    assert "1545" in compose(record, ("law",), "el", ()).text
    assert "1545" not in compose(record, (), "el", ()).text
