"""A database of a test's own, SQLite or PostgreSQL, and another program that uses it too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.services import PostgreSQL


class Database(Protocol):
    """What a test needs of a database, whichever it is."""

    url: str

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Runs a statement in another program; returns the rows, if any."""

    def locked(self) -> Any:
        """While this lasts nobody else reads or writes; a context manager."""


@dataclass
class SQLite:
    """A file that is made when it is first opened."""

    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as other, other:
            return other.execute(statement).fetchall()

    @contextmanager
    def locked(self) -> Iterator[None]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")


@dataclass
class OnPostgreSQL:
    """A database of a running server."""

    server: PostgreSQL
    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        return self.server.administer(statement, self.name)

    @contextmanager
    def locked(self) -> Iterator[None]:
        found = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = ", ".join(table for (table,) in found)
        with closing(self.server.connect(self.name)) as other, other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
            yield
