"""When a person is needed: the help desk, or somebody in danger."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.polite import PoliteAction
from actions.turn import Events, Turn
from bot import danger, wiring
from bot.services.cases import Cases

logger = logging.getLogger(__name__)


class ActionCallPerson(PoliteAction):
    """«Θέλω να μιλήσω με υπάλληλο»."""

    def __init__(self, cases: Callable[[], Cases] = wiring.cases) -> None:
        self._cases = cases

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_call_person"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Keeps a case and tells its number; without one, still tells how to reach a person."""
        try:
            number = self._cases().open("help", turn.conversation_id)
        except Exception as error:  # whatever the store threw, the other ways are told
            logger.error("no case could be kept: %s", type(error).__name__)
            dispatcher.utter_message(response="utter_person_unavailable")
        else:
            dispatcher.utter_message(response="utter_handed_over", case=number)
        return []


class ActionCrisis(PoliteAction):
    """Signs of danger that only the classifier saw."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_crisis"

    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Gives the numbers to call, at once."""
        reply = danger.reply("general", turn.language)
        contacts = "\n".join(f"{contact.number} – {contact.name}" for contact in reply.contacts)
        dispatcher.utter_message(
            text=f"{reply.text}\n\n{contacts}",
            json_message={
                "answer": {"outcome": "crisis", "procedure_id": None, "aspect": None, "sources": []}
            },
            language=turn.language,
        )
        return []
