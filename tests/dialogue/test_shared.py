"""Whole assistants, all three processes of each, that share PostgreSQL and Redis."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from rasa.core.lock_store import RedisLockStore

from bot.settings import Settings
from bot.texts import Texts
from tests.databases import OnPostgreSQL
from tests.services import PASSWORD, PostgreSQL, Redis

pytestmark = [pytest.mark.processes, pytest.mark.services]

ROOT = Path(__file__).parents[2]
PASSPORT = "144400"
OPENING = "τι χρειάζομαι για να βγάλω διαβατήριο;"


@dataclass
class Assistant:
    """`python -m bot`, running."""

    process: subprocess.Popen[str]
    url: str = ""

    def wait_until_it_answers(self) -> None:
        """Reads the address that it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Ariadne answers at "), "it ended without an answer"
        self.url = line.split()[-1].rstrip("/")

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """The status and the body of the reply to a request."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(
            self.url + path, orjson.dumps(body) if body else None, headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, orjson.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, orjson.loads(error.read())


class Citizen:
    """A conversation, which is not bound to the assistant that opened it."""

    def __init__(self, assistant: Assistant) -> None:
        _, opened = assistant.ask("POST", "/api/conversations", {"language": "el"})
        self.id, self.token = opened["id"], opened["token"]
        self.path = f"/api/conversations/{self.id}"

    def sends(self, assistant: Assistant, text: str, **body: str) -> tuple[int, Any]:
        message = {"text": text, **body}
        return assistant.ask("POST", f"{self.path}/messages", message, self.token)

    def says(self, assistant: Assistant, text: str, **body: str) -> dict[str, Any]:
        """The last message of the reply."""
        status, reply = self.sends(assistant, text, **body)
        assert status == 200, reply
        last: dict[str, Any] = reply["messages"][-1]
        return last

    def said(self, assistant: Assistant) -> list[str]:
        """What the citizen has said so far."""
        _, kept = assistant.ask("GET", f"{self.path}/messages", token=self.token)
        return [message["text"] for message in kept["messages"] if message["from"] == "citizen"]


def about(message: dict[str, Any]) -> tuple[str, str]:
    """The procedure and the aspect that an answer is about."""
    answer = message.get("answer") or {}
    return answer.get("procedure_id"), answer.get("aspect")


@pytest.fixture(scope="module")
def shared(postgresql: PostgreSQL) -> OnPostgreSQL:
    """The one database of store and trackers, empty at first."""
    return OnPostgreSQL(postgresql, postgresql.new())


@pytest.fixture(scope="module")
def assistants(
    settings: Settings,
    shared: OnPostgreSQL,
    redis_server: Redis,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Assistant, Assistant]]:
    """Two assistants, started at the same time, that share nothing but PostgreSQL and Redis."""
    variables = {
        "PORT": "0",
        "ARIADNE_DATABASE_URL": shared.url,
        "ARIADNE_TRACKER_URL": shared.url,
        "ARIADNE_LOCK_STORE": "redis",
        "ARIADNE_LOCK_HOST": "127.0.0.1",
        "ARIADNE_LOCK_PORT": str(redis_server.port),
        "ARIADNE_LOCK_PASSWORD": PASSWORD,
    }
    with ExitStack() as stack:
        both = [
            stack.enter_context(running(settings, tmp_path_factory.mktemp("home"), variables))
            for _ in range(2)
        ]
        for assistant in both:
            assistant.wait_until_it_answers()
        yield both[0], both[1]


@contextmanager
def running(settings: Settings, home: Path, variables: dict[str, str]) -> Iterator[Assistant]:
    """An assistant with a home of its own, which has the model and the index alone."""
    for folder in ("models", "index"):
        (home / folder).symlink_to(settings.home.resolve() / folder)
    environment = {**os.environ, "ARIADNE_HOME": str(home), **variables}
    with subprocess.Popen(
        [sys.executable, "-m", "bot"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Assistant(process)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def survivor(assistants: tuple[Assistant, Assistant]) -> Assistant:
    """The assistant that is never stopped."""
    return assistants[1]


def test_a_conversation_goes_on_at_another_assistant_and_when_the_first_is_gone(
    assistants: tuple[Assistant, Assistant],
) -> None:
    first, second = assistants
    citizen = Citizen(first)
    assert about(citizen.says(first, OPENING)) == (PASSPORT, "documents")
    assert about(citizen.says(second, "και πόσο κοστίζει;")) == (PASSPORT, "cost")
    first.process.terminate()
    assert first.process.wait() == 0
    assert about(citizen.says(second, "και πόσο χρόνο παίρνει;")) == (PASSPORT, "time")
    assert len(citizen.said(second)) == 3


def test_a_turn_waits_for_the_lock_of_another_server_and_not_for_ever(
    survivor: Assistant, redis_server: Redis
) -> None:
    citizen = Citizen(survivor)
    locks = RedisLockStore("127.0.0.1", redis_server.port, password=PASSWORD)
    locks.issue_ticket(citizen.id, lock_lifetime=0.5)
    assert about(citizen.says(survivor, OPENING)) == (PASSPORT, "documents")
    assert redis_server.client().keys() == []


def test_while_the_locks_are_away_citizens_are_told_and_the_thread_is_kept(
    survivor: Assistant, redis_server: Redis
) -> None:
    citizen = Citizen(survivor)
    citizen.says(survivor, OPENING)
    with redis_server.away():
        told = citizen.says(survivor, "και πόσο κοστίζει;")
        assert told["text"] == Texts.load().say("engine_down", "el")
        status, health = survivor.ask("GET", "/health")
        assert (status, health["parts"]["engine"]) == (503, "down")
    assert about(citizen.says(survivor, "και πόσο κοστίζει;")) == (PASSPORT, "cost")
    assert survivor.ask("GET", "/health")[0] == 200


def test_while_the_database_is_away_citizens_are_told_and_the_thread_is_kept(
    survivor: Assistant, shared: OnPostgreSQL
) -> None:
    citizen = Citizen(survivor)
    citizen.says(survivor, OPENING)
    with shared.server.away():
        status, told = citizen.sends(survivor, "και πόσο κοστίζει;", message_id="m1")
        assert (status, told["error"]["code"]) == (503, "busy")
    again = citizen.says(survivor, "και πόσο κοστίζει;", message_id="m1")
    assert about(again) == (PASSPORT, "cost")
    assert len(citizen.said(survivor)) == 2


def test_while_the_trackers_alone_cannot_be_read_no_conversation_is_forgotten(
    survivor: Assistant, shared: OnPostgreSQL
) -> None:
    citizen = Citizen(survivor)
    citizen.says(survivor, OPENING)
    shared.execute("ALTER TABLE trackers RENAME TO elsewhere")
    told = citizen.says(survivor, "και πόσο κοστίζει;")
    shared.execute("ALTER TABLE elsewhere RENAME TO trackers")
    assert told["text"] == Texts.load().say("engine_down", "el")
    assert about(citizen.says(survivor, "και πόσο κοστίζει;")) == (PASSPORT, "cost")


def test_a_help_case_is_kept_and_deleted_with_the_conversation(
    survivor: Assistant, shared: OnPostgreSQL
) -> None:
    citizen = Citizen(survivor)
    citizen.says(survivor, "θέλω να μιλήσω με υπάλληλο")
    kept = {
        table: f"SELECT count(*) FROM {table} WHERE {column} = '{citizen.id}'"
        for table, column in (("cases", "conversation_id"), ("trackers", "sender_id"))
    }
    assert [shared.execute(count) for count in kept.values()] == [[(1,)], [(1,)]]
    status, _ = survivor.ask("DELETE", citizen.path, token=citizen.token)
    assert status == 204
    assert [shared.execute(count) for count in kept.values()] == [[(0,)], [(0,)]]
