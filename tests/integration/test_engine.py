"""The engine over HTTP, against a server that answers as Rasa's channel does, or does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.engine import RasaEngine, Reply
from bot.errors import EngineError
from bot.store.records import Button


class Rasa:
    """Answers every request with what it is told to, and remembers what was asked."""

    def __init__(self) -> None:
        self.answer: Any = {"messages": [], "intent": None}
        self.status = 200
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[tuple[str, Any]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, await request.json() if request.can_read_body else None))
        await self.gate.wait()
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=self.status)
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
async def server(rasa: Rasa) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", rasa.handle)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def engine(server: TestServer) -> AsyncIterator[RasaEngine]:
    engine = RasaEngine(str(server.make_url("/")).rstrip("/"), timeout_s=5)
    yield engine
    await engine.close()


async def test_a_turn_is_asked_for_as_the_channel_expects(rasa: Rasa, engine: RasaEngine) -> None:
    await engine.turn("c1", "γεια", "el", "web")
    turn = {"sender": "c1", "text": "γεια", "language": "el", "channel": "web"}
    assert rasa.asked == [("/webhooks/citizen/turn", turn)]


async def test_the_channels_messages_become_replies(rasa: Rasa, engine: RasaEngine) -> None:
    rasa.answer = {
        "messages": [
            {
                "text": "Κόστος: 84,40 €",
                "buttons": [{"title": "Χρόνος", "payload": "/ask_aspect"}],
                "custom": {"answer": {"outcome": "answered"}, "card": {"title": "τ"}},
                "language": "el",
            },
            {"text": "Κάτι άλλο;", "buttons": [], "custom": {}, "language": None},
        ],
        "intent": "ask_procedure",
    }
    assert await engine.turn("c1", "κόστος", "el", "web") == [
        Reply(
            "Κόστος: 84,40 €",
            "el",
            (Button("Χρόνος", "/ask_aspect"),),
            {"title": "τ"},
            {"outcome": "answered"},
            "ask_procedure",
        ),
        Reply("Κάτι άλλο;", intent="ask_procedure"),
    ]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (502, {"error": "actions_down"}),
        (500, "Internal Server Error"),
        (200, "no JSON"),
        (200, {"something": "else"}),
        (200, ["a", "list"]),
        (200, {"messages": [5]}),
        (200, {"messages": [{"text": "γεια", "buttons": [{"title": "χωρίς payload"}]}]}),
    ],
)
async def test_an_answer_that_is_no_turn_is_an_engine_error(
    rasa: Rasa, engine: RasaEngine, status: int, answer: Any
) -> None:
    rasa.status, rasa.answer = status, answer
    with pytest.raises(EngineError):
        await engine.turn("c1", "γεια", "el", "web")


async def test_a_dead_server_is_an_engine_error(server: TestServer, engine: RasaEngine) -> None:
    await engine.ping()
    await server.close()
    for use in (engine.turn("c1", "γεια", "el", "web"), engine.forget("c1"), engine.ping()):
        with pytest.raises(EngineError):
            await use


async def test_forgetting_names_the_conversation(rasa: Rasa, engine: RasaEngine) -> None:
    await engine.forget("c1")
    assert rasa.asked == [("/webhooks/citizen/forget", {"sender": "c1"})]


async def test_an_engine_whose_memory_is_away_does_not_answer(
    rasa: Rasa, engine: RasaEngine
) -> None:
    rasa.answer, rasa.status = {"error": "memory_down"}, 503
    with pytest.raises(EngineError):
        await engine.ping()
    assert rasa.asked == [("/webhooks/citizen/health", None)]


async def test_a_slow_server_times_out(server: TestServer, rasa: Rasa) -> None:
    rasa.gate.clear()
    engine = RasaEngine(str(server.make_url("/")).rstrip("/"), timeout_s=0.05)
    with pytest.raises(asyncio.TimeoutError):
        await engine.turn("c1", "γεια", "el", "web")
    rasa.gate.set()
    await engine.close()
