"""What the store keeps, as the rest of the assistant sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

Author = Literal["bot", "person", "system", "citizen"]


def now() -> datetime:
    """The time, in UTC without a zone, to the millisecond."""
    time = datetime.now(timezone.utc).replace(tzinfo=None)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def iso(time: datetime) -> str:
    """A time of the store as it stands in JSON."""
    return time.isoformat(timespec="milliseconds") + "Z"


@dataclass(frozen=True)
class Button:
    """A choice offered to the citizen."""

    title: str
    payload: str


@dataclass(frozen=True)
class Draft:
    """A message that is not stored yet."""

    author: Author
    text: str
    language: str
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None
    turn_id: str | None = None
    """The id of the citizen's message that it replies to."""
    id: str = ""
    """Its name in the conversation: the sender's `message_id`, or given when it is stored."""


@dataclass(frozen=True)
class Message(Draft):
    """A stored message of a conversation."""

    sequence: int = 0
    """Its place in the conversation, from 1."""
    time: datetime = field(default_factory=now)

    def to_json(self) -> dict[str, Any]:
        """The message on the wire."""
        wire: dict[str, Any] = {
            "id": self.id,
            "from": self.author,
            "text": self.text,
            "language": self.language,
            "buttons": [{"title": b.title, "payload": b.payload} for b in self.buttons],
        }
        if self.card is not None:
            wire["card"] = self.card
        if self.answer is not None:
            wire["answer"] = self.answer
        wire["time"] = iso(self.time)
        return wire


@dataclass(frozen=True)
class Conversation:
    """A conversation without its messages."""

    id: str
    token_hash: str
    """SHA-256 of the token, in hexadecimal."""
    language: str
    pinned: bool
    """Whether the citizen chose the language with a control."""
    channel: str
    created: datetime
    last_seen: datetime


@dataclass(frozen=True)
class Remark:
    """What a citizen said of a procedure."""

    id: str
    conversation_id: str
    procedure_id: str
    aspect: str | None
    kind: str
    language: str
    text: str = ""
    """The citizen's own words, redacted."""
    created: datetime = field(default_factory=now)


@dataclass(frozen=True)
class Situation:
    """What must be known before a turn."""

    conversation: Conversation
    earlier: Message | None = None
    """The citizen's message, where it is stored already."""
    replies: tuple[Message, ...] = ()
    """What was replied to it."""
    title: str | None = None
    """The title of the button that the payload was issued with."""
