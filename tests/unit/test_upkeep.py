"""The schedule of syncs: when one is due, what fails, and that only one process works at a time."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from bot.upkeep import HOUR_S, Upkeep

NOW = 1_800_000_000.0


class StoppedError(Exception):
    """Ends a schedule that would go on for ever."""


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self, naps: int) -> None:
        self.now = NOW
        self.naps: list[float] = []
        self._left = naps

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        if len(self.naps) == self._left:
            raise StoppedError


def upkeep(home: Path, clock: Clock, statuses: list[int], done: list[str]) -> Upkeep:
    async def run(command: tuple[str, ...]) -> int:
        done.append(command[0])
        return statuses.pop(0) if statuses else 0

    return Upkeep(home, 24, run, clock=lambda: clock.now, sleep=clock.sleep)


def run_until_stopped(kept: Upkeep) -> None:
    with pytest.raises(StoppedError):
        asyncio.run(kept.keep())


def test_a_first_sync_is_due_at_once_and_the_next_a_period_later(tmp_path: Path) -> None:
    clock, done = Clock(naps=3), []
    run_until_stopped(upkeep(tmp_path, clock, [], done))
    assert clock.naps == [0.0, 24 * HOUR_S, 24 * HOUR_S]
    assert done == ["sync", "build"] * 2


def test_a_restart_does_not_sync_before_it_is_due(tmp_path: Path) -> None:
    clock, done = Clock(naps=2), []
    run_until_stopped(upkeep(tmp_path, clock, [], done))
    stamp = tmp_path / "registry" / "synced"
    os.utime(stamp, (NOW - 20 * HOUR_S, NOW - 20 * HOUR_S))
    again = Clock(naps=1)
    run_until_stopped(upkeep(tmp_path, again, [], done))
    assert again.naps == [4 * HOUR_S]
    assert done == ["sync", "build"]


def test_a_failed_sync_is_not_built_and_is_tried_again_within_the_hour(tmp_path: Path) -> None:
    clock, done = Clock(naps=4), []
    run_until_stopped(upkeep(tmp_path, clock, [1], done))
    assert done == ["sync", "sync", "build"]
    assert clock.naps == [0.0, HOUR_S, 0.0, 24 * HOUR_S]


def test_a_clock_that_was_put_back_does_not_put_the_sync_off(tmp_path: Path) -> None:
    clock = Clock(naps=2)
    kept = upkeep(tmp_path, clock, [], [])
    run_until_stopped(kept)
    clock.now = NOW - 1000 * HOUR_S
    assert kept.due_in() == 24 * HOUR_S


def test_two_processes_of_one_home_do_not_work_at_once(tmp_path: Path) -> None:
    done: list[str] = []
    second = upkeep(tmp_path, Clock(naps=9), [], done)

    async def run(command: tuple[str, ...]) -> int:
        assert not await second.once()
        return 0

    assert asyncio.run(Upkeep(tmp_path, 24, run).once())
    assert done == []
