"""The one custom action of the bare assistant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionTime(Action):
    """Says the time: the least that an action can do."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_time"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Looks at the clock."""
        dispatcher.utter_message(text=f"It is {datetime.now():%H:%M}.")
        return []
