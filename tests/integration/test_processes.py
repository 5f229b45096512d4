"""The processes live and die together: shown with small servers in place of Rasa's."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.processes import Server, listening_socket, running, servers, with_ports
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def web_server(home: Path, name: str = "small server") -> Server:
    port = free_port()
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    return Server(
        name, (*command, "--directory", str(home)), f"http://127.0.0.1:{port}", home / "log"
    )


def script(home: Path, source: str, name: str = "small server") -> Server:
    url = f"http://127.0.0.1:{free_port()}"
    return Server(name, (sys.executable, "-c", source), url, home / "log")


def alive(pid: int) -> bool:
    """Whether the process runs: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until_gone(pids: list[int]) -> None:
    async def watch() -> None:
        while any(map(alive, pids)):
            await asyncio.sleep(0.01)

    await asyncio.wait_for(watch(), PATIENCE_S)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_ports(Settings(home=tmp_path))


async def test_all_servers_answer_and_are_stopped_at_the_end(
    settings: Settings, tmp_path: Path
) -> None:
    async with running(settings, [web_server(tmp_path), web_server(tmp_path)]) as processes:
        await processes.answer(PATIENCE_S)
        pids = processes.pids
        assert all(map(alive, pids))
    assert not any(map(alive, pids))


async def test_a_server_that_does_not_listen_to_the_end_is_ended(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.processes.PATIENCE_S", 0.1)
    deaf = script(
        tmp_path,
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True);"
        "signal.pause()",
    )
    async with running(settings, [deaf]) as processes:
        while not deaf.log.read_text():
            await asyncio.sleep(0.01)
        pids = processes.pids
    assert not any(map(alive, pids))


async def test_a_death_names_the_server_and_its_log(settings: Settings, tmp_path: Path) -> None:
    dying = script(tmp_path, "raise SystemExit(3)", name="Rasa server")
    async with running(settings, [dying, web_server(tmp_path)]) as processes:
        death = await asyncio.wait_for(processes.any_death(), PATIENCE_S)
    assert str(death) == (
        f"The Rasa server stopped (exit code 3), so everything stops; "
        f"its last words are in {dying.log}."
    )


async def test_a_death_during_the_start_ends_the_start(settings: Settings, tmp_path: Path) -> None:
    async with running(settings, [script(tmp_path, "raise SystemExit(3)")]) as processes:
        with pytest.raises(StartError, match="exit code 3"):
            await processes.answer(PATIENCE_S)


async def test_a_server_that_never_answers_ends_the_start(
    settings: Settings, tmp_path: Path
) -> None:
    async with running(settings, [script(tmp_path, "import time; time.sleep(600)")]) as processes:
        with pytest.raises(StartError, match=r"did not answer within 0\.1 seconds"):
            await processes.answer(0.1)


PARENT = """
import asyncio, sys
from pathlib import Path
from bot.processes import Server, running
from bot.settings import Settings

async def main():
    home = Path(sys.argv[1])
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    async with running(Settings(home=home), [Server("sleeper", sleeper, "", home / "log")]) as it:
        print(*it.pids, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it is the Linux kernel that promises this")
async def test_no_orphan_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(tmp_path)), cwd=ROOT, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    children = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert children
    parent.kill()
    await parent.wait()
    await until_gone(children)


def test_a_taken_port_is_one_plain_line() -> None:
    with closing(listening_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"Cannot listen on 127.0.0.1, port {port}: .* PORT"):
            listening_socket("127.0.0.1", port)


def test_a_host_of_another_machine_is_one_plain_line() -> None:
    with pytest.raises(StartError, match=r"Cannot listen on 203\.0\.113\.1"):
        listening_socket("203.0.113.1", 0)


def test_without_a_model_the_operator_is_told_how_to_get_one(settings: Settings) -> None:
    with pytest.raises(StartError, match=r"no trained model in .*bot\.rasa\.train"):
        servers(settings)


def test_free_ports_are_chosen_and_set_ones_kept(tmp_path: Path) -> None:
    settings = with_ports(Settings(home=tmp_path, rasa_port=5005))
    assert settings.rasa_port == 5005
    assert settings.actions_port not in (0, 5005)


def test_rasa_and_actions_listen_on_loopback_alone(settings: Settings) -> None:
    settings.models.mkdir()
    (settings.models / "model.tar.gz").touch()
    rasa, _ = servers(settings)
    assert rasa.command[rasa.command.index("-i") + 1] == "127.0.0.1"


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PORT": "eighty"}, "PORT must be a whole number from 0 to 65535, not 'eighty'"),
        ({"PORT": "0"}, "There is no trained model"),
    ],
)
def test_what_stops_the_start_is_one_line_and_a_status(
    tmp_path: Path, variables: dict[str, str], line: str
) -> None:
    environment = {**os.environ, "ARIADNE_HOME": str(tmp_path), **variables}
    ended = subprocess.run(
        [sys.executable, "-m", "bot"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    told = [words for words in ended.stderr.splitlines() if not words.startswith("Starting")]
    assert ended.returncode != 0
    assert len(told) == 1
    assert told[0].startswith(line)
    assert ended.stdout == ""
