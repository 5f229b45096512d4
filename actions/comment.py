"""The citizen's own words after feedback: the next message, unless it asks or answers otherwise."""

from __future__ import annotations

from collections.abc import Callable

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.services.feedback import Feedback

OpenFeedback = Callable[[], Feedback]
NO_COMMENT = SlotSet("remark", None)
"""That no comment is waited for any more."""
_ASKS = ("?", ";", "\u037e")
_SAYS_NOTHING = frozenset({"deny", "thank", "goodbye", "affirm", "talk_to_human", "help"})
"""Intents of a short message by which no comment is given."""
_SHORT = 4
"""Words up to which a message is taken for such an intent."""


def take_comment(dispatcher: CollectingDispatcher, turn: Turn, feedback: OpenFeedback) -> bool:
    """Keeps the message as the comment that is waited for; false where it is something else.

    Raises:
        Unavailable: the store cannot keep it now.
    """
    if turn.remark is None or not _comments(turn):
        return False
    kept = feedback().comment(turn.remark, turn.text)
    dispatcher.utter_message(response="utter_comment_kept" if kept else "utter_comment_gone")
    return True


def _comments(turn: Turn) -> bool:
    said = turn.text.split()
    asks = turn.text.rstrip().endswith(_ASKS)
    if not said or asks or turn.text.startswith("/") or turn.intent == "crisis":
        return False
    return len(said) > _SHORT or turn.intent not in _SAYS_NOTHING
