"""Feedback on a procedure: wrong, old, unclear, or a proposal."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import FOUND, SURE_OF_A_TASK, KnowledgeAction
from actions.comment import OpenFeedback
from actions.polite import PoliteAction
from actions.reply import say_answer
from actions.turn import Events, Turn, remember, remember_answer
from bot import wiring


class ActionFeedback(KnowledgeAction):
    """«Η απάντηση είναι λάθος», «το κόστος του διαβατηρίου άλλαξε»."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_feedback"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Asks what is wrong with the procedure named or talked of; else, which it is."""
        kb = self.knowledge_base()
        named = turn.entities.get("procedure")
        if named is None and not turn.text.startswith("/"):
            answer = kb.ask(turn.text, turn.language, turn.context)
            if answer.outcome in FOUND and turn.confidence < SURE_OF_A_TASK:
                say_answer(dispatcher, answer, turn.is_heard)
                return remember_answer(answer)
            named = answer.procedure_id if answer.outcome in FOUND else None
        procedure_id = named or turn.context.procedure_id
        if procedure_id is None or kb.procedure(procedure_id) is None:
            dispatcher.utter_message(response="utter_feedback_on_which")
            return []
        title = kb.title(procedure_id, turn.language)
        dispatcher.utter_message(response="utter_feedback_kind", title=title)
        return remember(replace(turn.context, procedure_id=procedure_id, choices=()))


class ActionFeedbackKind(PoliteAction):
    """A button with what is wrong."""

    def __init__(self, feedback: OpenFeedback = wiring.feedback) -> None:
        self._feedback = feedback

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_feedback_kind"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Keeps it at once, then asks for a few words, which may be left out."""
        about, kind = turn.context, turn.entities["kind"]
        if about.procedure_id is None:
            dispatcher.utter_message(response="utter_feedback_on_which")
            return []
        remark = self._feedback().give(
            turn.conversation_id, about.procedure_id, about.aspect, kind, turn.language
        )
        response = "utter_feedback_proposal" if kind == "proposal" else "utter_feedback_kept"
        dispatcher.utter_message(response=response)
        return [SlotSet("remark", remark)]
