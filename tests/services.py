"""Real PostgreSQL and Redis for the tests: child processes on free ports, in temporary folders."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import redis

from bot.processes import _dies_with_parent

SCRIPT = Path(__file__).parents[1] / "scripts" / "services.sh"
PASSWORD = "p@ss:w/rd%$x"  # of servers that live as long as the tests
USER = "ariadne"
"""Owns the databases and may do nothing else, as in operation."""
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
}


class MissingError(Exception):
    """PostgreSQL and Redis are not on this machine; the message says how they come."""


def programs() -> tuple[Path, Path]:
    """The folder of PostgreSQL's programs, and Redis's server.

    Raises:
        MissingError: there are none.
    """
    found = subprocess.run([SCRIPT], capture_output=True, text=True)
    if found.returncode:
        raise MissingError(found.stderr.strip().splitlines()[-1])
    folder, server = found.stdout.splitlines()
    return Path(folder), Path(server)


@dataclass
class Service:
    """A server that can be stopped and started again on the same port, with what it keeps."""

    folder: Path
    command: list[str]
    answers: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; returns once it answers."""
        log = self.folder / "log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdout=output,
                stderr=output,
                preexec_fn=_dies_with_parent(),
                **_unprivileged(),
            )
        while not self.answers():
            assert self.process.poll() is None, log.read_text()[-2000:]

    def stop(self) -> None:
        """Stops it at once; its clients lose their connections."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    @contextmanager
    def away(self) -> Iterator[None]:
        """While this lasts nobody listens on the port."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@dataclass
class PostgreSQL(Service):
    """A PostgreSQL server."""

    port: int = 0
    names: Iterator[int] = field(default_factory=count)

    def url(self, name: str, password: str = PASSWORD) -> str:
        """SQLAlchemy's URL of a database, as an operator would write it."""
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{name}"

    def new(self, like: str = "template0", encoding: str = "UTF8") -> str:
        """The URL of a new database.

        Args:
            like: the database that it is a copy of.
        """
        name = f"test_{next(self.names)}"
        self.administer(
            f"CREATE DATABASE {name} OWNER {USER} TEMPLATE {like} ENCODING '{encoding}'"
        )
        return self.url(name)

    def administer(self, statement: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Runs a statement as the server's administrator; returns the rows, if any."""
        with closing(self.connect(name, "postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def connect(self, name: str, user: str = USER) -> Any:
        """A connection of psycopg2's."""
        return psycopg2.connect(
            host="127.0.0.1", port=self.port, dbname=name, user=user, password=PASSWORD
        )


@dataclass
class Redis(Service):
    """A Redis server."""

    port: int = 0

    def client(self) -> redis.Redis:
        """A client of the database that Rasa's locks are in."""
        return redis.Redis("127.0.0.1", self.port, db=1, password=PASSWORD)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL server with the role `USER`."""
    programs_folder, _ = programs()
    with _folder() as folder:
        _make_cluster(programs_folder, folder)
        port = _free_port()
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", **QUICK}
        command = [str(programs_folder / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        server = PostgreSQL(folder, command, lambda: _connects(server), port=port)
        with _running(server):
            server.administer(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
            yield server


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A running Redis server."""
    _, program = programs()
    with _folder() as folder:
        port = _free_port()
        options = {"bind": "127.0.0.1", "port": str(port), "save": "", "requirepass": PASSWORD}
        command = [str(program), *(word for k, v in options.items() for word in (f"--{k}", v))]
        server = Redis(folder, command, lambda: _pings(server), port=port)
        with _running(server):
            yield server


@contextmanager
def _running(server: Service) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder that belongs to whoever the servers run as."""
    folder = Path(tempfile.mkdtemp(prefix="ariadne-service-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, **_unprivileged())
        yield folder
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> dict[str, Any]:
    """Whom the servers run as: PostgreSQL refuses to be root."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid}


def _make_cluster(programs_folder: Path, folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    command = [programs_folder / "initdb", "--pgdata", folder / "data", "--username", "postgres"]
    command += ["--encoding", "UTF8", "--locale", "C", "--no-sync"]
    command += ["--auth", "scram-sha-256", "--pwfile", password]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, **_unprivileged())
    assert made.returncode == 0, made.stderr


def _connects(server: PostgreSQL) -> bool:
    try:
        server.connect("postgres", "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _pings(server: Redis) -> bool:
    try:
        with server.client() as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
