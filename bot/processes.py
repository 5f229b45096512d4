"""Starts the Rasa server and the action server, and keeps all processes together."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from bot.errors import StartError
from bot.rasa.environment import environment as rasa_environment
from bot.rasa.train import model_path
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
PATIENCE_S = 4.0
"""Seconds that a process may take to stop by itself."""
BACKLOG = 1024
_ASK_AGAIN_S = 0.1
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Server:
    """One process beside the front door."""

    name: str
    """As the operator is told of it."""
    command: tuple[str, ...]
    url: str
    """Answers once it is ready."""
    log: Path


def with_ports(settings: Settings) -> Settings:
    """The settings with free loopback ports where none were set."""
    with contextlib.ExitStack() as held:
        return replace(
            settings,
            rasa_port=settings.rasa_port or _free_port(held),
            actions_port=settings.actions_port or _free_port(held),
        )


def _free_port(held: contextlib.ExitStack) -> int:
    listener = held.enter_context(socket.socket())
    listener.bind(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    return port


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket on which citizens wait until the front door opens.

    Raises:
        StartError: somebody else listens there, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Listening at once keeps the port from a second assistant that starts at the same time.
        listener.listen(BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StartError(
            f"Cannot listen on {host}, port {port}: {reason}. Set PORT (or HOST) to another."
        ) from error
    return listener


def servers(settings: Settings) -> tuple[Server, ...]:
    """The processes beside the front door.

    Raises:
        StartError: there is no trained model.
    """
    python = (sys.executable, "-m")
    files = ("--endpoints", "endpoints.yml", "--credentials", "credentials.yml")
    model = ("--model", str(_model(settings)))
    rasa = Server(
        "Rasa server",
        (*python, "rasa", "run", "-i", "127.0.0.1", "-p", str(settings.rasa_port), *model, *files),
        settings.rasa_url,
        settings.logs / "rasa.log",
    )
    actions = Server(
        "action server",
        (*python, "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)),
        f"{settings.actions_url}/health",
        settings.logs / "actions.log",
    )
    return rasa, actions


def _model(settings: Settings) -> Path:
    """The model of the files as they are now, or the newest there is."""
    current = model_path(settings.home)
    if current.is_file():
        return current.resolve()
    models = sorted(settings.models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise StartError(
            f"There is no trained model in {settings.models}: run `python -m bot.rasa.train`."
        )
    return models[-1].resolve()


class Processes:
    """The running servers."""

    def __init__(self) -> None:
        self._running: dict[Server, asyncio.subprocess.Process] = {}

    @property
    def pids(self) -> list[int]:
        """The process ids of the servers."""
        return [process.pid for process in self._running.values()]

    async def start(self, server: Server, environment: dict[str, str]) -> None:
        """Starts one server, its output into its log; it dies with this process."""
        server.log.parent.mkdir(parents=True, exist_ok=True)
        with server.log.open("wb") as log:
            self._running[server] = await asyncio.create_subprocess_exec(
                *server.command,
                cwd=ROOT,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_dies_with_parent(),
            )

    async def any_death(self) -> StartError:
        """Waits until a server ends; returns what the operator is told of it."""
        waiting = {
            asyncio.create_task(process.wait()): server for server, process in self._running.items()
        }
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        task = done.pop()
        server = waiting[task]
        return StartError(
            f"The {server.name} stopped ({_ended(task.result())}), so everything stops; "
            f"its last words are in {server.log}."
        )

    async def answer(self, timeout_s: float) -> None:
        """Waits until every server answers.

        Raises:
            StartError: one ended, or does not answer in time.
        """
        death = asyncio.create_task(self.any_death())
        ready = asyncio.create_task(self._all_ready())
        try:
            done, _ = await asyncio.wait(
                (death, ready), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            if death in done:
                raise death.result()
            if not done:
                raise StartError(f"The servers did not answer within {timeout_s:g} seconds.")
        finally:
            death.cancel()
            ready.cancel()

    async def stop(self) -> None:
        """Stops every server: asks first, and ends those that do not listen."""
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        ends = [asyncio.create_task(process.wait()) for process in self._running.values()]
        if not ends:
            return
        await asyncio.wait(ends, timeout=PATIENCE_S)
        for process in self._running.values():
            _signal(process, signal.SIGKILL)
        await asyncio.gather(*ends)

    async def _all_ready(self) -> None:
        async with aiohttp.ClientSession() as http:
            await asyncio.gather(*(_answers(http, server.url) for server in self._running))


@asynccontextmanager
async def running(settings: Settings, servers: Iterable[Server]) -> AsyncIterator[Processes]:
    """The servers, started; stopped at the end, however it comes."""
    processes = Processes()
    extra = rasa_environment(settings.home, settings.actions_port, settings.turn_deadline_s)
    environment = settings.child_environment(**extra) | {
        "ARIADNE_ACTIONS_PORT": str(settings.actions_port),
        "SANIC_HOST": "127.0.0.1",
    }
    try:
        for server in servers:
            await processes.start(server, environment)
        yield processes
    finally:
        await processes.stop()


async def _answers(http: aiohttp.ClientSession, url: str) -> None:
    while True:
        with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError):
            async with http.get(url) as response:
                if response.ok:
                    return
        await asyncio.sleep(_ASK_AGAIN_S)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Sends a signal to the process and to what it started itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _ended(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _dies_with_parent() -> Callable[[], None] | None:
    """On Linux, has the kernel end the child when this process is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return tie
