"""Answers out of the knowledge base."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.polite import PoliteAction
from actions.reply import OpenKnowledgeBase, say_answer
from actions.turn import Events, Turn, remember_answer
from bot import wiring
from knowledge_base import Context

FOUND = ("answered", "partly_answered")
SURE_OF_THE_INTENT = 0.8
"""Confidence of an intent above which no question is looked for beside it."""
SURE_OF_A_TASK = 0.5
"""The same of a task, which is seldom told and asked about in one breath."""


class KnowledgeAction(PoliteAction):
    """An action that asks the knowledge base."""

    def __init__(self, knowledge_base: OpenKnowledgeBase = wiring.knowledge_base) -> None:
        self.knowledge_base = knowledge_base

    def answer(self, dispatcher: CollectingDispatcher, turn: Turn, context: Context) -> Events:
        """Answers the citizen's words in a context."""
        answer = self.knowledge_base().ask(turn.text, turn.language, context)
        say_answer(dispatcher, answer, turn.is_heard)
        return remember_answer(answer)

    def read(
        self, dispatcher: CollectingDispatcher, turn: Turn, procedure_id: str, aspect: str
    ) -> Events:
        """Answers one aspect of one procedure, without searching."""
        answer = self.knowledge_base().read(procedure_id, aspect, turn.language, turn.context)
        say_answer(dispatcher, answer, turn.is_heard)
        return remember_answer(answer, turn.offered)


class ActionAnswer(KnowledgeAction):
    """A question, or anything that was not understood otherwise."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Asks with what is being talked about."""
        return self.answer(dispatcher, turn, turn.context)


class ActionHow(KnowledgeAction):
    """Something the assistant cannot do yet: says so, and how the citizen does it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_how"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Reads how it is done, where the citizen did not ask for something more precise."""
        kb = self.knowledge_base()
        answer = kb.ask(turn.text, turn.language, turn.context)
        if answer.procedure_id and answer.outcome in FOUND and answer.aspect in (None, "overview"):
            answer = kb.read(answer.procedure_id, "how", turn.language, answer.context)
        dispatcher.utter_message(response="utter_not_yet")
        say_answer(dispatcher, answer, turn.is_heard)
        return remember_answer(answer)


class ActionChoose(KnowledgeAction):
    """A button with a procedure."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_choose"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Reads the aspect that was asked for before the choice was offered."""
        aspect = turn.context.aspect or "overview"
        return self.read(dispatcher, turn, turn.entities["procedure"], aspect)


class ActionAspect(KnowledgeAction):
    """A button with an aspect."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_aspect"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Reads that aspect of the procedure that is being talked about."""
        if not turn.context.procedure_id:
            dispatcher.utter_message(response="utter_go_on")
            return []
        return self.read(dispatcher, turn, turn.context.procedure_id, turn.entities["aspect"])


class QuestionFirst(KnowledgeAction):
    """An action that answers a question where the intent is not sure that there is none."""

    sure_from = SURE_OF_THE_INTENT

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Answers the question if there is one, else says what the intent is due."""
        kb = self.knowledge_base()
        unsure = turn.confidence < self.sure_from
        if unsure and kb.says_something(turn.text, turn.language):
            answer = kb.ask(turn.text, turn.language, turn.context)
            if answer.outcome in FOUND:
                say_answer(dispatcher, answer, turn.is_heard)
                return remember_answer(answer)
        dispatcher.utter_message(response=f"utter_{turn.intent}")
        return []


class ActionCourtesy(QuestionFirst):
    """A greeting, thanks or a farewell, with or without a question in the same breath."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_courtesy"


class ActionDecline(QuestionFirst):
    """What is out of scope, or seems so: «πόσα λεφτά δίνουν;» goes on about a benefit."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_decline"


class ActionTask(QuestionFirst):
    """A task that is told how to do elsewhere; a life event is easily taken for one."""

    sure_from = SURE_OF_A_TASK

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_task"
