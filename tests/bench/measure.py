"""One round on one assistant: start it, put each load on it, stop it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field

from tests.bench.citizens import troubles
from tests.bench.figures import Level, percentile
from tests.bench.load import Load, Outcome
from tests.bench.messages import TURNS
from tests.bench.processes import BenchError, Run, System, running

CONVERSATIONS = {1: 12, 10: 3, 50: 1}
"""Conversations of each citizen, by the number of citizens."""
WARM_UP = (2, 3)
"""Citizens, and conversations of each, before anything is measured."""


@dataclass(frozen=True)
class Talk:
    """What is said to a system."""

    load: str
    """The load's name in the table."""
    system: System
    scripts: list[list[str]]


@dataclass
class Round:
    """What one round on one system gave."""

    system: str
    start_s: float
    memory_mb: float = 0.0
    """The highest sample, of all processes together."""
    levels: list[Level] = field(default_factory=list)


async def measure(talks: Sequence[Talk], levels: Sequence[int]) -> Round:
    """One round: every talk at every number of citizens, on the one system they share.

    Raises:
        BenchError: it does not start, or a message was not answered.
    """
    async with running(talks[0].system) as run:
        found = Round(run.system.name, run.start_s)
        before = await troubles(run.system.url, run.system.assistant)
        for talk in talks:
            await _generate(_load(talk, *WARM_UP))
        async for level in _levels(run, talks, levels):
            found.levels.append(level)
        found.memory_mb = max(run.memory_mb)
        if await troubles(run.system.url, run.system.assistant) != before:
            raise BenchError(f"{run.system.name} refused or failed; see {run.system.log.parent}")
    return found


async def _levels(run: Run, talks: Sequence[Talk], levels: Sequence[int]) -> AsyncIterator[Level]:
    for talk in talks:
        for citizens in levels:
            load = _load(talk, citizens, CONVERSATIONS[citizens])
            cpu_s = run.cpu_s()
            outcome = await _generate(load)
            yield _level(talk.load, load, outcome, run.cpu_s() - cpu_s)


def _load(talk: Talk, citizens: int, conversations: int) -> Load:
    return Load(talk.system.assistant, talk.system.url, citizens, conversations, talk.scripts)


def _level(name: str, load: Load, outcome: Outcome, cpu_s: float) -> Level:
    messages = load.citizens * load.conversations * TURNS
    if outcome.failures or len(outcome.latencies_ms) != messages:
        raise BenchError(f"{name}: {len(outcome.failures)} failed, first: {outcome.failures[:1]}")
    return Level(
        load=name,
        citizens=load.citizens,
        messages=messages,
        actions=outcome.actions,
        per_second=messages / outcome.seconds,
        p50_ms=percentile(outcome.latencies_ms, 0.5),
        p95_ms=percentile(outcome.latencies_ms, 0.95),
        cpu_ms=cpu_s * 1000 / messages,
    )


async def _generate(load: Load) -> Outcome:
    """Runs the generator in its own process."""
    command = (sys.executable, "-m", "tests.bench.load")
    pipe = asyncio.subprocess.PIPE
    generator = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    output, _ = await generator.communicate(json.dumps(asdict(load)).encode())
    if generator.returncode:
        raise BenchError("The load generator failed")
    return Outcome(**json.loads(output))
