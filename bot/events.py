"""What happens in a conversation, for those who listen while it happens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.store.records import Message

QUEUE_LENGTH = 1000


@dataclass(frozen=True)
class Event:
    """One thing that happened, as it stands on the wire."""

    body: dict[str, Any]
    sequence: int = 0
    """The message's place in the conversation; 0 for what is no message."""

    @classmethod
    def message(cls, message: Message) -> Event:
        """A message was stored."""
        return cls({"type": "message", "message": message.to_json()}, message.sequence)


TYPING = Event({"type": "typing"})
DELETED = Event({"type": "deleted"})


def state(language: str) -> Event:
    """Who owns the conversation, and its language."""
    return Event({"type": "state", "owner": "bot", "language": language})


@dataclass(eq=False)
class Listener:
    """Receives the events of one conversation."""

    queue: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    overrun: bool = False
    """It did not take its events in time and has lost some: it must resume."""


class Events:
    """Passes events on to the listeners of this process."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)

    def listening(self, conversation_id: str) -> int:
        """How many listen to a conversation."""
        return len(self._listeners.get(conversation_id, ()))

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Listener]:
        """Listens to a conversation as long as the context lasts."""
        listener = Listener()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def publish(self, conversation_id: str, *events: Event) -> None:
        """Tells the listeners of a conversation."""
        for listener in self._listeners.get(conversation_id, ()):
            for event in events:
                try:
                    listener.queue.put_nowait(event)
                except asyncio.QueueFull:
                    listener.overrun = True
