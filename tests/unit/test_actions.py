import asyncio
from typing import Any

import pytest
from fake_knowledge_base import BrokenKnowledgeBase, FakeKnowledgeBase
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import (
    ActionAnswer,
    ActionAspect,
    ActionChoose,
    ActionCourtesy,
    ActionDecline,
    ActionHow,
    ActionTask,
)
from actions.feedback import ActionFeedback, ActionFeedbackKind
from actions.person import ActionCallPerson, ActionCrisis
from actions.polite import PoliteAction
from actions.repair import (
    ActionAffirm,
    ActionChangeLanguage,
    ActionCorrect,
    ActionRepeat,
    named_language,
)
from knowledge_base import Context

SLOTS = ("procedure", "aspect", "cases", "choices", "last_answer", "language", "remark")


class Talk:
    """A conversation with single actions: keeps the slots between turns."""

    def __init__(self, **slots: Any) -> None:
        self.slots: dict[str, Any] = {**dict.fromkeys(SLOTS), **slots}
        self.events: list[dict[str, Any]] = []

    def say(
        self,
        action: PoliteAction,
        text: str = "",
        language: str | None = "el",
        intent: str = "ask_procedure",
        confidence: float = 0.5,
        **entities: str,
    ) -> list[dict[str, Any]]:
        """Runs an action; what it said."""
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": [{"entity": key, "value": value} for key, value in entities.items()],
            "metadata": {"language": language},
        }
        tracker = Tracker(
            "c1", dict(self.slots), message, self.events, False, None, {}, "action_listen"
        )
        dispatcher = CollectingDispatcher()
        for event in asyncio.run(action.run(dispatcher, tracker, {})):
            self.slots[event["name"]] = event["value"]
        for said in dispatcher.messages:
            metadata = {"utter_action": said["response"]} if said["response"] else {}
            metadata["language"] = said.get("language")
            bot = {"text": said["text"], "data": {"buttons": said["buttons"]}}
            self.events.append({"event": "bot", "metadata": metadata, **bot})
        return list(dispatcher.messages)


@pytest.fixture
def kb() -> FakeKnowledgeBase:
    return FakeKnowledgeBase()


def payloads(message: dict[str, Any]) -> list[str]:
    return [button["payload"] for button in message["buttons"]]


def test_an_answer_carries_its_text_card_outcome_and_language(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionAnswer(lambda: kb), "θέλω διαβατήριο")
    assert said["text"] == "Έκδοση διαβατηρίου: overview"
    assert said["custom"]["answer"]["outcome"] == "answered"
    assert said["custom"]["answer"]["procedure_id"] == "1"
    assert said["custom"]["card"]["title"] == "Έκδοση διαβατηρίου"
    assert said["language"] == "el"


def test_an_answer_offers_other_aspects_as_buttons(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionAnswer(lambda: kb), "πόσο κοστίζει το διαβατήριο")
    assert payloads(said) == ['/ask_aspect{"aspect":"documents"}']


def test_an_ambiguous_question_offers_the_procedures_as_buttons(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionAnswer(lambda: kb), "ταυτότητα")
    assert said["custom"]["answer"]["outcome"] == "clarify"
    assert payloads(said) == ['/choose{"procedure":"2"}', '/choose{"procedure":"3"}']


def test_a_follow_up_is_asked_in_the_context_of_the_answer_before(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    talk.say(ActionAnswer(lambda: kb), "διαβατήριο")
    [said] = talk.say(ActionAnswer(lambda: kb), "και πόσο κοστίζει;")
    assert kb.asked[-1][2] == Context("1", "overview")
    assert said["text"] == "Έκδοση διαβατηρίου: cost"


def test_greeklish_is_answered_in_greek(kb: FakeKnowledgeBase) -> None:
    Talk().say(ActionAnswer(lambda: kb), "diavatirio", language="el-Latn")
    assert kb.asked[-1][1] == "el"


def test_without_a_language_in_the_message_the_remembered_one_is_used(
    kb: FakeKnowledgeBase,
) -> None:
    Talk(language="en").say(ActionAnswer(lambda: kb), "διαβατήριο", language=None)
    assert kb.asked[-1][1] == "en"


def test_a_choice_is_answered_for_the_aspect_asked_before_it(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    talk.say(ActionAnswer(lambda: kb), "πόσο κοστίζει η ταυτότητα")
    [said] = talk.say(ActionChoose(lambda: kb), '/choose{"procedure":"2"}', procedure="2")
    assert said["text"] == "Νέα ταυτότητα λόγω απώλειας: cost"


def test_an_aspect_button_is_about_the_procedure_talked_of(kb: FakeKnowledgeBase) -> None:
    talk = Talk(procedure="3")
    [said] = talk.say(ActionAspect(lambda: kb), '/ask_aspect{"aspect":"cost"}', aspect="cost")
    assert said["text"] == "Έκδοση ταυτότητας: cost"


def test_an_aspect_button_without_a_procedure_asks_for_one(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionAspect(lambda: kb), aspect="cost")
    assert said["response"] == "utter_go_on"


def test_what_cannot_be_done_yet_is_said_and_explained(kb: FakeKnowledgeBase) -> None:
    said = Talk().say(ActionHow(lambda: kb), "κάνε μου αίτηση για διαβατήριο")
    assert said[0]["response"] == "utter_not_yet"
    assert said[1]["text"] == "Έκδοση διαβατηρίου: how"


def test_a_precise_question_about_a_task_keeps_its_aspect(kb: FakeKnowledgeBase) -> None:
    said = Talk().say(ActionHow(lambda: kb), "πόσο κοστίζει να μου βγάλεις διαβατήριο")
    assert said[1]["text"] == "Έκδοση διαβατηρίου: cost"


def test_thanks_with_a_question_answer_the_question(kb: FakeKnowledgeBase) -> None:
    talk = Talk(procedure="1")
    [said] = talk.say(ActionCourtesy(lambda: kb), "ευχαριστώ, πόσο κοστίζει;", intent="thank")
    assert said["custom"]["answer"]["aspect"] == "cost"


@pytest.mark.parametrize("intent", ["greet", "thank", "goodbye"])
def test_a_courtesy_is_returned(kb: FakeKnowledgeBase, intent: str) -> None:
    [said] = Talk().say(ActionCourtesy(lambda: kb), "γεια", intent=intent)
    assert said["response"] == f"utter_{intent}"


def test_a_courtesy_with_words_nobody_knows_is_still_a_courtesy(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionCourtesy(lambda: kb), "γεια χαραντάν", intent="greet")
    assert said["response"] == "utter_greet"


def test_what_is_surely_a_courtesy_is_not_looked_up(kb: FakeKnowledgeBase) -> None:
    action = ActionCourtesy(lambda: kb)
    [said] = Talk().say(action, "αντίο διαβατήριο", intent="goodbye", confidence=0.95)
    assert said["response"] == "utter_goodbye"


def test_what_is_surely_not_ours_is_declined(kb: FakeKnowledgeBase) -> None:
    talk = Talk(procedure="1", aspect="cost")
    [said] = talk.say(
        ActionDecline(lambda: kb), "πόσο κοστίζει ο καιρός", intent="out_of_scope", confidence=0.9
    )
    assert said["response"] == "utter_out_of_scope"


def test_what_seems_not_ours_but_goes_on_about_the_procedure_is_answered(
    kb: FakeKnowledgeBase,
) -> None:
    talk = Talk(procedure="1")
    [said] = talk.say(ActionDecline(lambda: kb), "κοστίζει πολλά;", intent="out_of_scope")
    assert said["text"] == "Έκδοση διαβατηρίου: cost"


def test_a_task_that_is_hardly_one_is_answered_as_a_question(kb: FakeKnowledgeBase) -> None:
    action = ActionTask(lambda: kb)
    [said] = Talk().say(action, "θέλω διαβατήριο", intent="check_request_status", confidence=0.4)
    assert said["custom"]["answer"]["procedure_id"] == "1"


def test_a_task_is_told_how_to_do(kb: FakeKnowledgeBase) -> None:
    action = ActionTask(lambda: kb)
    [said] = Talk().say(
        action, "πού είναι το διαβατήριο", intent="check_request_status", confidence=0.7
    )
    assert said["response"] == "utter_check_request_status"


def test_a_correction_with_content_is_answered_in_context(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    talk.say(ActionAnswer(lambda: kb), "διαβατήριο")
    talk.say(ActionCorrect(lambda: kb), "όχι, για ανήλικο")
    assert kb.asked[-1][2].procedure_id == "1"
    assert talk.slots["cases"] == ["minor"]


def test_a_bare_no_drops_the_procedure_and_asks(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    talk.say(ActionAnswer(lambda: kb), "διαβατήριο")
    [said] = talk.say(ActionCorrect(lambda: kb), "όχι")
    assert said["response"] == "utter_what_instead"
    assert talk.slots["procedure"] is None


def test_a_bare_no_after_a_choice_offers_the_others(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    talk.say(ActionAnswer(lambda: kb), "ταυτότητα")
    talk.say(ActionChoose(lambda: kb), procedure="2")
    [said] = talk.say(ActionCorrect(lambda: kb), "άλλο ήθελα")
    assert said["response"] == "utter_what_instead_choices"
    assert payloads(said) == ['/choose{"procedure":"3"}']


def test_yes_takes_the_only_choice(kb: FakeKnowledgeBase) -> None:
    [said] = Talk(choices=["3"]).say(ActionAffirm(lambda: kb), "ναι")
    assert said["text"] == "Έκδοση ταυτότητας: overview"


def test_yes_to_several_choices_asks_which(kb: FakeKnowledgeBase) -> None:
    [said] = Talk(choices=["2", "3"]).say(ActionAffirm(lambda: kb), "ναι")
    assert said["response"] == "utter_pick"
    assert len(said["buttons"]) == 2


def test_yes_to_nothing_asks_what_for(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionAffirm(lambda: kb), "ναι")
    assert said["response"] == "utter_go_on"


def test_an_answer_is_repeated(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    first = talk.say(ActionAnswer(lambda: kb), "πόσο κοστίζει το διαβατήριο")
    again = talk.say(ActionRepeat(lambda: kb), "ξαναπές το")
    assert [said["text"] for said in again] == [said["text"] for said in first]


def test_the_answer_before_a_yes_is_repeated(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    [first] = talk.say(ActionAnswer(lambda: kb), "πόσο κοστίζει το διαβατήριο")
    talk.say(ActionAffirm(lambda: kb), "ναι")
    [again] = talk.say(ActionRepeat(lambda: kb), "ξαναπές το")
    assert again["text"] == first["text"]


def test_an_offer_of_choices_is_repeated_with_its_buttons(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    [first] = talk.say(ActionAnswer(lambda: kb), "ταυτότητα")
    [again] = talk.say(ActionRepeat(lambda: kb), "ξαναπές το")
    assert (again["text"], again["buttons"]) == (first["text"], first["buttons"])


def test_there_is_nothing_to_repeat_at_the_start(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionRepeat(lambda: kb), "ξαναπές το")
    assert said["response"] == "utter_nothing_to_repeat"


def test_the_last_answer_is_said_in_the_language_named(kb: FakeKnowledgeBase) -> None:
    talk = Talk()
    talk.say(ActionAnswer(lambda: kb), "πόσο κοστίζει το διαβατήριο")
    [said] = talk.say(ActionChangeLanguage(lambda: kb), "στα αγγλικά παρακαλώ")
    assert said["text"] == "Passport: cost"
    assert talk.slots["language"] == "en"


def test_a_change_of_language_before_any_answer_is_confirmed(kb: FakeKnowledgeBase) -> None:
    [said] = Talk().say(ActionChangeLanguage(lambda: kb), "English please")
    assert (said["response"], said["language"]) == ("utter_language_changed", "en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("and in English please?", "en"),
        ("στα αγγλικά", "en"),
        ("sta agglika", "en"),
        ("στα ελληνικά", "el"),
        ("Greek please", "el"),
        ("άλλη γλώσσα", None),
    ],
)
def test_the_language_named_is_found(text: str, code: str | None) -> None:
    assert named_language(text) == code


def test_a_broken_knowledge_base_is_apologised_for() -> None:
    talk = Talk(procedure="1")
    [said] = talk.say(ActionAnswer(BrokenKnowledgeBase), "διαβατήριο")
    assert said["response"] == "utter_failed"
    assert talk.slots["procedure"] == "1"


def test_a_call_for_a_person_tells_the_number_of_the_case() -> None:
    class Cases:
        def open(self, kind: str, conversation_id: str) -> str:
            return f"{kind} {conversation_id}"

    [said] = Talk().say(ActionCallPerson(Cases), "υπάλληλο")
    assert (said["response"], said["case"]) == ("utter_handed_over", "help c1")


def test_a_call_for_a_person_without_a_store_tells_the_other_ways() -> None:
    def down() -> Any:
        raise OSError("database is locked")

    [said] = Talk().say(ActionCallPerson(down), "υπάλληλο")
    assert said["response"] == "utter_person_unavailable"


def test_a_crisis_gives_the_emergency_numbers() -> None:
    [said] = Talk().say(ActionCrisis(), "κάτι κακό", intent="crisis")
    assert said["custom"]["answer"]["outcome"] == "crisis"
    assert "112" in said["text"]


class FakeFeedback:
    """Keeps remarks and their words in memory."""

    def __init__(self) -> None:
        self.given: list[tuple[str | None, ...]] = []
        self.words: list[str] = []

    def give(self, *said: str | None) -> str:
        self.given.append(said)
        return "r1"

    def comment(self, remark_id: str, text: str) -> bool:
        self.words.append(f"{remark_id}: {text}")
        return True


@pytest.fixture
def feedback(monkeypatch: pytest.MonkeyPatch) -> FakeFeedback:
    fake = FakeFeedback()
    monkeypatch.setattr("bot.wiring.feedback", lambda: fake)
    return fake


def responses(said: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in said]


def test_feedback_is_about_the_procedure_of_the_card_pressed(kb: FakeKnowledgeBase) -> None:
    talk = Talk(procedure="1")
    said = talk.say(ActionFeedback(lambda: kb), "/give_feedback_on_procedure", procedure="3")
    assert responses(said) == ["utter_feedback_kind"]
    assert talk.slots["procedure"] == "3"


def test_feedback_names_its_procedure_in_words(kb: FakeKnowledgeBase) -> None:
    talk = Talk(procedure="3")
    said = talk.say(ActionFeedback(lambda: kb), "το διαβατήριο έχει λάθος τιμή", confidence=0.9)
    assert responses(said) == ["utter_feedback_kind"]
    assert talk.slots["procedure"] == "1"


def test_feedback_on_nothing_asks_which_procedure(kb: FakeKnowledgeBase) -> None:
    said = Talk().say(ActionFeedback(lambda: kb), "έχετε λάθος", confidence=0.9)
    assert responses(said) == ["utter_feedback_on_which"]


def test_feedback_on_a_procedure_that_is_gone_asks_which(kb: FakeKnowledgeBase) -> None:
    said = Talk().say(ActionFeedback(lambda: kb), "/give_feedback_on_procedure", procedure="99")
    assert responses(said) == ["utter_feedback_on_which"]


def test_what_is_wrong_is_kept_at_once_and_the_next_words_with_it(
    kb: FakeKnowledgeBase, feedback: FakeFeedback
) -> None:
    talk = Talk(procedure="1", aspect="cost")
    said = talk.say(ActionFeedbackKind(lambda: feedback), "/feedback", kind="wrong")
    assert responses(said) == ["utter_feedback_kept"]
    assert feedback.given == [("c1", "1", "cost", "wrong", "el")]
    said = talk.say(ActionAnswer(lambda: kb), "η τιμή άλλαξε πέρσι")
    assert responses(said) == ["utter_comment_kept"]
    assert feedback.words == ["r1: η τιμή άλλαξε πέρσι"]
    assert kb.asked == []
    talk.say(ActionAnswer(lambda: kb), "το διαβατήριο")
    assert len(feedback.words) == 1


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("πόσο κοστίζει το διαβατήριο;", "ask_procedure"),
        ("όχι ευχαριστώ", "deny"),
        ("δεν αντέχω άλλο να ζω έτσι όπως ζω", "crisis"),
        ("/help", "help"),
    ],
)
def test_a_question_or_a_no_is_no_comment(
    kb: FakeKnowledgeBase, feedback: FakeFeedback, text: str, intent: str
) -> None:
    talk = Talk(procedure="1", remark="r1")
    talk.say(ActionAnswer(lambda: kb), text, intent=intent)
    assert feedback.words == []
    assert talk.slots["remark"] is None


def test_words_that_cannot_be_kept_are_said_to_be_lost(
    kb: FakeKnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> FakeFeedback:
        raise OSError("no database")

    monkeypatch.setattr("bot.wiring.feedback", gone)
    talk = Talk(procedure="1", remark="r1")
    assert responses(talk.say(ActionAnswer(lambda: kb), "η τιμή άλλαξε")) == ["utter_failed"]
    assert talk.slots["remark"] == "r1"
