"""Who may know whom: docs/architecture.md says why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
READS = re.compile(r"os\.environ(\.get|\[|\.items| or|\))|os\.getenv")


def imports(path: Path) -> Iterator[str]:
    """The modules a file imports, wherever in it."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def of(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def breaches(paths: list[Path], *forbidden: str, allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in paths
        for module in imports(path)
        if of(module, *forbidden) and not of(module, *allowed)
    ]


def test_the_knowledge_base_knows_nothing_of_the_rest() -> None:
    assert breaches(files("knowledge_base"), "bot", "actions", "voice", "rasa", "aiohttp") == []


def test_services_and_store_know_neither_rasa_nor_aiohttp() -> None:
    assert (
        breaches(files("bot/services", "bot/store"), "rasa", "rasa_sdk", "aiohttp", "bot.web") == []
    )


def test_actions_know_only_wiring_services_and_the_knowledge_base() -> None:
    paths = files("actions")
    allowed = ("bot.wiring", "bot.services", "bot.danger")
    assert breaches(paths, "bot", allowed=(*allowed, "bot")) == []
    assert [
        line for line in breaches(paths, "bot", allowed=allowed) if not line.endswith("imports bot")
    ] == []


def test_nobody_imports_actions() -> None:
    assert breaches(files("bot", "knowledge_base"), "actions") == []


def test_only_bot_rasa_imports_rasa_and_only_actions_import_its_sdk() -> None:
    engine = set(files("bot/rasa"))
    others = [path for path in files("bot", "knowledge_base", "actions") if path not in engine]
    assert breaches(others, "rasa") == []
    assert breaches(files("bot", "knowledge_base"), "rasa_sdk") == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in files("bot", "actions", "knowledge_base")
        if READS.search(path.read_text(encoding="utf-8"))
    }
    apart = {
        "bot/settings.py",
        "knowledge_base/__main__.py",  # its commands stand alone and take ARIADNE_HOME
        "bot/rasa/environment.py",  # prepares the environment of Rasa's own processes
    }
    assert readers <= apart
