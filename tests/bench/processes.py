"""Starts and stops what is measured, and reads what its processes use."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from time import monotonic, perf_counter

import aiohttp

from tests.bench.citizens import CITIZENS, NoAnswerError

PROC = Path("/proc")
START_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 20.0
SAMPLE_S = 1.0
_ASK_AGAIN_S = 0.05


class BenchError(Exception):
    """The measurement cannot go on; the message is for whom runs it."""


@dataclass(frozen=True)
class System:
    """One assistant: its processes, and how it is spoken to."""

    name: str
    assistant: str
    """A key of `CITIZENS`."""
    url: str
    commands: tuple[tuple[str, ...], ...]
    environment: Mapping[str, str]
    folder: Path
    """Where the commands run."""
    log: Path
    first_question: str
    """Answered by an action: then every process is up."""


@dataclass
class Run:
    """A started system."""

    system: System
    processes: list[Popen[bytes]]
    start_s: float = 0.0
    """From the command to the first answered question."""
    memory_mb: list[float] = field(default_factory=list)
    """Samples of the memory of all processes together."""

    def cpu_s(self) -> float:
        """Seconds of processor time that all processes have used."""
        return sum(_cpu_s(pid) for pid in self._pids())

    async def sample_memory(self) -> None:
        """Samples until cancelled."""
        while True:
            self.memory_mb.append(sum(_pss_mb(pid) for pid in self._pids()))
            await asyncio.sleep(SAMPLE_S)

    def ended(self) -> bool:
        """Whether one of the processes is no longer there."""
        return any(process.poll() is not None for process in self.processes)

    def stop(self) -> None:
        """Stops everything, and waits until it is gone."""
        everybody = list(self._pids())
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        until = monotonic() + STOP_TIMEOUT_S
        for process in self.processes:
            with contextlib.suppress(Exception):
                process.wait(max(0.0, until - monotonic()))
        for pid in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def _pids(self) -> Iterator[int]:
        for process in self.processes:
            yield from family(process.pid)


@asynccontextmanager
async def running(system: System) -> AsyncIterator[Run]:
    """The system from its first answered question on; stopped at the end.

    Raises:
        BenchError: it does not start.
    """
    started = perf_counter()
    run = Run(system, list(_start(system)))
    sampling: asyncio.Task[None] | None = None
    try:
        await _first_answer(run)
        run.start_s = perf_counter() - started
        sampling = asyncio.create_task(run.sample_memory())
        yield run
    finally:
        if sampling:
            sampling.cancel()
        run.stop()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def family(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for children in (PROC / str(pid) / "task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                yield from family(int(child))


def _start(system: System) -> Iterator[Popen[bytes]]:
    system.log.parent.mkdir(parents=True, exist_ok=True)
    with system.log.open("wb") as log:
        for command in system.commands:
            yield Popen(
                command,
                cwd=system.folder,
                env={**system.environment},
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )


async def _first_answer(run: Run) -> None:
    system, until = run.system, monotonic() + START_TIMEOUT_S
    async with aiohttp.ClientSession() as http:
        citizen = CITIZENS[system.assistant](http, system.url)
        while monotonic() < until:
            if run.ended():
                raise BenchError(f"{system.name} stopped while starting; see {system.log}")
            with contextlib.suppress(NoAnswerError, aiohttp.ClientError):
                await citizen.open()
                if await citizen.say(system.first_question):
                    return
            await asyncio.sleep(_ASK_AGAIN_S)
    raise BenchError(f"{system.name} answered nothing in {START_TIMEOUT_S:g} s; see {system.log}")


def _pss_mb(pid: int) -> float:
    """Proportional set size: memory shared by several processes is divided among them."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _cpu_s(pid: int) -> float:
    with contextlib.suppress(OSError):
        values = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0
