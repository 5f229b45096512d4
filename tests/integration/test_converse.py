"""`python -m bot converse`: dialogues played through the public interface."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from citizens import FrontDoor, Opener

from bot import converse
from bot.engine import Reply
from bot.errors import AriadneError

ANSWER = {"outcome": "answered", "procedure_id": "144400", "aspect": "cost", "sources": []}


async def play(door: FrontDoor, capsys: pytest.CaptureFixture[str], *rows: Any) -> Any:
    file = door.home / "dialogues.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    url = str(door.http.make_url("/"))
    assert await asyncio.to_thread(converse.main, file, url) == 0
    return json.loads(capsys.readouterr().out)


def dialogue(*texts: str, **changes: Any) -> dict[str, Any]:
    turns = [{"user": text} for text in texts]
    return {"id": "d1", "lang": "el", "channel": "web", "turns": turns, **changes}


async def test_the_transcript_has_every_turn_and_its_outcome(
    door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    door.engine.script = {"πόσο κάνει;": [Reply("84,40 €", answer=ANSWER)]}
    played = await play(door, capsys, dialogue("γεια", "πόσο κάνει;"))
    (transcript,) = played["dialogues"]
    assert played["n"] == 1
    assert transcript["id"] == "d1"
    assert transcript["welcome"][0]["from"] == "bot"
    assert [turn["user"] for turn in transcript["turns"]] == ["γεια", "πόσο κάνει;"]
    assert [turn["outcome"] for turn in transcript["turns"]] == [None, "answered"]
    assert transcript["turns"][1]["messages"][0]["text"] == "84,40 €"


async def test_language_and_channel_are_the_rows(
    door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    await play(door, capsys, dialogue("123", lang="el-Latn", channel="phone"))
    assert door.engine.turns[0][2:] == ("el", "phone")


async def test_each_dialogue_is_a_conversation_of_its_own(
    door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    await play(door, capsys, dialogue("α"), dialogue("β"))
    assert len({turn[0] for turn in door.engine.turns}) == 2


async def test_a_refused_turn_is_in_the_transcript(
    door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    played = await play(door, capsys, dialogue("", "γεια"))
    first, second = played["dialogues"][0]["turns"]
    assert first["error"]["code"] == "text_empty"
    assert second["messages"][0]["text"] == "γεια"


async def test_a_limit_is_waited_for(open_door: Opener, capsys: pytest.CaptureFixture[str]) -> None:
    door = await open_door(conversation_rate=60)
    played = await play(door, capsys, dialogue(*["γεια"] * 61))
    assert all("error" not in turn for turn in played["dialogues"][0]["turns"])
    assert len(door.engine.turns) == 61


async def test_nobody_at_the_address_is_one_plain_line(tmp_path: Path) -> None:
    file = tmp_path / "dialogues.jsonl"
    file.write_text(json.dumps(dialogue("γεια")), encoding="utf-8")
    with pytest.raises(AriadneError, match=r"No assistant answers at http://127\.0\.0\.1:1"):
        await asyncio.to_thread(converse.main, file, "http://127.0.0.1:1")


async def test_a_row_that_is_no_dialogue_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "dialogues.jsonl"
    file.write_text('{"id": "d1"}', encoding="utf-8")
    with pytest.raises(AriadneError, match="line 1: not a dialogue"):
        await asyncio.to_thread(converse.main, file, "http://127.0.0.1:1")
