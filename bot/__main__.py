"""`python -m bot`: starts everything. `converse` and `understand` measure what runs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import AriadneError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.processes import Processes

STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_S = 2.0
"""Seconds that open connections may take when the front door closes."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if options.command == "converse":
            from bot import converse

            url = options.url or f"http://{_reachable(settings.host)}:{settings.port}"
            return converse.main(options.file, url)
        if options.command == "understand":
            from bot.rasa import understand

            return int(understand.main(options.file) or 0)
        return _run(settings)
    except (AriadneError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Runs the assistant.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="start all processes (the default)")
    converse = commands.add_parser("converse", help="play dialogues against a running assistant")
    converse.add_argument("file", type=Path, help='rows {"id","lang","channel","turns":[{"user"}]}')
    converse.add_argument("--url", help="where it runs; default: as HOST and PORT say")
    understand = commands.add_parser("understand", help="measure the model's first impressions")
    understand.add_argument("file", type=Path, help='rows {"q","lang","task"}')
    return parser


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104  # not bound here


def _run(settings: Settings) -> int:
    import uvloop

    from bot.logs import start_logging
    from bot.processes import listening_socket, with_ports

    listener = listening_socket(settings.host, settings.port)
    start_logging(settings)
    with contextlib.closing(listener):
        uvloop.run(_serve(with_ports(settings), listener))
    return 0


async def _serve(settings: Settings, listener: socket.socket) -> None:
    """Runs everything until a signal; a death raises `StartError`."""
    from bot import processes

    stop = asyncio.Event()
    for number in STOPPED_BY:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print("Starting the assistant…", file=sys.stderr, flush=True)
    async with processes.running(settings, processes.servers(settings)) as servers:
        work = asyncio.create_task(_open_and_watch(settings, listener, servers))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def _open_and_watch(settings: Settings, listener: socket.socket, servers: Processes) -> None:
    """Opens the front door once the servers answer, and keeps it open as long as they run."""
    from aiohttp import web

    from bot import wiring
    from bot.processes import BACKLOG
    from bot.web.app import create_app

    conversations = await asyncio.to_thread(wiring.conversations, settings)
    await servers.answer(settings.start_timeout_s)
    await conversations.warm_up(settings.start_timeout_s)
    app = create_app(settings, conversations)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
        port = listener.getsockname()[1]
        print(f"Ariadne answers at http://{_reachable(settings.host)}:{port}/", flush=True)
        raise await servers.any_death()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(main())
