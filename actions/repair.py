"""When the conversation must go back: corrections, repeats, another language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import KnowledgeAction
from actions.reply import choice_buttons, say_answer, titled
from actions.turn import Events, Turn, remember, remember_answer
from knowledge_base import Context
from knowledge_base.text import words

CHOICES_OFFERED = 4
IN_BETWEEN = frozenset({"utter_go_on", "utter_thank"})
"""Replies that say nothing of their own: who asks to hear it again means the answer before."""
ENGLISH = frozenset({"english", "αγγλικα", "αγγλικη", "agglika", "anglika"})
GREEK = frozenset({"greek", "ελληνικα", "ελληνικη", "ellinika", "ellhnika"})


class ActionCorrect(KnowledgeAction):
    """«Άλλο ήθελα», «όχι, για ανήλικο», «όχι»."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_correct"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Answers what was said instead; where nothing was, asks, and offers the other choices."""
        kb = self.knowledge_base()
        if kb.says_something(turn.text, turn.language) and not turn.text.startswith("/"):
            return self.answer(dispatcher, turn, turn.context)
        others = [key for key in turn.offered if key != turn.context.procedure_id]
        choices = titled(kb, others[:CHOICES_OFFERED], turn.language)
        if choices:
            dispatcher.utter_message(
                response="utter_what_instead_choices", buttons=choice_buttons(choices)
            )
        else:
            dispatcher.utter_message(response="utter_what_instead")
        return remember(Context(choices=tuple(choice.procedure_id for choice in choices)))


class ActionAffirm(KnowledgeAction):
    """«Ναι», with or without more."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_affirm"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Takes the only choice there is; of several, asks which."""
        kb = self.knowledge_base()
        context = turn.context
        if kb.says_something(turn.text, turn.language) and not turn.text.startswith("/"):
            return self.answer(dispatcher, turn, context)
        if turn.is_heard and (events := self._go_on(dispatcher, turn)):
            return events
        if context.procedure_id or not context.choices:
            dispatcher.utter_message(response="utter_go_on")
            return []
        if len(context.choices) == 1:
            return self.read(dispatcher, turn, context.choices[0], context.aspect or "overview")
        choices = titled(kb, context.choices, turn.language)
        dispatcher.utter_message(response="utter_pick", buttons=choice_buttons(choices))
        return []

    def _go_on(self, dispatcher: CollectingDispatcher, turn: Turn) -> Events:
        """Says the next part of an answer that is heard; nothing where all of it was."""
        last, part = turn.last_answer, turn.last_answer.get("part", 0) + 1
        if not last.get("procedure_id"):
            return []
        aspects = tuple(last.get("told") or ()) or (last["aspect"] or "overview",)
        answer = self.knowledge_base().read(
            last["procedure_id"], aspects, turn.language, turn.context
        )
        if part >= len(answer.spoken):
            return []
        say_answer(dispatcher, answer, heard=True, part=part)
        return remember_answer(answer, turn.offered, part)


class ActionRepeat(KnowledgeAction):
    """«Ξαναπές το»."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_repeat"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Says the last thing again: an answer is read anew, anything else word for word."""
        said = last_said(tracker)
        if said is None:
            dispatcher.utter_message(response="utter_nothing_to_repeat")
            return []
        response = said["metadata"].get("utter_action")
        last = turn.last_answer
        if last.get("procedure_id") and (not response or response in IN_BETWEEN):
            return self.read(dispatcher, turn, last["procedure_id"], last["aspect"] or "overview")
        dispatcher.utter_message(
            text=said["text"],
            buttons=(said.get("data") or {}).get("buttons") or [],
            language=said["metadata"].get("language"),
        )
        return []


class ActionChangeLanguage(KnowledgeAction):
    """«In English please», «στα ελληνικά»."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_change_language"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Says the last answer in the language that was named."""
        language = named_language(turn.text) or turn.language
        last = turn.last_answer
        kept = [SlotSet("language", language)]
        if not last.get("procedure_id"):
            dispatcher.utter_message(response="utter_language_changed", language=language)
            return kept
        spoken = replace(turn, language=language)
        aspect = last["aspect"] or "overview"
        return [*kept, *self.read(dispatcher, spoken, last["procedure_id"], aspect)]


def named_language(text: str) -> str | None:
    """The code of the language that a request names, `None` if it names none of ours."""
    said = set(words(text))
    if said & ENGLISH:
        return "en"
    return "el" if said & GREEK else None


def last_said(tracker: Tracker) -> dict[str, Any] | None:
    """The assistant's last message in the part of the conversation that is kept."""
    return next((event for event in reversed(tracker.events) if event["event"] == "bot"), None)
