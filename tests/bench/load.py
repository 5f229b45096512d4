"""The load generator, a process of its own: `python -m tests.bench.load`, JSON in, JSON out."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from time import perf_counter

import aiohttp
import uvloop

from tests.bench.citizens import CITIZENS, Citizen, NoAnswerError

TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Load:
    """What is to be generated."""

    assistant: str
    """A key of `CITIZENS`."""
    url: str
    citizens: int
    """Who speak at the same time, without a pause between answer and next message."""
    conversations: int
    """Of each citizen, one after the other."""
    scripts: list[list[str]]
    """The texts of whole conversations, dealt out in turn."""


@dataclass
class Outcome:
    """What came of it."""

    seconds: float = 0.0
    """From the first conversation's beginning to the last answer."""
    latencies_ms: list[float] = field(default_factory=list)
    """Of every answered message; opening a conversation is in `seconds` alone."""
    actions: int = 0
    """Messages that an answering action replied to."""
    failures: list[str] = field(default_factory=list)


async def generate(load: Load) -> Outcome:
    """Plays the load to its end."""
    outcome = Outcome()
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        talks = [_talk(load, http, number, outcome) for number in range(load.citizens)]
        started = perf_counter()
        await asyncio.gather(*talks)
        outcome.seconds = perf_counter() - started
    return outcome


async def _talk(load: Load, http: aiohttp.ClientSession, number: int, outcome: Outcome) -> None:
    citizen: Citizen = CITIZENS[load.assistant](http, load.url)
    for turn in range(load.conversations):
        script = load.scripts[(number * load.conversations + turn) % len(load.scripts)]
        text = ""
        try:
            await citizen.open()
            for text in script:
                started = perf_counter()
                by_action = await citizen.say(text)
                outcome.latencies_ms.append((perf_counter() - started) * 1000)
                outcome.actions += by_action
        except (NoAnswerError, aiohttp.ClientError, asyncio.TimeoutError) as error:
            outcome.failures.append(f"{text!r}: {error or type(error).__name__}")


if __name__ == "__main__":
    asked = Load(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(generate(asked))), sys.stdout)
