"""What an action knows of the turn: the citizen's words, and what is being talked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from knowledge_base import Answer, Context

Events = list[dict[str, Any]]

ORIGINAL = "el"
SPOKEN = ("voice", "phone")
"""Channels on which answers are heard, part by part."""


@dataclass(frozen=True)
class Turn:
    """One message of a citizen, and the conversation's memory as it stood before."""

    conversation_id: str
    text: str
    intent: str
    confidence: float
    entities: dict[str, str]
    language: str
    """In which to answer: Greek for a message in Greeklish."""
    context: Context
    last_answer: dict[str, Any]
    """What was answered last: `procedure_id`, `aspect`, what was `told` of it and which `part` of
    that was heard, and the `others` that were offered."""
    channel: str = "web"
    remark: str | None = None
    """The feedback to which a comment is waited for, by its id."""

    @property
    def is_heard(self) -> bool:
        """Whether what is said is heard rather than read."""
        return self.channel in SPOKEN

    @property
    def offered(self) -> tuple[str, ...]:
        """Procedures that were offered in this turn of the talk, chosen from or not."""
        return self.context.choices or tuple(self.last_answer.get("others") or ())

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """Reads the tracker that Rasa sent."""
        message = tracker.latest_message
        said = message.get("metadata") or {}
        intent = message.get("intent") or {}
        slots = tracker.slots
        return cls(
            conversation_id=tracker.sender_id,
            text=message.get("text") or "",
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            entities={e["entity"]: str(e["value"]) for e in message.get("entities") or ()},
            language=spoken(said.get("language") or slots.get("language") or ORIGINAL),
            context=Context(
                procedure_id=slots.get("procedure"),
                aspect=slots.get("aspect"),
                cases=tuple(slots.get("cases") or ()),
                choices=tuple(slots.get("choices") or ()),
            ),
            last_answer=slots.get("last_answer") or {},
            channel=tracker.get_latest_input_channel() or "web",
            remark=slots.get("remark"),
        )


def remember(context: Context) -> Events:
    """Slot events that keep what is being talked about: ids only."""
    return [
        SlotSet("procedure", context.procedure_id),
        SlotSet("aspect", context.aspect),
        SlotSet("cases", list(context.cases)),
        SlotSet("choices", list(context.choices)),
    ]


def remember_answer(answer: Answer, others: tuple[str, ...] = (), part: int = 0) -> Events:
    """Slot events after an answer: what is talked about, and what was answered, to repeat it.

    `others` are procedures that were offered beside the one answered, `part` is what was heard.
    """
    last = {
        "procedure_id": answer.procedure_id,
        "aspect": answer.aspect,
        "told": list(answer.told),
        "part": part,
        "others": [key for key in others if key != answer.procedure_id],
    }
    return [*remember(answer.context), SlotSet("last_answer", last)]


def spoken(language: str) -> str:
    """The language to answer in for that of a message: `el` for `el-Latn`."""
    return language.split("-")[0]
