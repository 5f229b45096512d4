"""The citizen's WebSocket: what happens in a conversation, as it happens.

The first frame of the client may be `{"type":"resume","after":"<message id>"}` (`null`: from the
beginning), or the address may carry `?after=`: everything after that message is sent first, and
nothing twice. Without either, events are sent from the moment of connecting.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from weakref import WeakSet

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from bot.conversation import Conversations
from bot.errors import Refusal, TooMany
from bot.events import DELETED, Event, Listener, state
from bot.web.context import CONVERSATIONS, SETTINGS, SUBPROTOCOL, conversation, language

HEARTBEAT_S = 30.0
RESUME_GRACE_S = 0.5
"""Seconds that the first frame may take; until then nothing is sent."""
LARGEST_FRAME = 4096
GONE = 4404
RESUME_AGAIN = 4408
"""Close codes of our own: the conversation was deleted; events were lost, connect again."""

_log = logging.getLogger("ariadne.web")
SOCKETS: web.AppKey[WeakSet[web.WebSocketResponse]] = web.AppKey("sockets", WeakSet)


@dataclass(frozen=True)
class _From:
    """Where a client wants its messages from."""

    after: str | None
    resume: bool = True


async def events(request: web.Request) -> web.WebSocketResponse:
    """`GET /api/conversations/{id}/events`"""
    conversation_id = await conversation(request)
    conversations = request.app[CONVERSATIONS]
    most = request.app[SETTINGS].sockets_per_conversation
    if conversations.events.listening(conversation_id) >= most:
        raise TooMany("too_many_sockets", retry_after=HEARTBEAT_S)
    with conversations.events.listen(conversation_id) as listener:
        socket = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,), heartbeat=HEARTBEAT_S, max_msg_size=LARGEST_FRAME
        )
        await socket.prepare(request)
        request.app[SOCKETS].add(socket)
        with conversations.metrics.sockets.track_inprogress():
            stream = _Stream(socket, conversations, conversation_id, listener, language(request))
            await stream.run(request.query.get("after"))
        return socket


@dataclass
class _Stream:
    socket: web.WebSocketResponse
    conversations: Conversations
    conversation_id: str
    listener: Listener
    language: str

    async def run(self, after: str | None) -> None:
        """Reads and writes until either side has enough."""
        start: asyncio.Future[_From] = asyncio.get_running_loop().create_future()
        if after is not None:
            start.set_result(_From(after))
        reader = asyncio.create_task(self._read(start))
        writer = asyncio.create_task(self._write(start))
        await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
        reader.cancel()
        writer.cancel()
        _, ended = await asyncio.gather(reader, writer, return_exceptions=True)
        if isinstance(ended, Exception) and not isinstance(ended, ConnectionError):
            _log.error("unexpected error", exc_info=ended)
        await self.socket.close(code=ended if isinstance(ended, int) else WSCloseCode.OK)

    async def _read(self, start: asyncio.Future[_From]) -> None:
        async for frame in self.socket:
            if frame.type is WSMsgType.TEXT and not start.done():
                start.set_result(_parse(frame.data))

    async def _write(self, start: asyncio.Future[_From]) -> int:
        """Sends what happens; returns the code to close with."""
        await asyncio.wait((start,), timeout=RESUME_GRACE_S)
        if not start.done():
            start.set_result(_From(None, resume=False))
        try:
            last = await self._catch_up(start.result())
        except Refusal as refusal:
            text = self.conversations.texts.say(f"error_{refusal.code}", self.language)
            error = {"code": refusal.code, "message": text}
            await self._send(Event({"type": "error", "error": error}))
            return WSCloseCode.POLICY_VIOLATION
        await self._send(state(self.language))
        while not self.listener.overrun:
            event = await self.listener.queue.get()
            if event.sequence and event.sequence <= last:
                continue
            await self._send(event)
            if event is DELETED:
                return GONE
        return RESUME_AGAIN

    async def _catch_up(self, start: _From) -> int:
        """Sends what the client has missed; returns the place of the last message sent."""
        if not start.resume:
            return 0
        missed = await self.conversations.messages(self.conversation_id, start.after)
        for message in missed:
            await self._send(Event.message(message))
        return missed[-1].sequence if missed else 0

    async def _send(self, event: Event) -> None:
        await self.socket.send_str(orjson.dumps(event.body).decode())


def _parse(frame: str) -> _From:
    try:
        values = orjson.loads(frame)
        if values["type"] == "resume":
            after = values.get("after")
            return _From(None if after is None else str(after))
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        pass
    return _From(None, resume=False)


async def close_sockets(app: web.Application) -> None:
    """Says goodbye to all that listen, when the front door closes."""
    sockets = app[SOCKETS]
    for socket in tuple(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY)
