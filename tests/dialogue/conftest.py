"""The real Rasa server and the real action server, started once, spoken to over the channel."""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.processes import Server, servers, with_ports
from bot.rasa.environment import environment
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
HOME = ROOT / "var" / "test-dialogue"
"""Kept between runs, so that nothing is trained or built twice."""


@dataclass
class Rasa:
    """The channel of a running Rasa server."""

    url: str

    def post(self, action: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and the body of the reply."""
        request = urllib.request.Request(
            f"{self.url}/webhooks/citizen/{action}",
            orjson.dumps(body),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, orjson.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, orjson.loads(error.read())


@dataclass
class Said:
    """What the assistant said in one turn."""

    intent: str
    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All texts, one after the other."""
        return "\n".join(message["text"] for message in self.messages)

    @property
    def language(self) -> str:
        """The language of the last message."""
        return str(self.messages[-1]["language"])

    @property
    def answer(self) -> dict[str, Any]:
        """The structured answer of the last message that has one."""
        answers = [m["custom"].get("answer") for m in self.messages]
        return next((answer for answer in reversed(answers) if answer), {})

    @property
    def card(self) -> dict[str, Any] | None:
        """The card of the last message."""
        card: dict[str, Any] | None = self.messages[-1]["custom"].get("card")
        return card

    @property
    def payloads(self) -> list[str]:
        """What the buttons of the last message send."""
        return [button["payload"] for button in self.messages[-1]["buttons"]]


@dataclass
class Citizen:
    """One conversation."""

    rasa: Rasa
    sender: str
    said: list[Said] = field(default_factory=list)

    def says(self, text: str, language: str = "el", channel: str = "web") -> Said:
        """One turn."""
        turn = {"sender": self.sender, "text": text, "language": language, "channel": channel}
        status, body = self.rasa.post("turn", turn)
        assert status == 200, body
        self.said.append(Said(body["intent"], body["messages"]))
        return self.said[-1]


def variables(settings: Settings) -> dict[str, str]:
    extra = environment(settings.home, settings.actions_port)
    mine = {"ARIADNE_TRACKER_URL": f"sqlite:///{settings.home.resolve() / 'trackers.db'}"}
    return settings.child_environment(**{**extra, **mine})


@contextmanager
def running(server: Server, settings: Settings) -> Iterator[None]:
    """A server process that answers."""
    server.log.parent.mkdir(parents=True, exist_ok=True)
    with server.log.open("wb") as log, ExitStack() as stack:
        process = subprocess.Popen(
            server.command, cwd=ROOT, env=variables(settings), stdout=log, stderr=log
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        while not answers(server.url):
            assert process.poll() is None, server.log.read_text()[-2000:]
        yield


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    """A home with the model and the index of the files as they are now."""
    found = with_ports(replace(Settings.from_environment({}), home=HOME))
    shutil.rmtree(HOME / "index", ignore_errors=True)
    shutil.copytree(home / "index", HOME / "index")
    python = {**os.environ, "ARIADNE_HOME": str(HOME)}
    done = subprocess.run(
        [sys.executable, "-m", "bot.rasa.train"],
        cwd=ROOT,
        env=python,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return found


@pytest.fixture(scope="session")
def rasa(settings: Settings) -> Iterator[Rasa]:
    """The Rasa server with its action server."""
    with ExitStack() as stack:
        for server in servers(settings):
            stack.enter_context(running(server, settings))
        yield Rasa(settings.rasa_url)


@pytest.fixture(scope="session")
def rasa_alone(settings: Settings) -> Iterator[Rasa]:
    """A Rasa server whose action server is dead."""
    lonely = with_ports(replace(settings, rasa_port=0, actions_port=0))
    server = replace(servers(lonely)[0], log=lonely.logs / "rasa-alone.log")
    with running(server, lonely):
        yield Rasa(lonely.rasa_url)


@pytest.fixture(scope="session")
def citizens() -> Iterator[str]:
    """Names for conversations, each used once."""
    return (f"dialogue-{os.getpid()}-{number}" for number in count())


@pytest.fixture
def citizen(rasa: Rasa, citizens: Iterator[str]) -> Citizen:
    """A citizen who has not said anything yet."""
    return Citizen(rasa, next(citizens))


@pytest.fixture
def another(rasa: Rasa, citizens: Iterator[str]) -> Callable[[], Citizen]:
    """More citizens."""
    return lambda: Citizen(rasa, next(citizens))
