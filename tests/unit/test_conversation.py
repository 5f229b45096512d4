"""Conversations without a front door: what every channel, the voice too, can rely on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import Conversations
from bot.engine import Reply, ScriptedEngine
from bot.errors import InvalidRequest, NotFound, Unauthorised, Unavailable
from bot.events import QUEUE_LENGTH, TYPING, Events
from bot.store import Store
from bot.texts import Texts


class Undecided:
    """An identifier that cannot tell any language but Greeklish by its `w`."""

    def identify(self, text: str, fallback: str) -> str:
        return "el-Latn" if "w" in text else fallback


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
async def conversations(tmp_path: Path, engine: ScriptedEngine) -> AsyncIterator[Conversations]:
    store = Store.open(f"sqlite:///{tmp_path / 'ariadne.db'}")
    conversations = Conversations(store, engine, Texts.load(), Undecided(), deadline_s=0.05)
    yield conversations
    await conversations.close()


async def test_a_turn_returns_what_is_said_in_return(conversations: Conversations) -> None:
    opened = await conversations.open("voice", "el")
    (message,) = await conversations.turn(opened.id, text="γεια")
    assert (message.author, message.text, message.language) == ("bot", "γεια", "el")


async def test_the_language_of_a_reply_is_the_engines_where_it_tells_one(
    conversations: Conversations, engine: ScriptedEngine
) -> None:
    engine.script = {"γεια": [Reply("hello", language="en")]}
    opened = await conversations.open("web", "el")
    (message,) = await conversations.turn(opened.id, text="γεια")
    assert message.language == "en"


async def test_greeklish_is_kept_as_such_and_answered_in_greek(
    conversations: Conversations, engine: ScriptedEngine
) -> None:
    opened = await conversations.open("web", "el")
    await conversations.turn(opened.id, text="thelw na rwthsw kati")
    assert engine.turns[0][2] == "el"
    assert (await conversations.messages(opened.id))[1].language == "el-Latn"


@pytest.mark.parametrize("token", [None, "", "wrong"])
async def test_only_its_token_opens_a_conversation(
    conversations: Conversations, token: str | None
) -> None:
    opened = await conversations.open("web", "el")
    assert await conversations.authenticate(opened.id, opened.token) == "el"
    with pytest.raises(Unauthorised):
        await conversations.authenticate(opened.id, token)


async def test_a_turn_of_no_conversation_is_not_found(conversations: Conversations) -> None:
    with pytest.raises(NotFound):
        await conversations.turn("none", text="γεια")


async def test_a_turn_needs_a_text_or_a_payload(conversations: Conversations) -> None:
    opened = await conversations.open("web", "el")
    with pytest.raises(InvalidRequest):
        await conversations.turn(opened.id)


async def test_turns_that_would_wait_too_long_are_refused(
    conversations: Conversations, engine: ScriptedEngine
) -> None:
    engine.gate = asyncio.Event()
    opened = await conversations.open("web", "el")
    turns = (conversations.turn(opened.id, text="γεια") for _ in range(5))
    ends = await asyncio.gather(*turns, return_exceptions=True)
    assert isinstance(ends[0], list)
    assert isinstance(ends[-1], Unavailable)


async def test_a_warm_up_leaves_nothing_behind(
    conversations: Conversations, engine: ScriptedEngine
) -> None:
    await conversations.warm_up(1)
    assert engine.forgotten == [engine.turns[0][0]]


@pytest.mark.parametrize("trouble", ["down", "slow"])
async def test_a_warm_up_that_fails_stops_nothing(
    conversations: Conversations, engine: ScriptedEngine, trouble: str
) -> None:
    engine.down = trouble == "down"
    engine.gate = asyncio.Event()
    await conversations.warm_up(0.01)
    assert engine.forgotten == []


async def test_a_listener_that_does_not_listen_is_marked_as_overrun() -> None:
    events = Events()
    with events.listen("c1") as listener:
        events.publish("c1", *[TYPING] * QUEUE_LENGTH)
        assert not listener.overrun
        events.publish("c1", TYPING)
        assert listener.overrun


async def test_nobody_listens_any_more_after_the_last_has_left() -> None:
    events = Events()
    with events.listen("c1"):
        assert events.listening("c1") == 1
    assert events.listening("c1") == 0
