"""An assistant for the widget's tests: the public HTTP interface, answers from a script.

It knows a handful of questions, keeps everything in memory, and misbehaves on demand.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from aiohttp import WSMsgType, web
from assistant_scenes import Scene, greeting, scene_for

ROOT = Path(__file__).parents[2]
WIDGET = ROOT / "bot" / "web" / "widget"
RESPONSES = ROOT / "bot" / "responses"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
GONE = 4404


@dataclass
class Conversation:
    """One conversation and those who listen to it."""

    id: str
    token: str
    language: str
    owner: str = "bot"
    messages: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)


class Stub:
    """The server, in a thread of its own; its methods may be called from the test's."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.received: list[dict[str, Any]] = []
        """Bodies of every message posted, repeats included."""
        self.resumed: list[str | None] = []
        """What each WebSocket asked to resume after."""
        self.refuse: list[int] = []
        """Statuses of the next POSTs of a message, instead of an answer; 0 drops the reply."""
        self.refuse_texts = 0
        """How many of the next requests for texts fail."""
        self.refuse_opening = False
        self.refuse_delete = False
        self.sockets_open = True
        self._serial = count(1)
        self._answering: threading.Event = threading.Event()
        self._answering.set()
        self._loop = asyncio.new_event_loop()
        self.address = ""

    @contextlib.contextmanager
    def running(self) -> Iterator[Stub]:
        """Serves on a free port as long as the context lasts."""
        started = threading.Event()
        thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        thread.start()
        started.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()

    def reset(self) -> None:
        """Forgets everything and behaves."""
        self.conversations.clear()
        self.received.clear()
        self.resumed.clear()
        self.refuse.clear()
        self.refuse_texts = 0
        self.refuse_opening = False
        self.refuse_delete = False
        self.sockets_open = True
        self._answering.set()

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Holds every answer back as long as the context lasts."""
        self._answering.clear()
        try:
            yield
        finally:
            self._answering.set()

    def only(self) -> Conversation:
        """The one conversation there is."""
        (conversation,) = self.conversations.values()
        return conversation

    def push(self, text: str, sender: str = "bot") -> None:
        """Has a message arrive that nobody asked for."""
        self._soon(self._say(self.only(), {"from": sender, "text": text}))

    def hand_over(self, owner: str) -> None:
        """Gives the conversation to the machine or to a person."""
        self.only().owner = owner
        self._soon(self._send(self.only(), _state(self.only())))

    def drop(self) -> None:
        """Breaks every WebSocket."""
        self._soon(self._drop())

    def expire(self) -> None:
        """Forgets the conversation, as after its retention."""
        self.conversations.clear()

    def _soon(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        runner = web.AppRunner(self._app(), shutdown_timeout=0)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[_across_origins])
        app.add_routes(
            [
                web.get("/", _page),
                web.get("/widget.js", _script),
                web.get("/widget/texts/{language}.json", self._texts),
                web.static("/widget", WIDGET),
                web.post("/api/conversations", self._open),
                web.get("/api/conversations/{id}/messages", self._read),
                web.post("/api/conversations/{id}/messages", self._post),
                web.post("/api/conversations/{id}/language", self._language),
                web.get("/api/conversations/{id}/events", self._events),
                web.delete("/api/conversations/{id}", self._delete),
            ]
        )
        return app

    async def _texts(self, request: web.Request) -> web.Response:
        if self.refuse_texts:
            self.refuse_texts -= 1
            raise web.HTTPServiceUnavailable
        document = (RESPONSES / f"{request.match_info['language']}.yml").read_text("utf-8")
        return web.json_response(yaml.safe_load(document)["widget"])

    async def _open(self, request: web.Request) -> web.Response:
        if self.refuse_opening:
            raise web.HTTPServiceUnavailable
        language = (await request.json())["language"]
        number = next(self._serial)
        conversation = Conversation(f"c{number}", f"secret{number}", language)
        self.conversations[conversation.id] = conversation
        await self._say(conversation, greeting(language))
        body = {
            "id": conversation.id,
            "token": conversation.token,
            "messages": conversation.messages,
        }
        return web.json_response(body, status=201)

    async def _read(self, request: web.Request) -> web.Response:
        conversation = self._known(request)
        return web.json_response({"messages": _after(conversation, request.query.get("after"))})

    async def _post(self, request: web.Request) -> web.Response:
        conversation, body = self._known(request), await request.json()
        self.received.append(body)
        if self.refuse and self.refuse[0]:
            status = self.refuse.pop(0)
            error = {"code": "busy", "message": "Δεχόμαστε πολλά μηνύματα. Δοκιμάστε σε λίγο."}
            return web.json_response({"error": error}, status=status)
        replies = conversation.replies.get(body["message_id"])
        if replies is None:
            replies = await self._turn(conversation, body)
        if self.refuse:
            self.refuse.pop(0)
            assert request.transport
            request.transport.abort()
        return web.json_response({"messages": replies})

    async def _turn(self, conversation: Conversation, body: dict[str, Any]) -> list[dict[str, Any]]:
        scene: Scene = scene_for(body.get("text"), body.get("payload"), conversation.language)
        own = {"from": "citizen", "text": scene.said, "message_id": body["message_id"]}
        await self._say(conversation, own)
        await self._send(conversation, {"type": "typing"})
        await asyncio.get_running_loop().run_in_executor(None, self._answering.wait)
        replies = [await self._say(conversation, reply) for reply in scene.replies]
        conversation.replies[body["message_id"]] = replies
        return replies

    async def _language(self, request: web.Request) -> web.Response:
        conversation = self._known(request)
        conversation.language = (await request.json())["language"]
        return web.json_response({"language": conversation.language})

    async def _delete(self, request: web.Request) -> web.Response:
        conversation = self._known(request)
        if self.refuse_delete:
            raise web.HTTPServiceUnavailable
        del self.conversations[conversation.id]
        for socket in conversation.sockets:
            await socket.close(code=GONE)
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        conversation = self._known(request)
        if not self.sockets_open:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(protocols=("ariadne",))
        await socket.prepare(request)
        first = await socket.receive()
        if first.type is not WSMsgType.TEXT:
            return socket
        last = first.json()["after"]
        self.resumed.append(last)
        await socket.send_json(_state(conversation))
        while missed := _after(conversation, last):
            for message in missed:
                await socket.send_json({"type": "message", "message": message})
            last = missed[-1]["id"]
        conversation.sockets.append(socket)
        async for frame in socket:
            assert frame.type is WSMsgType.TEXT
        conversation.sockets.remove(socket)
        return socket

    async def _say(self, conversation: Conversation, message: dict[str, Any]) -> dict[str, Any]:
        number = next(self._serial)
        complete = {
            "id": f"m{number}",
            "from": "bot",
            "language": conversation.language,
            "buttons": [],
            "time": f"2026-11-23T10:{number % 60:02}:00Z",
            **message,
        }
        conversation.messages.append(complete)
        await self._send(conversation, {"type": "message", "message": complete})
        return complete

    async def _send(self, conversation: Conversation, frame: dict[str, Any]) -> None:
        for socket in conversation.sockets:
            await socket.send_str(json.dumps(frame))

    async def _drop(self) -> None:
        for conversation in self.conversations.values():
            for socket in list(conversation.sockets):
                await socket.close()

    def _known(self, request: web.Request) -> Conversation:
        conversation = self.conversations.get(request.match_info["id"])
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            token = request.headers.get("Sec-WebSocket-Protocol", "").partition("token.")[2]
        if conversation is None or token != conversation.token:
            raise web.HTTPUnauthorized
        return conversation


@web.middleware
async def _across_origins(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = (
            web.Response(status=204) if request.method == "OPTIONS" else await handler(request)
        )
    except web.HTTPException as error:
        response = web.json_response({}, status=error.status)
    if not response.prepared:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
    return response


def _state(conversation: Conversation) -> dict[str, Any]:
    return {"type": "state", "owner": conversation.owner, "language": conversation.language}


def _after(conversation: Conversation, last: str | None) -> list[dict[str, Any]]:
    ids = [message["id"] for message in conversation.messages]
    return conversation.messages[ids.index(last) + 1 if last in ids else 0 :]


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(WIDGET / "index.html")


async def _script(_: web.Request) -> web.FileResponse:
    return web.FileResponse(WIDGET / "ariadne.js")


if __name__ == "__main__":
    with Stub().running() as stub:
        print(stub.address)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
