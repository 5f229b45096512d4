"""The dialogue engine: what a conversation asks for the next reply."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import orjson

from bot.errors import EngineError
from bot.store.records import Button

KEEP_ALIVE_S = 3.0
"""Below the five seconds after which Rasa's server closes an idle connection."""


@dataclass(frozen=True)
class Reply:
    """One message of the engine."""

    text: str
    language: str | None = None
    """Language of the text, where it is not the one asked for."""
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None
    intent: str | None = None
    """What the engine took the citizen's message for."""


class Engine(Protocol):
    """Any dialogue engine."""

    async def turn(
        self, conversation_id: str, text: str, language: str, channel: str
    ) -> list[Reply]:
        """The replies to one message of a citizen.

        Args:
            text: the message, redacted, or the payload of a button (`/help`).
            language: the language to reply in.
            channel: `web`, `voice` or `phone`.

        Raises:
            EngineError: no usable answer came back.
        """

    async def forget(self, conversation_id: str) -> None:
        """Deletes what the engine remembers of a conversation.

        Raises:
            EngineError: it could not be told.
        """

    async def ping(self) -> None:
        """Raises `EngineError` where the engine does not answer."""

    async def close(self) -> None:
        """Closes its connections."""


class RasaEngine:
    """A Rasa server with the channel of `bot.rasa.channel`.

    Args:
        url: where it answers, such as `http://127.0.0.1:5005`.
        timeout_s: the longest that one request may take.
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._http: aiohttp.ClientSession | None = None

    async def turn(
        self, conversation_id: str, text: str, language: str, channel: str
    ) -> list[Reply]:
        """See `Engine.turn`."""
        turn = {
            "sender": conversation_id,
            "text": text,
            "language": language,
            "channel": channel,
        }
        answer = await self._post("turn", turn)
        try:
            intent = answer.get("intent")
            return [_reply(message, intent) for message in answer["messages"]]
        except (AttributeError, KeyError, TypeError) as error:
            raise EngineError("the engine's answer is not a turn") from error

    async def forget(self, conversation_id: str) -> None:
        """See `Engine.forget`."""
        await self._post("forget", {"sender": conversation_id})

    async def ping(self) -> None:
        """See `Engine.ping`."""
        try:
            async with self._session().get(f"{self._url}/webhooks/citizen/health") as response:
                response.raise_for_status()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise EngineError("the engine does not answer") from error

    async def close(self) -> None:
        """See `Engine.close`."""
        if self._http is not None:
            await self._http.close()

    async def _post(self, action: str, body: Mapping[str, str]) -> Any:
        try:
            async with self._session().post(
                f"{self._url}/webhooks/citizen/{action}",
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
            ) as response:
                response.raise_for_status()
                return orjson.loads(await response.read())
        except (aiohttp.ClientError, orjson.JSONDecodeError) as error:
            raise EngineError(f"the engine failed: {type(error).__name__}") from error

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S)
            self._http = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._http


def _reply(message: Mapping[str, Any], intent: str | None) -> Reply:
    custom = message.get("custom") or {}
    buttons = (Button(b["title"], b["payload"]) for b in message.get("buttons") or ())
    return Reply(
        text=message.get("text") or "",
        language=message.get("language"),
        buttons=tuple(buttons),
        card=custom.get("card"),
        answer=custom.get("answer"),
        intent=intent,
    )


@dataclass
class ScriptedEngine:
    """An engine for tests: says what it is told to, and remembers what it was asked."""

    script: Mapping[str, Sequence[Reply]] = field(default_factory=dict)
    """Replies by the citizen's text; to any other it repeats the text."""
    gate: asyncio.Event | None = None
    """Where given, every turn waits for it."""
    down: bool = False
    turns: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Every turn asked for: conversation, text, language, channel."""
    forgotten: list[str] = field(default_factory=list)

    async def turn(
        self, conversation_id: str, text: str, language: str, channel: str
    ) -> list[Reply]:
        """See `Engine.turn`."""
        await self.ping()
        self.turns.append((conversation_id, text, language, channel))
        if self.gate is not None:
            await self.gate.wait()
        return list(self.script.get(text, [Reply(text)]))

    async def forget(self, conversation_id: str) -> None:
        """See `Engine.forget`."""
        await self.ping()
        self.forgotten.append(conversation_id)

    async def ping(self) -> None:
        """See `Engine.ping`."""
        if self.down:
            raise EngineError("scripted to be down")

    async def close(self) -> None:
        """See `Engine.close`."""
