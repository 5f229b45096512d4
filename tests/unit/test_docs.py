"""The documentation says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, re.M)) == targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_named_exists(document: Path) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8")))
    assert named <= targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_names_every_package_of_the_map() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {name for name in folders if f"{name}/" not in readme} == set()


def test_every_command_of_the_readme_is_known_to_its_program() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"python -m (knowledge_base|bot) ([a-z]+)", readme))
    assert named
    for module, command in named:
        asked = subprocess.run(
            [sys.executable, "-m", module, command, "--help"], cwd=ROOT, capture_output=True
        )
        assert asked.returncode == 0, (module, command)


def test_every_decision_has_the_five_headings() -> None:
    for path in (ROOT / "docs" / "adr").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for heading in ("Status", "Context", "Decision", "Consequences", "Instead"):
            assert f"**{heading}**:" in text, (path.name, heading)


def test_every_variable_read_outside_the_settings_is_documented() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    sources = ["knowledge_base/__main__.py", "bot/rasa/environment.py", "endpoints.yml"]
    named = {
        name
        for source in sources
        for name in re.findall(r"ARIADNE_\w+", (ROOT / source).read_text(encoding="utf-8"))
    }
    assert {name for name in named if f"`{name}`" not in settings} == set()
