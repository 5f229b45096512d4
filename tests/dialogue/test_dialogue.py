"""Whole conversations through the trained model, the rules and the real actions."""

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Citizen, Rasa

pytestmark = pytest.mark.processes

PASSPORT = "144400"
OPENING = "τι χρειάζομαι για να βγάλω διαβατήριο;"


def test_a_question_is_answered_with_text_card_source_and_language(citizen: Citizen) -> None:
    said = citizen.says(OPENING)
    assert (said.answer["outcome"], said.answer["procedure_id"]) == ("answered", PASSPORT)
    assert said.answer["aspect"] == "documents"
    assert said.answer["sources"][0]["url"]
    assert said.card is not None
    assert said.language == "el"


def test_an_answer_offers_what_else_the_record_has(citizen: Citizen) -> None:
    offered = citizen.says(OPENING).payloads
    assert 1 <= len(offered) <= 3
    assert all(payload.startswith('/ask_aspect{"aspect":"') for payload in offered)


def test_an_aspect_alone_is_about_what_is_talked_of(citizen: Citizen) -> None:
    citizen.says(OPENING)
    said = citizen.says("και πόσο κοστίζει;")
    assert (said.answer["procedure_id"], said.answer["aspect"]) == (PASSPORT, "cost")


def test_an_aspect_button_is_about_what_is_talked_of(citizen: Citizen) -> None:
    citizen.says(OPENING)
    said = citizen.says('/ask_aspect{"aspect":"cost"}')
    assert (said.answer["procedure_id"], said.answer["aspect"]) == (PASSPORT, "cost")


def test_a_procedure_button_is_read(citizen: Citizen) -> None:
    said = citizen.says(f'/choose{{"procedure":"{PASSPORT}"}}')
    assert said.answer["procedure_id"] == PASSPORT


def test_another_procedure_takes_over(citizen: Citizen) -> None:
    citizen.says(OPENING)
    said = citizen.says("έχασα την ταυτότητά μου")
    assert said.answer["procedure_id"] == "880224"


def test_the_conversation_is_remembered_after_many_turns_of_courtesy(citizen: Citizen) -> None:
    citizen.says(OPENING)
    for _ in range(4):
        citizen.says("ευχαριστώ πολύ")
    assert citizen.says("και πόσο κοστίζει;").answer["procedure_id"] == PASSPORT


def test_two_citizens_do_not_disturb_each_other(another: Callable[[], Citizen]) -> None:
    one, other = another(), another()
    one.says(OPENING)
    other.says("έχασα την ταυτότητά μου")
    assert one.says("πόσο κοστίζει;").answer["procedure_id"] == PASSPORT


def test_greeklish_is_understood_and_answered_in_greek(citizen: Citizen) -> None:
    said = citizen.says("ti xreiazomai gia diavatirio", language="el-Latn")
    assert (said.answer["procedure_id"], said.language) == (PASSPORT, "el")


def test_english_is_understood_and_answered_in_english(citizen: Citizen) -> None:
    said = citizen.says("what do I need to get a passport?", language="en")
    assert (said.answer["procedure_id"], said.language) == (PASSPORT, "en")


def test_words_nobody_knows_are_looked_up_and_not_found(citizen: Citizen) -> None:
    said = citizen.says("γκλουμπ μπλιμπλι ζνταφ")
    assert said.answer["outcome"] in ("not_found", "clarify")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("θέλω να μου βγάλεις πιστοποιητικό γέννησης", "request_certificate"),
        ("κάνε μου εσύ την αίτηση για επίδομα παιδιού", "submit_application"),
        ("άλλαξε το κινητό μου στο μητρώο επικοινωνίας", "change_contact_details"),
    ],
)
def test_what_cannot_be_done_yet_is_said_and_how_it_is_done_is_answered(
    citizen: Citizen, text: str, task: str
) -> None:
    said = citizen.says(text)
    assert said.intent == task
    assert said.messages[0]["text"].startswith("Δεν μπορώ ακόμη")
    assert said.answer["outcome"] in ("answered", "partly_answered", "clarify")


@pytest.mark.parametrize(
    ("text", "task", "tells"),
    [
        ("θέλω ραντεβού με βιντεοκλήση", "book_videocall", "myKEPlive"),
        ("θέλω να κλείσω ραντεβού στο ΚΕΠ", "book_in_person", "ραντεβού με ΚΕΠ"),
        ("θέλω να ακυρώσω το ραντεβού μου", "change_or_cancel_appointment", "το κλείσατε"),
        ("τι έγινε με την αίτησή μου;", "check_request_status", "πρωτοκόλλου"),
        ("ξέχασα τον κωδικό taxisnet", "helpdesk_login_problem", "ΑΑΔΕ"),
        ("η σελίδα δεν ανοίγει", "helpdesk_technical", "περιήγησης"),
        ("διέγραψε τα δεδομένα μου", "delete_my_data", "«Διαγραφή συνομιλίας»"),
    ],
)
def test_a_task_of_a_later_release_is_told_what_to_do(
    citizen: Citizen, text: str, task: str, tells: str
) -> None:
    said = citizen.says(text)
    assert said.intent == task
    assert tells in said.text
    assert said.answer["outcome"] == "answered"


def test_what_is_not_right_in_an_answer_is_kept_with_the_citizens_words(citizen: Citizen) -> None:
    citizen.says("πόσο κοστίζει το διαβατήριο;")
    asked = citizen.says("αυτή η απάντηση έχει ένα λάθος")
    assert asked.intent == "give_feedback_on_procedure"
    assert "Έκδοση διαβατηρίου" in asked.text
    kept = citizen.says(asked.payloads[1])
    assert (kept.intent, kept.text[:13]) == ("feedback", "Σας ευχαριστώ")
    assert citizen.says("το παράβολο άλλαξε τον Ιούνιο").text.startswith("Το πρόσθεσα")
    assert citizen.says("και πόσο διαρκεί;").answer["procedure_id"] == PASSPORT


def test_a_remark_is_followed_by_a_question_that_is_answered(citizen: Citizen) -> None:
    citizen.says("πόσο κοστίζει το διαβατήριο;")
    citizen.says(f'/give_feedback_on_procedure{{"procedure":"{PASSPORT}"}}')
    citizen.says('/feedback{"kind":"unclear"}')
    assert citizen.says("τι χρειάζομαι;").answer["procedure_id"] == PASSPORT


def test_a_caller_hears_two_sentences_and_goes_on_by_yes(citizen: Citizen) -> None:
    heard = citizen.says("τι χρειάζομαι για διαβατήριο;", channel="phone")
    assert heard.text.endswith("Να συνεχίσω;")
    more = citizen.says("ναι", channel="phone")
    assert more.answer["procedure_id"] == PASSPORT
    assert more.text != heard.text


def test_the_law_is_told_to_who_asks(citizen: Citizen) -> None:
    said = citizen.says("ποιος νόμος προβλέπει το διαβατήριο;")
    assert (said.answer["procedure_id"], said.answer["aspect"]) == (PASSPORT, "law")


def test_a_person_is_called_with_a_case_number_and_other_ways(citizen: Citizen) -> None:
    said = citizen.says("θέλω να μιλήσω με υπάλληλο")
    assert said.answer["outcome"] == "handed_over"
    assert "1500" in said.text
    assert any(character.isdigit() for character in said.text.split("1500")[0])


def test_out_of_scope_is_declined_in_one_sentence(citizen: Citizen) -> None:
    said = citizen.says("πες μου ένα ανέκδοτο")
    assert said.answer["outcome"] == "out_of_scope"
    assert said.text.count(".") == 1


def test_signs_of_danger_get_the_numbers(citizen: Citizen) -> None:
    said = citizen.says("δεν αντέχω άλλο, θα δώσω ένα τέλος στη ζωή μου")
    assert said.answer["outcome"] == "crisis"
    assert "112" in said.text


def test_a_correction_with_content_changes_the_answer(citizen: Citizen) -> None:
    adult = citizen.says(OPENING)
    said = citizen.says("όχι, για ανήλικο")
    assert said.answer["procedure_id"] == PASSPORT
    assert said.text != adult.text


def test_a_correction_without_content_asks_and_drops_the_procedure(citizen: Citizen) -> None:
    citizen.says(OPENING)
    assert citizen.says("άλλο ήθελα").intent == "correct"
    assert citizen.says("πόσο κοστίζει;").answer["outcome"] == "clarify"


def test_a_bare_no_after_a_choice_offers_the_others(citizen: Citizen) -> None:
    several = (citizen.says(text) for text in ("δίπλωμα", "επίδομα", "πιστοποιητικό"))
    offered = next(said for said in several if len(said.payloads) > 1 and not said.card)
    citizen.says(offered.payloads[0])
    said = citizen.says("όχι αυτό")
    assert said.payloads == offered.payloads[1:]


def test_a_greeting_is_returned(citizen: Citizen) -> None:
    assert "Αριάδνη" in citizen.says("καλημέρα σας").text


def test_a_greeting_with_a_question_is_answered(citizen: Citizen) -> None:
    said = citizen.says("καλημέρα, τι χρειάζεται για διαβατήριο;")
    assert said.answer["procedure_id"] == PASSPORT


@pytest.mark.parametrize(
    ("text", "intent"), [("ευχαριστώ πολύ", "thank"), ("αντίο", "goodbye"), ("ναι", "affirm")]
)
def test_courtesies_are_understood(citizen: Citizen, text: str, intent: str) -> None:
    said = citizen.says(text)
    assert (said.intent, said.answer) == (intent, {})


def test_help_tells_what_can_be_asked_with_examples(citizen: Citizen) -> None:
    said = citizen.says("τι μπορείς να κάνεις;")
    assert said.intent == "help"
    assert citizen.says(said.payloads[0]).answer["outcome"] == "answered"


def test_the_last_answer_is_repeated(citizen: Citizen) -> None:
    citizen.says(OPENING)
    said = citizen.says("και πόσο κοστίζει;")
    assert citizen.says("ξαναπές το").text == said.text


def test_a_fixed_text_is_repeated_too(citizen: Citizen) -> None:
    said = citizen.says("η σελίδα δεν ανοίγει")
    assert citizen.says("ξαναπές το").text == said.text


def test_starting_again_forgets_what_was_talked_of(citizen: Citizen) -> None:
    citizen.says(OPENING)
    assert citizen.says("από την αρχή").intent == "restart"
    assert citizen.says("πόσο κοστίζει;").answer["outcome"] == "clarify"


@pytest.mark.parametrize(
    ("request_", "language", "answered_in"),
    [("and in English please?", "en", "en"), ("στα αγγλικά παρακαλώ", "el", "en")],
)
def test_the_last_answer_is_said_again_in_another_language(
    citizen: Citizen, request_: str, language: str, answered_in: str
) -> None:
    citizen.says(OPENING)
    said = citizen.says(request_, language=language)
    assert (said.answer["procedure_id"], said.answer["aspect"]) == (PASSPORT, "documents")
    assert said.language == answered_in


def test_it_says_plainly_that_it_is_a_machine(citizen: Citizen) -> None:
    assert "όχι άνθρωπος" in citizen.says("είσαι ρομπότ;").text


def test_a_caller_gets_the_wording_of_the_voice_channel(citizen: Citizen) -> None:
    assert citizen.says("βοήθεια", channel="voice").messages[0]["buttons"] == []


def test_an_unknown_procedure_in_a_button_is_apologised_for(citizen: Citizen) -> None:
    said = citizen.says('/choose{"procedure":"000000"}')
    assert said.text.startswith("Συγγνώμη")
    assert "Traceback" not in said.text


def test_a_forgotten_conversation_starts_anew(citizen: Citizen) -> None:
    citizen.says(OPENING)
    assert citizen.rasa.post("forget", {"sender": citizen.sender}) == (200, {"forgotten": True})
    assert citizen.says("πόσο κοστίζει;").answer["outcome"] == "clarify"


@pytest.mark.parametrize("body", [{}, {"sender": "x"}, {"text": "x"}])
def test_a_turn_without_sender_or_text_is_refused(rasa: Rasa, body: dict[str, Any]) -> None:
    assert rasa.post("turn", body) == (400, {"error": "bad_request"})


def test_a_dead_action_server_is_an_error_that_can_be_told(rasa_alone: Rasa) -> None:
    turn = {"sender": "alone", "text": OPENING, "language": "el", "channel": "web"}
    assert rasa_alone.post("turn", turn) == (502, {"error": "actions_down"})


def test_texts_of_rasa_itself_need_no_action_server(rasa_alone: Rasa) -> None:
    turn = {"sender": "alone", "text": "είσαι ρομπότ;", "language": "el", "channel": "web"}
    assert rasa_alone.post("turn", turn)[0] == 200
