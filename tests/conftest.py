"""What several kinds of tests share: indexes, the real registry, databases, PostgreSQL, Redis."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store import Store
from knowledge_base import KnowledgeBase, build, registry
from tests import services
from tests.databases import Database, OnPostgreSQL, SQLite

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def quietly(items: Iterable[Any], what: str) -> Iterable[Any]:
    """Progress that shows nothing."""
    return items


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the index of the shipped procedures."""
    folder = tmp_path_factory.mktemp("home")
    build.build(folder, build.Model(), quietly)
    return folder


@pytest.fixture(scope="session")
def shipped(home: Path) -> KnowledgeBase:
    """The knowledge base over what ships."""
    return KnowledgeBase.open(home)


@pytest.fixture(scope="session")
def registry_file() -> Path:
    """The real registry, one detail record a line."""
    path = SHARED / "registry" / "services.jsonl"
    if not path.exists():
        pytest.skip(f"the real registry is not at {path}")
    return path


@pytest.fixture(scope="session")
def whole(
    home: Path, registry_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeBase:
    """The knowledge base over what ships and the whole registry, synced into that of `home`."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copytree(home / "index", folder / "index")
    registry.Registry(folder).replace(registry.read_file(registry_file))
    build.build(folder, build.Model(), quietly)
    return KnowledgeBase.open(folder)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[services.PostgreSQL]:
    """A running PostgreSQL server."""
    try:
        with services.postgresql() as server:
            yield server
    except services.MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[services.Redis]:
    """A running Redis server."""
    try:
        with services.redis_server() as server:
            yield server
    except services.MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def migrated(postgresql: services.PostgreSQL) -> str:
    """The name of a database with all tables, to be copied."""
    url = postgresql.new()
    Store.open(url).close()
    return url.rpartition("/")[2]


@pytest.fixture
def on_postgresql(postgresql: services.PostgreSQL, migrated: str) -> OnPostgreSQL:
    """A database of PostgreSQL's, with the store's tables."""
    return OnPostgreSQL(postgresql, postgresql.new(like=migrated))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("on_postgresql")
    return SQLite(tmp_path / "ariadne.db")


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
