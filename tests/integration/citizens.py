"""The front door over a scripted engine, without any network beyond the loopback."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.conversation import Conversations
from bot.engine import ScriptedEngine
from bot.settings import Settings
from bot.store import Store
from bot.texts import Texts
from bot.web.app import create_app

TEXTS = Texts.load()


class GreekLetters:
    """An identifier that goes by the letters."""

    def identify(self, text: str, fallback: str) -> str:
        """`el` or `en` by the letters, `fallback` where there are none."""
        letters = [letter for letter in text.lower() if letter.isalpha()]
        if not letters:
            return fallback
        return "el" if any("α" <= letter <= "ώ" for letter in letters) else "en"


@dataclass
class Citizen:
    """One citizen's conversation, over HTTP."""

    http: TestClient
    id: str
    token: str
    welcome: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, **body: Any) -> ClientResponse:
        return await self.http.post(f"{self.path}/messages", json=body, headers=self.headers)

    async def say(self, text: str, **body: Any) -> list[dict[str, Any]]:
        response = await self.post(text=text, **body)
        assert response.status == 200, await response.text()
        return (await response.json())["messages"]

    async def messages(self, after: str | None = None) -> list[dict[str, Any]]:
        query = {"after": after} if after else {}
        response = await self.http.get(f"{self.path}/messages", params=query, headers=self.headers)
        assert response.status == 200, await response.text()
        return (await response.json())["messages"]

    async def said(self) -> list[str]:
        return [m["text"] for m in await self.messages() if m["from"] == "citizen"]

    async def listen(self, resume: str | None = "") -> ClientWebSocketResponse:
        """A WebSocket; with `resume` other than "", it resumes after that message."""
        protocols = ("ariadne", f"token.{self.token}")
        socket = await self.http.ws_connect(f"{self.path}/events", protocols=protocols)
        if resume != "":
            await socket.send_json({"type": "resume", "after": resume})
        return socket


@dataclass
class FrontDoor:
    """A running front door and what is behind it."""

    http: TestClient
    engine: ScriptedEngine
    home: Path
    conversations: Conversations

    async def citizen(self, **body: Any) -> Citizen:
        response = await self.http.post("/api/conversations", json={"channel": "web", **body})
        assert response.status == 201, await response.text()
        opened = await response.json()
        return Citizen(self.http, opened["id"], opened["token"], opened["messages"])


class Opener:
    """Opens front doors with the settings a test needs, and closes them after it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._clients: list[TestClient] = []

    async def __call__(self, **changes: Any) -> FrontDoor:
        settings = replace(Settings(home=self._home, database_timeout_s=0.05), **changes)
        engine = ScriptedEngine()
        conversations = Conversations(
            await asyncio.to_thread(Store.open, settings.database_url, settings.database_timeout_s),
            engine,
            TEXTS,
            GreekLetters(),
            deadline_s=settings.turn_deadline_s,
            characters=settings.message_characters,
        )
        client = TestClient(TestServer(create_app(settings, conversations)))
        await client.start_server()
        self._clients.append(client)
        return FrontDoor(client, engine, settings.home, conversations)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
