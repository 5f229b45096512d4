"""Keeps the index in step with the registry: syncs and builds by a schedule, beside the answers.

The running assistant moves to the new index by itself. Whatever fails leaves it with what it had.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import BinaryIO

from bot.processes import ROOT
from bot.settings import Settings

COMMANDS = (("sync",), ("build",))
HOUR_S = 3600.0
_NICE = 10
"""By which the work stands back behind the answers."""

Run = Callable[[tuple[str, ...]], Awaitable[int]]
Sleep = Callable[[float], Awaitable[None]]
_log = logging.getLogger("ariadne.upkeep")


class Upkeep:
    """Syncs and builds when it is due.

    Args:
        every_h: hours from one sync that went well to the next; one that failed is tried again
            after an hour, or sooner where the schedule is shorter.
    """

    def __init__(
        self,
        home: Path,
        every_h: float,
        run: Run,
        *,
        clock: Callable[[], float] = time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._stamp = home / "registry" / "synced"
        self._every_s = every_h * HOUR_S
        self._run = run
        self._clock = clock
        self._sleep = sleep

    async def keep(self) -> None:
        """Waits and works, for ever."""
        while True:
            await self._sleep(self.due_in())
            if not await self.once():
                await self._sleep(min(HOUR_S, self._every_s))

    def due_in(self) -> float:
        """Seconds until the next sync is due, by when the last went well."""
        try:
            last = self._stamp.stat().st_mtime
        except FileNotFoundError:
            return 0.0
        return min(self._every_s, max(0.0, last + self._every_s - self._clock()))

    async def once(self) -> bool:
        """Syncs and builds; false where it failed, or where another process is at it."""
        self._stamp.parent.mkdir(parents=True, exist_ok=True)
        with self._stamp.with_suffix(".lock").open("wb") as lock:
            if not _only_one(lock):
                return False
            for command in COMMANDS:
                status = await self._run(command)
                if status:
                    _log.error("upkeep failed", extra={"fields": {"command": command[0]}})
                    return False
            self._stamp.touch()
            os.utime(self._stamp, (self._clock(), self._clock()))
        _log.info("upkeep done")
        return True


def _only_one(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def knowledge_base_command(settings: Settings) -> Run:
    """Runs commands of the knowledge base as processes of their own, their output in a log."""

    async def run(command: tuple[str, ...]) -> int:
        path = settings.logs / "upkeep.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "knowledge_base",
                *command,
                cwd=ROOT,
                env=settings.child_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                preexec_fn=_humbly,
            )
        try:
            return await process.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()

    return run


def _humbly() -> None:
    os.nice(_NICE)
