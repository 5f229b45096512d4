"""What is said in return to a citizen, before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import danger
from bot.engine import Reply
from bot.store.records import Draft

ANSWER_ON_THE_WIRE = ("outcome", "procedure_id", "aspect", "sources")
NO_OUTCOME = "none"
"""The outcome, in figures and logs, of a turn that answered no question."""


@dataclass(frozen=True)
class Said:
    """The messages of one turn, and how it ended."""

    drafts: list[Draft]
    outcome: str
    engine_s: float | None = None
    """Seconds that the engine took; `None` where it was not asked."""
    intent: str | None = None
    answer: Mapping[str, Any] | None = None
    """The engine's answer, its score included."""

    @property
    def turned_to(self) -> str | None:
        """The language that the citizen asked to go on in, if that is what this turn did."""
        return self.drafts[-1].language if self.intent == "change_language" else None


def crisis(kind: str, language: str, turn_id: str) -> Said:
    """Whom to call, for a kind of danger of `bot.danger`."""
    reply = danger.reply(kind, language)
    contacts = "\n".join(f"{contact.number} – {contact.name}" for contact in reply.contacts)
    answer = _on_the_wire({"outcome": "crisis", "sources": []})
    text = f"{reply.text}\n\n{contacts}"
    return Said([Draft("bot", text, language, answer=answer, turn_id=turn_id)], "crisis")


def trouble(code: str, text: str, language: str, turn_id: str, engine_s: float) -> Said:
    """A polite text where the engine had none."""
    return Said([Draft("bot", text, language, turn_id=turn_id)], code, engine_s)


def from_engine(replies: Sequence[Reply], language: str, turn_id: str, engine_s: float) -> Said:
    """The engine's replies to a message that is to be answered in `language`."""
    drafts = [
        Draft(
            "bot",
            reply.text,
            reply.language or language,
            reply.buttons,
            reply.card,
            _on_the_wire(reply.answer) if reply.answer else None,
            turn_id=turn_id,
        )
        for reply in replies
    ]
    answer = next((reply.answer for reply in replies if reply.answer), None)
    outcome = str(answer.get("outcome")) if answer else NO_OUTCOME
    return Said(drafts, outcome, engine_s, replies[0].intent, answer)


def _on_the_wire(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: answer.get(key) for key in ANSWER_ON_THE_WIRE}
