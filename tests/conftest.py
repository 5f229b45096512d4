"""What several kinds of tests share: the index of the shipped procedures, the real registry."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import KnowledgeBase, index, registry

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def quietly(items: Iterable[Any], what: str) -> Iterable[Any]:
    """Progress that shows nothing."""
    return items


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the index of the shipped procedures."""
    folder = tmp_path_factory.mktemp("home")
    index.build(folder, index.Model(), quietly)
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
def whole(registry_file: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The knowledge base over what ships and the whole registry."""
    folder = tmp_path_factory.mktemp("whole")
    registry.Registry(folder).replace(registry.read_file(registry_file))
    index.build(folder, index.Model(), quietly)
    return KnowledgeBase.open(folder)


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
