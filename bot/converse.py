"""Plays written dialogues through the public HTTP interface of a running assistant."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
from tqdm import tqdm

from bot.errors import AriadneError

TRIES = 20
"""How often a message is sent again when the limits say to wait."""


class UnreachableError(AriadneError):
    """No assistant answers at the address."""


def main(file: Path, url: str) -> int:
    """Prints the transcripts of all dialogues in `file` as one JSON document.

    Args:
        file: JSON lines, `{"id", "lang", "channel", "turns": [{"user"}]}`; a turn may have a
            `payload` instead.
        url: where the assistant answers.

    Raises:
        UnreachableError: it does not.
    """
    rows = list(_rows(file))
    try:
        dialogues = asyncio.run(_play_all(rows, url.rstrip("/")))
    except aiohttp.ClientConnectionError as error:
        raise UnreachableError(f"No assistant answers at {url}: {error}") from error
    json.dump({"n": len(dialogues), "dialogues": dialogues}, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            _ = [turn["user"] if "payload" not in turn else turn for turn in row["turns"]]
        except (ValueError, KeyError, TypeError) as error:
            raise AriadneError(f"{file}, line {number}: not a dialogue: {error}") from error
        yield row


async def _play_all(rows: list[dict[str, Any]], url: str) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as http:
        progress = tqdm(rows, unit="dialogue", file=sys.stderr, disable=None)
        return [await _play(http, url, row) for row in progress]


async def _play(http: aiohttp.ClientSession, url: str, row: Mapping[str, Any]) -> dict[str, Any]:
    played = {key: row.get(key) for key in ("id", "lang", "channel")}
    opening = {"channel": row.get("channel") or "web", "language": row.get("lang") or "el"}
    status, opened = await _post(http, f"{url}/api/conversations", opening)
    if status != 201:
        return {**played, "welcome": [], "turns": [], "error": opened.get("error")}
    messages = f"{url}/api/conversations/{opened['id']}/messages"
    authorization = {"Authorization": f"Bearer {opened['token']}"}
    turns = [await _turn(http, messages, authorization, turn) for turn in row["turns"]]
    return {**played, "welcome": opened["messages"], "turns": turns}


async def _turn(
    http: aiohttp.ClientSession, url: str, headers: dict[str, str], turn: Mapping[str, Any]
) -> dict[str, Any]:
    body = {"payload": turn["payload"]} if "payload" in turn else {"text": turn["user"]}
    started = perf_counter()
    _, answer = await _post(http, url, body, headers)
    messages = answer.get("messages", [])
    answers = [message["answer"] for message in messages if message.get("answer")]
    told = answers[0] if answers else {}
    played = {
        "user": turn.get("user", turn.get("payload")),
        "messages": messages,
        "outcome": told.get("outcome"),
        "procedure_id": told.get("procedure_id"),
        "aspect": told.get("aspect"),
        "ms": round((perf_counter() - started) * 1000, 1),
    }
    return played | ({"error": answer["error"]} if "error" in answer else {})


async def _post(
    http: aiohttp.ClientSession, url: str, body: Any, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Posts, and posts again after the wait that a limit asks for."""
    for _ in range(TRIES):
        async with http.post(url, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            if response.status != 429:
                break
            await asyncio.sleep(float(response.headers.get("Retry-After", 1)))
    return response.status, answer
