"""The base of all actions: whatever fails, the citizen gets a polite text."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.comment import NO_COMMENT, take_comment
from actions.turn import Events, Turn
from bot import wiring

logger = logging.getLogger(__name__)


class PoliteAction(Action, ABC):  # type: ignore[misc]
    """An action whose failure is said, not shown."""

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Runs `reply`; if it raises, drops what it had said and says `utter_failed` instead.

        A comment that is waited for is kept in its place, whatever the message was taken for.
        """
        try:
            turn = Turn.of(tracker)
            if turn.remark is None:
                return self.reply(dispatcher, tracker, turn)
            if take_comment(dispatcher, turn, wiring.feedback):
                return [NO_COMMENT]
            return [NO_COMMENT, *self.reply(dispatcher, tracker, turn)]
        except Exception as error:
            logger.error("%s failed: %s", self.name(), type(error).__name__)
            logger.debug("%s failed", self.name(), exc_info=error)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_failed")
            return []

    @abstractmethod
    def reply(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
        """Says what is to be said; returns what is to be remembered."""
